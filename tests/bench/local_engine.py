"""Train a small translator, convert it, and compare CTranslate2 with transformers token by token.

    make bench NAME=local_engine DATA=folder            # that holds parallel/

MINUTES=25 of training, WIDTH=256 LAYERS=3 PIECES=4000 BATCH=2048 THREADS=1 are the defaults. The
model is kept in runs-bench/local_engine; delete it to train anew. The held-out sentences (of ROWS=
rows of each set; default: all) are translated by both, with BEAMS=1,4 (greedily, and with four), in
batches of 32 of like length; speed is tokens a second of processor time. The whole stage translates
these rows, without a second try, and chrF is counted. One JSON object is the last line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import torch
from local_engine_tokens import compare
from parallel_text import Pair, digest, hold_out, read_pairs
from sacrebleu.metrics import CHRF
from small_translator import new_model, train, train_tokenizer

from korean_rlhf.records import Drop
from korean_rlhf.settings.ctranslate import LocalModelSettings
from korean_rlhf.translate.engines.ctranslate import CTranslateEngine
from korean_rlhf.translate.engines.protocol import Row

FOLDER = Path("runs-bench/local_engine")
MODEL, CONVERTED = FOLDER / "model", FOLDER / "converted"
LONGEST = 96
"""Tokens that either library writes of a sentence."""


def main() -> int:
    """Return 0 when greedy tokens are equal wherever two tokens are not equally likely."""
    if not os.environ.get("DATA"):
        print("DATA= is missing: the folder that holds parallel/.")
        return 1
    threads = int(os.environ.get("THREADS", "1"))
    torch.set_num_threads(threads)
    sets = read_pairs(Path(os.environ["DATA"]) / "parallel")
    kept, held = hold_out(sets)
    print(f"pairs: { {name: len(pairs) for name, pairs in sets.items()} }, {len(kept):,} to train")
    print(f"held out: { {name: len(pairs) for name, pairs in held.items()} }", flush=True)
    if not (MODEL / "trained.json").is_file():
        make_model(kept)
    convert()
    result: dict[str, object] = {
        "name": "local_engine",
        "training_pairs": len(kept),
        **json.loads((MODEL / "trained.json").read_text()),
    }
    rows = {name: drawn(pairs) for name, pairs in held.items()}
    for beams in map(int, os.environ.get("BEAMS", "1,4").split(",")):
        for name, pairs in rows.items():
            texts = [pair.english for pair in pairs]
            note(result, f"{name} beams={beams}", compare(MODEL, CONVERTED, texts, beams, LONGEST))
            if beams == 1:
                note(result, f"{name} stage", run_stage(name, pairs))
                note(result, f"{name} chrF", score(pairs))
    print(json.dumps(result, ensure_ascii=False))
    found = [result[f"{name} beams=1"] for name in held]
    return 0 if all(each["differ"] == each["near_ties"] for each in found) else 1  # type: ignore[index]


def drawn(pairs: list[Pair]) -> list[Pair]:
    """Return the rows that are compared: all, or ROWS of them by the digest of the text."""
    ordered = sorted(pairs, key=lambda pair: digest(pair.english))
    return ordered[: int(os.environ.get("ROWS", "0")) or None]


def note(result: dict[str, object], name: str, found: object) -> None:
    """Keep and print one figure."""
    result[name] = found
    print(name, found, flush=True)


def make_model(pairs: list[Pair]) -> None:
    """Train and save the model."""
    tokenizer = train_tokenizer(pairs, MODEL, int(os.environ.get("PIECES", "4000")))
    width, layers = int(os.environ.get("WIDTH", "256")), int(os.environ.get("LAYERS", "3"))
    model = new_model(tokenizer, width, layers)
    done = train(
        model,
        tokenizer,
        pairs,
        seconds=60 * float(os.environ.get("MINUTES", "25")),
        batch_tokens=int(os.environ.get("BATCH", "2048")),
        rate=2e-3,
    )
    model.save_pretrained(MODEL)
    tokenizer.save_pretrained(MODEL)
    facts = {"parameters": sum(each.numel() for each in model.parameters()), **done}
    (MODEL / "trained.json").write_text(json.dumps(facts))


def convert() -> None:
    """Convert the model by CTranslate2's own converter, in float32."""
    from ctranslate2.converters import TransformersConverter

    converter = TransformersConverter(str(MODEL), copy_files=["sentencepiece.bpe.model"])
    converter.convert(str(CONVERTED), force=True)


def score(pairs: list[Pair]) -> dict[str, float]:
    """Return chrF and chrF++ of the engine's translations, whole texts, against those of people."""
    settings = LocalModelSettings(model_folder=CONVERTED, longest_translation=LONGEST)
    rows = [Row(pair.english, "assistant") for pair in pairs]
    found = CTranslateEngine(settings).translate(rows)
    texts = ["" if isinstance(each, Drop) else each for each in found]
    gold, source = [pair.korean for pair in pairs], [pair.english for pair in pairs]
    return {
        "rows": len(rows),
        "refused by the engine": sum(isinstance(each, Drop) for each in found),
        "chrF": round(CHRF().corpus_score(texts, [gold]).score, 1),
        "chrF++": round(CHRF(word_order=2).corpus_score(texts, [gold]).score, 1),
        "chrF of the source": round(CHRF().corpus_score(source, [gold]).score, 1),
    }


def run_stage(name: str, pairs: list[Pair]) -> dict[str, object]:
    """Translate `pairs` by the command line; return what was kept and dropped for which reason."""
    rows, out = FOLDER / f"{name}.jsonl", FOLDER / f"{name}-translated"
    turns = [[{"role": "assistant", "content": pair.english}] for pair in pairs]
    rows.write_text("".join(json.dumps({"messages": each}) + "\n" for each in turns), "utf-8")
    options = ["--engine", "ctranslate2", "--model-folder", str(CONVERTED), "--license", "local"]
    options += ["--longest-translation", str(LONGEST), "--batch-rows", "64", "--concurrency", "1"]
    options += ["--retries", "0", "--batch-threads", os.environ.get("THREADS", "1")]
    command = [sys.executable, "-m", "korean_rlhf", "translate", str(rows), "--out", str(out)]
    subprocess.run([*command, *options, "--batch-characters", "20000", "--replace"], check=True)
    manifest = json.loads((out / "manifest.json").read_text())
    counts: dict[str, object] = manifest["counts"]
    return counts


if __name__ == "__main__":
    sys.exit(main())
