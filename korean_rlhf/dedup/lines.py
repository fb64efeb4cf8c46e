"""Lines and sentences that stand in many documents: counted over the corpus, then cut out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from korean_rlhf.dedup.grams import Hashes, fold
from korean_rlhf.disk import published

_SENTENCE = re.compile(r".+?(?:[.?!…。][\"'”’」』)\]]*(?=\s|$)\s*|$)")
"""A sentence with the spaces behind it; "3.5" and "kr.go" end none."""
_HASHES_AT_ONCE = 1 << 22
"""Hashes counted together, 32 MB: those of a part of all values, the parts one after the other."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A line, or a sentence of a line that holds several."""

    start: int
    end: int
    is_line: bool


@dataclass(frozen=True, slots=True)
class Repeated:
    """What is cut out: hashes of lines and sentences, and in how many documents each stands."""

    hashes: Hashes
    documents: npt.NDArray[np.int64]

    def count(self, hash: int) -> int:
        """Return in how many documents a hash stands, 0 when they are not too many."""
        place = int(np.searchsorted(self.hashes, np.uint64(hash)))
        found = place < len(self.hashes) and int(self.hashes[place]) == hash
        return int(self.documents[place]) if found else 0


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of a document that was cut out."""

    text: str
    documents: int
    """Documents that it stands in."""


def units(text: str) -> Iterator[Unit]:
    r"""Yield every line that holds more than spaces, then its sentences if there are more.

    >>> text = "제목\n첫 문장이다. 둘째 문장이다."
    >>> [text[unit.start : unit.end] for unit in units(text)]
    ['제목', '첫 문장이다. 둘째 문장이다.', '첫 문장이다. ', '둘째 문장이다.']
    """
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield Unit(start, start + len(line), True)
            spans = [found.span() for found in _SENTENCE.finditer(line)]
            if len(spans) > 1:
                yield from (Unit(start + begin, start + end, False) for begin, end in spans)
        start += len(line) + 1


def unit_hashes(text: str, found: Sequence[Unit], least: int) -> list[int]:
    """Return the hash of the letters and digits of each unit, 0 for one of fewer than `least`."""
    folded = fold([text[unit.start : unit.end] for unit in found])
    hashes = []
    for start, end in zip(folded.starts[:-1].tolist(), folded.starts[1:].tolist(), strict=True):
        if end - start < least:
            hashes.append(0)
            continue
        content = folded.codes[start:end].tobytes()
        digest = hashlib.blake2b(content, digest_size=8).digest()
        hashes.append(int.from_bytes(digest, "little") or 1)
    return hashes


def write_hashes(texts: Iterable[str], target: Path, least: int) -> None:
    """Write the sorted hashes of the units of some texts, each once a text, to `target`."""
    parts = [np.zeros(0, np.uint64)]
    for text in texts:
        found = list(units(text))
        if found:
            hashes = np.unique(np.array(unit_hashes(text, found, least), np.uint64))
            parts.append(hashes[hashes > 0])
    with published(target) as draft, draft.open("wb") as file:
        np.save(file, np.sort(np.concatenate(parts)))


def count_repeated(files: Sequence[Path], limit: int) -> Repeated:
    """Return the hashes that stand in more than `limit` documents of those in `files`.

    Memory: the values are counted in ranges of at most about _HASHES_AT_ONCE hashes.
    """
    mapped = [np.load(file, mmap_mode="r") for file in files]
    ranges = max(1, -(-sum(map(len, mapped)) // _HASHES_AT_ONCE))
    edges = [(number << 64) // ranges for number in range(ranges + 1)]
    hashes, documents = [], []
    for low, high in pairwise(edges):
        inside = np.concatenate([np.zeros(0, np.uint64), *(_between(m, low, high) for m in mapped)])
        found, counts = np.unique(inside, return_counts=True)
        hashes.append(found[counts > limit])
        documents.append(counts[counts > limit])
    return Repeated(np.concatenate(hashes), np.concatenate(documents))


def _between(mapped: Hashes, low: int, high: int) -> Hashes:
    """Return the sorted values from `low` to below `high`."""
    start = np.searchsorted(mapped, np.uint64(low))
    end = len(mapped) if high >> 64 else np.searchsorted(mapped, np.uint64(high))
    return mapped[start:end]


def cut_repeated(text: str, repeated: Repeated, least: int) -> tuple[str, list[Cut]]:
    """Return `text` without its repeated lines and sentences, and what was cut.

    A line of which nothing is left goes with its end; all else stays as it is.
    """
    found = list(units(text))
    counts = [repeated.count(hash) if hash else 0 for hash in unit_hashes(text, found, least)]
    spans, cuts, end = [], [], -1
    for unit, count in zip(found, counts, strict=True):
        if count and unit.start >= end:
            end = unit.end
            spans.append((unit.start, end))
            cuts.append(Cut(text[unit.start : end].strip(), count))
    return (_without(text, spans), cuts) if cuts else (text, [])


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return `text` without the spans, which lie within lines and are in order."""
    lines, start, waiting = [], 0, list(reversed(spans))
    for line in text.split("\n"):
        pieces, place, end = [], start, start + len(line)
        while waiting and waiting[-1][0] < end:
            begin, stop = waiting.pop()
            pieces.append(text[place:begin])
            place = stop
        pieces.append(text[place:end])
        left = "".join(pieces)
        if place == start or left.strip():
            lines.append(left if place == start else left.rstrip())
        start = end + 1
    return "\n".join(lines)
