"""Held-out text of a run's own corpus: what pretraining set aside as its validation split."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from korean_rlhf.disk import atomic_write_text, read_json_object
from korean_rlhf.rundir import MANIFEST, STARTED, WHEN_TORN, input_digest, read_manifest
from korean_rlhf.tokenizer.chat import ChatTokenizer

HELD_OUT = "heldout.txt"
CORPUS = "heldout.json"
"""Beside it: the digests of the inputs of the pretraining that set it aside."""
ANEW = "Delete it: it is written anew."
MOST_TOKENS = 1_000_000
"""Read from the split; bits per byte is measured on less."""


def validation_text(run: Path, evals: Path) -> Path | None:
    """Return a text file with the documents that pretraining never trained on, None without any.

    The file is written once for a corpus, into `evals`, where the scores are: what an earlier
    corpus set aside may be what the model is trained on now. Where that is gone, nothing is
    returned.

    Raises:
        BadInput: a file of the run is torn.
    """
    path, note = evals / HELD_OUT, evals / CORPUS
    inputs = _inputs(run / "pretrain")
    if inputs is None:
        return path if path.is_file() else None
    corpus = {"inputs": [item["digest"] for item in inputs]}
    if path.is_file() and note.is_file() and read_json_object(note, fix=ANEW) == corpus:
        return path
    documents = _set_aside(inputs, run)
    if not documents:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    note.unlink(missing_ok=True)  # killed between the two files, they are written again
    atomic_write_text(path, "\n\n".join(documents) + "\n")
    atomic_write_text(note, json.dumps(corpus, indent=2) + "\n")
    return path


def _inputs(pretrain: Path) -> list[dict[str, Any]] | None:
    """Return the path and digest of what pretraining reads, None where no model is pretrained."""
    for name in (MANIFEST, STARTED):
        if (pretrain / name).is_file():
            return list(read_json_object(pretrain / name, fix=WHEN_TORN).get("inputs", []))
    return None


def _set_aside(inputs: Sequence[Mapping[str, Any]], run: Path) -> list[str]:
    """Return the documents of the validation split among the inputs, wherever that is now.

    A folder that holds other tokens by now is passed over: its split may be what was trained on.
    """
    for item in inputs:
        for folder in (Path(item["path"]), run.resolve().parent.parent / item["path"]):
            if (folder / MANIFEST).is_file() and input_digest(folder) == item["digest"]:
                documents = _documents(folder, run / "tokenizer")
                if documents:
                    return documents
    return []


def _documents(tokens: Path, tokenizer: Path) -> list[str]:
    """Return the documents of the validation split in `tokens`, as text."""
    files = sorted(tokens.glob("val-*.bin"))
    if not files or not tokenizer.is_dir():
        return []
    chat = ChatTokenizer.load(tokenizer)
    dtype = np.dtype(str(read_manifest(tokens)["dtype"]))
    ids = np.fromfile(files[0], dtype=dtype, count=MOST_TOKENS)
    begins = [*np.flatnonzero(ids == chat.begin_id).tolist(), len(ids)]
    return [chat.decode(ids[start + 1 : end].tolist()) for start, end in pairwise(begins)]
