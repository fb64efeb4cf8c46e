"""Every evaluation set: the files that it may be in, how they are read, where to get them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from korean_rlhf.evaluate import (
    benchmarks,
    hrm8k,
    kobbq,
    korquad,
    prose,
    refusal,
    safetysets,
    truth,
)
from korean_rlhf.evaluate.following.prompts import following

FromHub: TypeAlias = Callable[[Path, int, benchmarks.Row], benchmarks.Row]
"""(name on the hub, number of the row, the row) to a row as the reader of the file gives it."""

KOBEST = "https://github.com/SKT-LSL/KoBEST_datarepo (folder v1.0)"
KLUE = "https://github.com/KLUE-benchmark/KLUE"
KORNLU = "https://github.com/kakaobrain/KorNLUDatasets"
KORQUAD = "https://korquad.github.io/KorQuad%201.0/ (its dev set)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One evaluation set: the files it may be in, how to read them, where to get them."""

    files: tuple[str, ...]
    """Paths inside the --data folder, tried in this order."""

    where: str
    """Where a user gets the files from."""

    read: benchmarks.Reader
    hub: str = ""
    """Name of its copy on the Hugging Face hub; "" when there is none."""

    hub_config: str = ""
    hub_parts: tuple[str, ...] = ()
    """Configurations read one after the other; each row says in "part" which it is from."""

    hub_split: str = "test"
    from_hub: FromHub | None = None
    """Checks a row of the hub and names its columns as ours; None where they are the same."""

    packaged: bool = False
    """Whether the files ship in evals/; a file in the --data folder still comes first."""

    shots: tuple[str, ...] = ()
    """Paths of another split, from which examples may be drawn; () where there is none."""

    read_shots: benchmarks.Reader | None = None
    """Of `shots`; None where `read` reads them."""

    hub_shots: str = ""
    """Split of the hub's copy to draw examples from; "" for none."""


def _places(*folders: str) -> Callable[[str], tuple[str, ...]]:
    """Return a function from a file's name to its path in each folder, "" for the root."""
    return lambda file: tuple(f"{folder}/{file}" if folder else file for folder in folders)


def _kobest(folder: str, config: str, read: benchmarks.Reader) -> Source:
    places = _places(f"kobest/{folder}", f"v1.0/{folder}", folder)
    return Source(
        files=places("test.tsv"),
        where=KOBEST,
        read=read,
        hub="skt/kobest_v1",
        hub_config=config,
        shots=places("train.tsv"),
        hub_shots="train",
    )


def _klue(name: str, config: str, read: benchmarks.Reader, from_hub: FromHub | None) -> Source:
    """Return a set of KLUE, whose test labels are not public: the development set is asked."""
    folders = _places("klue", f"klue_benchmark/{name}", "")

    def places(file: str) -> tuple[str, ...]:
        """Some copies of YNAT have klue- before their name, as the other sets do."""
        named = file.startswith("klue-")
        return folders(file) if named else folders(file) + folders(f"klue-{file}")

    return Source(
        files=places(f"{name}_dev.json"),
        where=f"{KLUE} (klue_benchmark/{name})",
        read=read,
        hub="klue/klue",
        hub_config=config,
        hub_split="validation",
        from_hub=from_hub,
        shots=places(f"{name}_train.json"),
        hub_shots="train",
    )


def _truth(read: benchmarks.Reader) -> Source:
    files = ("truth/misconceptions.jsonl",)
    return Source(
        files=files, where="the folder `korean-rlhf where evals`", read=read, packaged=True
    )


def _korquad(**more: Any) -> Source:
    files = _places("korquad", "dataset", "")("KorQuAD_v1.0_dev.json")
    return Source(files=files, where=KORQUAD, **more)


def _kobbq(read: benchmarks.Reader) -> Source:
    name = "KoBBQ_test_samples.tsv"
    files = _places("kobbq", "data", "")(name)
    return Source(files=files, where=f"https://github.com/naver-ai/KoBBQ (data/{name})", read=read)


def _safety(folder: str, upstream: str, name: str, read: benchmarks.Reader) -> Source:
    files = _places(folder, f"data/{upstream}", "")(name)
    where = f"https://github.com/naver-ai/korean-safety-benchmarks (data/{upstream}/{name})"
    return Source(files=files, where=where, read=read)


SOURCES: dict[str, Source] = {
    "kobest_boolq": _kobest("BoolQ", "boolq", benchmarks.boolq),
    "kobest_copa": _kobest("COPA", "copa", benchmarks.copa),
    "kobest_hellaswag": _kobest("HellaSwag", "hellaswag", benchmarks.hellaswag),
    "kobest_sentineg": _kobest("SentiNeg", "sentineg", benchmarks.sentineg),
    "kobest_wic": _kobest("WiC", "wic", benchmarks.wic),
    "klue_nli": _klue("klue-nli-v1.1", "nli", benchmarks.klue_nli, None),
    "klue_sts": _klue("klue-sts-v1.1", "sts", benchmarks.klue_sts, benchmarks.klue_sts_row),
    "klue_ynat": _klue("ynat-v1.1", "ynat", benchmarks.klue_ynat, benchmarks.klue_ynat_row),
    "korsts": Source(
        files=_places("korsts", "KorSTS", "")("sts-test.tsv"),
        where=f"{KORNLU} (KorSTS/sts-test.tsv)",
        read=benchmarks.korsts,
        shots=_places("korsts", "KorSTS", "")("sts-train.tsv"),
    ),
    "nsmc": Source(
        files=_places("nsmc", "")("ratings_test.txt"),
        where="https://github.com/e9t/nsmc (ratings_test.txt)",
        read=benchmarks.nsmc,
        shots=_places("nsmc", "")("ratings_train.txt"),
    ),
    "kmmlu": Source(
        files=("kmmlu/data", "KMMLU/data", "kmmlu", "KMMLU"),
        where="https://huggingface.co/datasets/HAERAE-HUB/KMMLU (data/*-test.csv)",
        read=benchmarks.kmmlu,
        hub="HAERAE-HUB/KMMLU",
        hub_parts=benchmarks.KMMLU_SUBJECTS,
        from_hub=benchmarks.kmmlu_row,
        shots=("kmmlu/data", "KMMLU/data", "kmmlu", "KMMLU"),
        read_shots=benchmarks.kmmlu_shots,
        hub_shots="dev",
    ),
    "haerae": Source(
        files=("haerae", "HAE_RAE_BENCH_1.1/data", "HAE_RAE_BENCH_1.1"),
        where="https://huggingface.co/datasets/HAERAE-HUB/HAE_RAE_BENCH_1.1",
        read=benchmarks.haerae,
        hub="HAERAE-HUB/HAE_RAE_BENCH_1.1",
        hub_parts=benchmarks.HAERAE_PARTS,
        from_hub=benchmarks.haerae_row,
    ),
    "click": Source(
        files=("click/Dataset", "CLIcK/Dataset", "Dataset", "click", "CLIcK"),
        where="https://github.com/rladmstn1714/CLIcK (folder Dataset)",
        read=benchmarks.click,
        hub="EunsuKim/CLIcK",
        hub_split="train",
        from_hub=benchmarks.click_row,
    ),
    "belebele": Source(
        files=_places("belebele", "belebele/data", "Belebele", "")("kor_Hang.jsonl"),
        where="https://huggingface.co/datasets/facebook/belebele (data/kor_Hang.jsonl)",
        read=benchmarks.belebele,
        hub="facebook/belebele",
        hub_config="kor_Hang",
        from_hub=benchmarks.belebele_row,
    ),
    "kocommongen": Source(
        files=_places("kocommongen", "lm_eval/datasets/ko_commongen_v2", "ko_commongen_v2", "")(
            "korean_commongen_v2_847_shuffled.jsonl"
        ),
        where="https://github.com/J-Seo/KoCommonGEN-V2 (lm_eval/datasets/ko_commongen_v2)",
        read=benchmarks.kocommongen,
        shots=_places("kocommongen", "lm_eval/datasets", "")("v2_5shot.jsonl"),
    ),
    "kornli": Source(
        files=_places("kornli", "KorNLI", "")("xnli.test.ko.tsv"),
        where=f"{KORNLU} (KorNLI/xnli.test.ko.tsv)",
        read=benchmarks.kornli,
        shots=_places("kornli", "KorNLI", "")("xnli.dev.ko.tsv"),
    ),
    "beep": Source(
        files=("beep/dev.tsv", "labeled/dev.tsv"),
        where="https://github.com/kocohub/korean-hate-speech (labeled/dev.tsv)",
        read=benchmarks.beep,
        shots=("beep/train.tsv", "labeled/train.tsv"),
    ),
    "apeach": Source(
        files=("apeach/test.csv", "APEACH/test.csv"),
        where="https://github.com/jason9693/APEACH (APEACH/test.csv)",
        read=benchmarks.apeach,
    ),
    "korquad": _korquad(
        read=korquad.korquad,
        hub="KorQuAD/squad_kor_v1",
        hub_split="validation",
        from_hub=korquad.korquad_row,
        shots=_places("korquad", "dataset", "")("KorQuAD_v1.0_train.json"),
        hub_shots="train",
    ),
    "faithfulness": _korquad(read=korquad.faithfulness),
    "hrm8k": Source(
        files=("hrm8k", "HRM8K"),
        where="https://huggingface.co/datasets/HAERAE-HUB/HRM8K (its CSV files)",
        read=hrm8k.hrm8k,
        hub="HAERAE-HUB/HRM8K",
        hub_parts=hrm8k.PARTS,
        from_hub=hrm8k.hrm8k_row,
    ),
    "kobbq": _kobbq(kobbq.rotated),
    "kobbq_text": _kobbq(kobbq.samples),
    "kosbi": replace(
        _safety("kosbi", "KoSBi", "kosbi_test.json", safetysets.kosbi),
        shots=_places("kosbi", "data/KoSBi", "")("kosbi_valid.json"),
    ),
    "kosbi_pairs": _safety("kosbi", "KoSBi", "kosbi_test.json", safetysets.kosbi_pairs),
    "square": _safety("square", "SQuARe", "response_test_ood.json", safetysets.square),
    "square_pairs": _safety("square", "SQuARe", "response_test_ood.json", safetysets.square_pairs),
    "sample_choices": Source(
        files=("choices.jsonl",),
        where="korean-rlhf sampleworld make --out DIR",
        read=benchmarks.sample_choices,
    ),
    "truth_mc": _truth(truth.choices),
    "truth_binary": _truth(truth.statements),
    "following": Source(
        files=("following/prompts.jsonl",),
        where="a whole installation of korean-rlhf: it ships with it",
        read=following,
        packaged=True,
    ),
    "refusal": Source(
        files=("refusal/prompts.jsonl",),
        where="the folder `korean-rlhf where evals`",
        read=refusal.read_prompts,
        packaged=True,
    ),
    "prose": Source(
        files=("heldout.txt", "prose.txt"),
        where="any Korean text that no stage was trained on: give it with --text FILE",
        read=lambda path: [{"text": piece} for piece in prose.read_pieces(path)],
    ),
}
