"""Signatures by which similar sets of n-grams are found: MinHash in one pass over the n-grams.

Fast similarity sketching (Dahlgaard, Knudsen and Thorup, arXiv 1704.04370, algorithm 1): each
n-gram is thrown into one of t bins and a bin keeps its smallest hash; only bins that stay empty get
further rounds. A bin of two sets agrees with the chance of their Jaccard similarity, as a MinHash
does, but a text costs (n-grams + t log t) hashes instead of n-grams x t.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from korean_rlhf.dedup.grams import Hashes, mix

_ROUNDS = ((0, 1), (1, 4), (4, 16), (16, 64))
"""Rounds thrown together: texts that leave bins empty are few after the first, fewer after each.
A text of 16 n-grams fills 96 bins within 64 rounds but for one in 500."""
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)


def sketches(texts: npt.NDArray[np.int64], hashes: Hashes, count: int, bins: int) -> Hashes:
    """Return (count, bins) values; a text without n-grams has only the largest number.

    `texts[i]` says to which of the `count` texts the n-gram `hashes[i]` belongs.
    """
    table = np.full(count * bins, _EMPTY)
    for first, end in _ROUNDS:
        for number in range(first, end):
            _throw(table, texts, mix(hashes, number + 1), number, bins)
        texts, hashes = _of_unfilled(table, texts, hashes, bins)
        if not len(texts):
            break
    if len(texts):
        _fill_each(table, texts, hashes, bins)
    return table.reshape(count, bins)


def _throw(
    table: Hashes, texts: npt.NDArray[np.int64], hashes: Hashes, number: int, bins: int
) -> None:
    """Throw every n-gram once; a value of an earlier round is always smaller."""
    places = texts * bins + (((hashes >> _HALF) * np.uint64(bins)) >> _HALF).astype(np.int64)
    np.minimum.at(table, places, (hashes & _LOW) + (np.uint64(number) << _HALF))


def _of_unfilled(
    table: Hashes, texts: npt.NDArray[np.int64], hashes: Hashes, bins: int
) -> tuple[npt.NDArray[np.int64], Hashes]:
    """Return the n-grams of the texts that still have an empty bin."""
    unfilled = (table.reshape(-1, bins) == _EMPTY).any(axis=1)[texts]
    return texts[unfilled], hashes[unfilled]


def _fill_each(table: Hashes, texts: npt.NDArray[np.int64], hashes: Hashes, bins: int) -> None:
    """Throw every n-gram into each bin in turn, so that none stays empty."""
    last = _ROUNDS[-1][1]
    for place in range(bins):
        value = (mix(hashes, last + place + 1) & _LOW) + (np.uint64(last) << _HALF)
        np.minimum.at(table, texts * bins + place, value)


def band_keys(sketch: Hashes, bands: int) -> Hashes:
    """Return (texts, bands) hashes, each of the same number of neighbouring bins; never 0."""
    parts = sketch.reshape(len(sketch), bands, -1)
    keys = np.zeros(parts.shape[:2], np.uint64)
    for place in range(parts.shape[2]):
        keys = mix(keys ^ parts[:, :, place], place + 1)
    return np.maximum(keys, np.uint64(1))
