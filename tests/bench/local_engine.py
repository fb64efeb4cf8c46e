"""Train a small translator, convert it, and compare CTranslate2 with transformers token by token.

    make bench NAME=local_engine DATA=folder            # that holds parallel/

MINUTES=25 of training, WIDTH=256 LAYERS=3 PIECES=4000 BATCH=2048 THREADS=1 are the defaults. The
model is kept in runs-bench/local_engine; delete it to train anew. One JSON object is the last line.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import torch
from parallel_text import hold_out, read_pairs
from small_translator import new_model, train, train_tokenizer

FOLDER = Path("runs-bench/local_engine")
MODEL, CONVERTED = FOLDER / "model", FOLDER / "converted"


def main() -> int:
    """Return 0 when all held-out rows have equal tokens."""
    if not os.environ.get("DATA"):
        print("DATA= is missing: the folder that holds parallel/.")
        return 1
    torch.set_num_threads(int(os.environ.get("THREADS", "1")))
    sets = read_pairs(Path(os.environ["DATA"]) / "parallel")
    kept, held = hold_out(sets)
    print(f"pairs: { {name: len(pairs) for name, pairs in sets.items()} }, {len(kept):,} to train")
    print(f"held out: { {name: len(pairs) for name, pairs in held.items()} }", flush=True)
    if not (MODEL / "trained.json").is_file():
        make_model(kept)
    return 0


def make_model(pairs: list) -> None:
    """Train and save the model, and convert it to CTranslate2's format in float32."""
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


if __name__ == "__main__":
    sys.exit(main())
