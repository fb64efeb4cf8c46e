"""Hashed character n-grams of many texts at once, and the similarity of two sets of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_CHARACTERS = 0x110000
_SURROGATES = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class Folded:
    """The letters and digits of some texts, one after the other, as `normalise_for_matching`."""

    codes: npt.NDArray[np.uint32]
    """(characters,) Unicode numbers."""

    starts: npt.NDArray[np.int64]
    """(texts + 1,) where each text begins in `codes`, and the end."""

    def grams(self, n: int) -> tuple[npt.NDArray[np.int64], Hashes]:
        """Return for every n-gram within a text the number of that text, and a mixed hash.

        A text shorter than n has none. Equal n-grams have equal hashes in every run and process.
        """
        count = max(0, len(self.codes) - n + 1)
        texts = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        inside = texts[:count] == texts[n - 1 :]
        return texts[:count][inside], mix(_rolling(self.codes, n, count)[inside])


def fold(texts: Sequence[str]) -> Folded:
    """Return the letters and digits of `texts`.

    One look-up in a table for each character instead of Python calls: 4 times as fast on articles
    of Korean Wikipedia, the same result (a test compares).
    """
    plain = [_lowered_sigma(nfc(text)) for text in texts]
    lengths = np.fromiter(map(len, plain), np.int64, len(plain))
    codes = _table()[np.frombuffer("".join(plain).encode("utf-32-le", "replace"), np.uint32)]
    kept = codes != 0
    ends = np.concatenate([[0], np.cumsum(kept)])[np.concatenate([[0], np.cumsum(lengths)])]
    return Folded(codes[kept], ends.astype(np.int64))


def nfc(text: str) -> str:
    """Return `text` in NFC; the check costs a tenth of the conversion, and most texts pass it."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _lowered_sigma(text: str) -> str:
    """Lower a text with a capital sigma as a whole: its small form depends on its place."""
    return text.lower() if "Σ" in text else text


@cache
def _table() -> npt.NDArray[np.uint32]:
    """Return for each Unicode number that of its small letter or digit, 0 for anything else."""
    table = np.zeros(_CHARACTERS, np.uint32)
    for code in range(_CHARACTERS):
        if code in _SURROGATES:
            continue
        # "İ" becomes "i" and a dot above; the dot is no letter. No other character becomes two.
        kept = [char for char in chr(code).lower() if char.isalnum()]
        if kept:
            table[code] = ord(kept[0])
    return table


def _rolling(codes: npt.NDArray[np.uint32], n: int, count: int) -> Hashes:
    """Return the polynomial modulo 2^64 of the n codes from each of the first `count` places."""
    hashes = np.zeros(count, np.uint64)
    for place in range(n):
        hashes *= _ODD
        hashes += codes[place : place + count]
    return hashes


def mix(hashes: Hashes, seed: int = 0) -> Hashes:
    """Return hashes whose every bit depends on all bits, another function for each seed."""
    mixed = hashes ^ np.uint64((seed * 0xA24BAED4963EE407) & 0xFFFFFFFFFFFFFFFF)
    mixed ^= mixed >> _HALF
    mixed *= _MIX
    mixed ^= mixed >> _HALF
    mixed *= _MIX
    mixed ^= mixed >> _HALF
    return mixed


def gram_hashes(text: str, n: int) -> npt.NDArray[np.uint32]:
    """Return the sorted distinct hashes of the n-grams of a text, 32 bits each.

    A text shorter than n has one: of the whole. Two different n-grams share a hash with a chance
    of 1 in 4 billion: between texts of 10,000 n-grams one such pair in 40 is expected.
    """
    folded = fold([text])
    _, hashes = folded.grams(min(n, max(1, len(folded.codes))))
    found: npt.NDArray[np.uint32] = np.unique((hashes >> _HALF).astype(np.uint32))
    return found


def similarity(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> float:
    """Return the Jaccard similarity of two sets of hashes, each sorted and distinct."""
    merged = np.concatenate([left, right])
    merged.sort()
    both = int(np.count_nonzero(merged[1:] == merged[:-1]))
    return both / max(1, len(merged) - both)
