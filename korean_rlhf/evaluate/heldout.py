"""Held-out text of a run's own corpus: what pretraining set aside as its validation split."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np

from korean_rlhf.rundir import MANIFEST, atomic_write_text, read_manifest
from korean_rlhf.tokenizer.chat import ChatTokenizer

HELD_OUT = "heldout.txt"
MOST_TOKENS = 1_000_000
"""Read from the split; bits per byte is measured on less."""


def validation_text(run: Path) -> Path | None:
    """Return a text file with the documents that pretraining never trained on, None without any.

    The file is written once, into the evals folder of the run.
    """
    path = run / "evals" / HELD_OUT
    if path.is_file():
        return path
    manifest = run / "pretrain" / MANIFEST
    if not manifest.is_file():
        return None
    for item in read_manifest(run / "pretrain").get("inputs", []):
        for folder in (Path(item["path"]), run.resolve().parent.parent / item["path"]):
            documents = _documents(folder, run / "tokenizer")
            if documents:
                path.parent.mkdir(parents=True, exist_ok=True)
                atomic_write_text(path, "\n\n".join(documents) + "\n")
                return path
    return None


def _documents(tokens: Path, tokenizer: Path) -> list[str]:
    """Return the documents of the validation split in `tokens`, as text."""
    files = sorted(tokens.glob("val-*.bin"))
    if not files or not (tokens / MANIFEST).is_file() or not tokenizer.is_dir():
        return []
    chat = ChatTokenizer.load(tokenizer)
    dtype = np.dtype(str(read_manifest(tokens)["dtype"]))
    ids = np.fromfile(files[0], dtype=dtype, count=MOST_TOKENS)
    begins = [*np.flatnonzero(ids == chat.begin_id).tolist(), len(ids)]
    return [chat.decode(ids[start + 1 : end].tolist()) for start, end in pairwise(begins)]
