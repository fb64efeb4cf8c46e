"""Where the data of each task is: a local folder first, then the hub when it is allowed."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import KoreanRLHFError, UnknownName
from korean_rlhf.evaluate import benchmarks, prose, truth
from korean_rlhf.evaluate.following.prompts import following
from korean_rlhf.rundir import input_digest

T = TypeVar("T")
KOBEST = "https://github.com/SKT-LSL/KoBEST_datarepo (folder v1.0)"


class NoData(KoreanRLHFError):
    """The data of a task are not in the folder, and the hub is not allowed or has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One evaluation set: the files it may be in, how to read them, where to get them."""

    files: tuple[str, ...]
    """Paths inside the --data folder, tried in this order."""

    where: str
    """Where a user gets the files from."""

    read: benchmarks.Reader
    hub: str = ""
    """Name of its copy on the Hugging Face hub with the same columns; "" when there is none."""

    hub_config: str = ""
    hub_split: str = "test"
    packaged: bool = False
    """Whether the files ship in evals/; a file in the --data folder still comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOptions:
    """Where data may come from; crosses lm-eval as the task manager's metadata."""

    data: str = ""
    """Local folder, "" for none."""

    text: str = ""
    """File or stage folder for bits per byte, "" for heldout.txt in `data`."""

    hub: bool = False
    """Whether the Hugging Face hub may be asked."""

    items: int = 0
    """Items of each task, drawn once and for all; 0 is all."""

    text_bytes: int = 300_000
    """Bytes of text for bits per byte, spread evenly over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Found data: a file and its sha256, or a set on the hub."""

    name: str
    path: Path | None = None
    digest: str = ""


def _kobest(folder: str, config: str, read: benchmarks.Reader) -> Source:
    files = tuple(f"{place}{folder}/test.tsv" for place in ("kobest/", "v1.0/", ""))
    return Source(files=files, where=KOBEST, read=read, hub="skt/kobest_v1", hub_config=config)


def _truth(read: benchmarks.Reader) -> Source:
    files = ("truth/misconceptions.jsonl",)
    return Source(
        files=files, where="the folder `korean-rlhf where evals`", read=read, packaged=True
    )


SOURCES: dict[str, Source] = {
    "kobest_boolq": _kobest("BoolQ", "boolq", benchmarks.boolq),
    "kobest_copa": _kobest("COPA", "copa", benchmarks.copa),
    "kobest_hellaswag": _kobest("HellaSwag", "hellaswag", benchmarks.hellaswag),
    "kobest_sentineg": _kobest("SentiNeg", "sentineg", benchmarks.sentineg),
    "kobest_wic": _kobest("WiC", "wic", benchmarks.wic),
    "klue_nli": Source(
        files=(
            "klue/klue-nli-v1.1_dev.json",
            "klue_benchmark/klue-nli-v1.1/klue-nli-v1.1_dev.json",
            "klue-nli-v1.1_dev.json",
        ),
        where="https://github.com/KLUE-benchmark/KLUE (klue_benchmark/klue-nli-v1.1)",
        read=benchmarks.klue_nli,
        hub="klue/klue",
        hub_config="nli",
        hub_split="validation",
    ),
    "kornli": Source(
        files=("kornli/xnli.test.ko.tsv", "KorNLI/xnli.test.ko.tsv", "xnli.test.ko.tsv"),
        where="https://github.com/kakaobrain/KorNLUDatasets (KorNLI/xnli.test.ko.tsv)",
        read=benchmarks.kornli,
    ),
    "beep": Source(
        files=("beep/dev.tsv", "labeled/dev.tsv"),
        where="https://github.com/kocohub/korean-hate-speech (labeled/dev.tsv)",
        read=benchmarks.beep,
    ),
    "apeach": Source(
        files=("apeach/test.csv", "APEACH/test.csv"),
        where="https://github.com/jason9693/APEACH (APEACH/test.csv)",
        read=benchmarks.apeach,
    ),
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
    "prose": Source(
        files=("heldout.txt", "prose.txt"),
        where="any Korean text that no stage was trained on: give it with --text FILE",
        read=lambda path: [{"text": piece} for piece in prose.read_pieces(path)],
    ),
}


def find_source(name: str) -> Source:
    """Return the source called `name`, or say which there are."""
    if name not in SOURCES:
        raise UnknownName("evaluation set", name, SOURCES)
    return SOURCES[name]


def locate(name: str, options: DataOptions) -> Located:
    """Return where the set `name` is, with a digest of the file.

    Raises:
        NoData: it is nowhere that `options` allow; the message says where to get it.
    """
    source = find_source(name)
    for path in _candidates(name, source, options):
        if path.exists():
            return Located(name=name, path=path, digest=input_digest(path))
    if options.hub and source.hub:
        return Located(name=name)
    place = f"in {options.data}" if options.data else "(no --data folder was given)"
    hub = f" or allow {source.hub} with --hub" if source.hub else ""
    raise NoData(f"No {source.files[0]} {place}. Get it from {source.where}{hub}.")


def rows(name: str, options: DataOptions) -> list[benchmarks.Row]:
    """Return the rows of the set `name`, thinned to `options.items` where that is not 0."""
    source, found = find_source(name), locate(name, options)
    if name == "prose" and found.path is not None:
        pieces = prose.read_pieces(found.path, most_bytes=options.text_bytes)
        return thin([{"text": piece} for piece in pieces], options.items)
    read = source.read(found.path) if found.path is not None else _from_hub(source)
    return thin(read, options.items)


def rows_digest(found: Sequence[benchmarks.Row]) -> str:
    """Return the sha256 of rows, wherever they came from."""
    text = json.dumps(list(found), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def thin(found: list[T], items: int) -> list[T]:
    """Return `items` of the rows in order, always the same ones; 0 or too many is all.

    Drawn by chance: sets that repeat their labels in a pattern would alias with even steps.
    """
    if items <= 0 or items >= len(found):
        return found
    chosen = random.Random(0).sample(range(len(found)), items)
    return [found[index] for index in sorted(chosen)]


def _candidates(name: str, source: Source, options: DataOptions) -> list[Path]:
    if name == "prose" and options.text:
        return [Path(options.text)]
    folders = [Path(options.data)] if options.data else []
    folders += [asset_dir("evals")] if source.packaged else []
    return [folder / file for folder in folders for file in source.files]


def _from_hub(source: Source) -> list[benchmarks.Row]:
    import datasets

    try:
        found = datasets.load_dataset(source.hub, source.hub_config or None, split=source.hub_split)
    except Exception as problem:  # the hub's library raises many kinds: all mean "not there"
        raise NoData(
            f"The hub did not give {source.hub} ({problem}). Get it from {source.where}."
        ) from problem
    kept: list[dict[str, Any]] = [dict(row) for row in found]
    return kept
