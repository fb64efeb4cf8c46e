"""A learned quality score: a logistic regression over hashed character n-grams."""

from __future__ import annotations

import functools
import math
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from korean_rlhf.clean.quality.characters import code_points
from korean_rlhf.clean.quality.hashes import RollingHashes, mixed
from korean_rlhf.disk import published
from korean_rlhf.engine import local_path
from korean_rlhf.errors import BadInput, MissingInput
from korean_rlhf.rundir import require_finished

MODEL = "quality.npz"
"""File of the weights in the folder of a score."""
MADE_BY = "korean-rlhf quality GOOD BAD --out DIR"


@dataclass(frozen=True, slots=True)
class QualityScore:
    """Weights of hashed character n-grams."""

    weights: npt.NDArray[np.float32]
    """(2^bits,)"""
    bias: float
    ngram: int
    """Longest n-gram."""
    characters: int
    """Characters of a text that count."""

    def of(self, text: str) -> float:
        """Return the probability that `text` is of the good set, from 0 to 1; 0.5 knows nothing."""
        bits = len(self.weights).bit_length() - 1
        found = buckets(text, self.ngram, self.characters, bits)
        if not len(found):
            return 0.0
        margin = self.bias + float(self.weights[found].sum(dtype=np.float64)) / math.sqrt(
            len(found)
        )
        return 1.0 / (1.0 + math.exp(-max(-700.0, margin)))


def buckets(text: str, ngram: int, characters: int, bits: int) -> npt.NDArray[np.int64]:
    """Return the buckets of the different n-grams of a text, in order; none of an empty text.

    Case and the kind of spaces do not count. Each has the value 1 / sqrt(how many), so that a long
    text weighs as much as a short one.
    """
    codes = code_points(" ".join(text[:characters].lower().split()))
    hashes = RollingHashes(codes)
    found = [
        # The length is mixed in: "가" and "가나" must not share the bucket of a prefix.
        hashes.between(slice(0, len(codes) - n + 1), slice(n, len(codes) + 1)) + np.uint64(n)
        for n in range(1, min(ngram, len(codes)) + 1)
    ]
    if not found:
        return np.zeros(0, np.int64)
    placed = np.sort(mixed(np.concatenate(found)) >> np.uint64(64 - bits))
    is_first = np.append(True, placed[1:] != placed[:-1])
    different: npt.NDArray[np.int64] = placed[is_first].astype(np.int64)
    return different


def write_score(folder: Path, score: QualityScore) -> None:
    """Write the weights, whole or not at all; equal weights are equal bytes."""
    path = folder / MODEL
    with published(path) as draft, draft.open("wb") as file:
        np.savez(
            file,
            weights=score.weights,
            bias=np.float64(score.bias),
            ngram=np.int64(score.ngram),
            characters=np.int64(score.characters),
        )


@functools.cache
def read_score(folder: str) -> QualityScore:
    """Return the score that `korean-rlhf quality` wrote into `folder`.

    Raises:
        MissingInput: the folder holds no finished score.
        BadInput: its file is torn or holds something else.
    """
    path = require_finished(local_path(folder), MADE_BY) / MODEL
    if not path.is_file():
        raise MissingInput(path, MADE_BY)
    try:
        with np.load(path, allow_pickle=False) as file:
            weights = np.asarray(file["weights"], np.float32)
            if weights.ndim != 1 or len(weights).bit_count() != 1:
                raise ValueError(f"its weights have the shape {weights.shape}")
            numbers = float(file["bias"]), int(file["ngram"]), int(file["characters"])
            return QualityScore(weights, *numbers)
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        raise BadInput(f"{path} is no quality score ({problem}). Make it anew: {MADE_BY}") from None


def score(text: str, folder: str) -> float:
    """Return the quality score of `text`, from 0 to 1, by the model in `folder`."""
    return read_score(folder).of(text)
