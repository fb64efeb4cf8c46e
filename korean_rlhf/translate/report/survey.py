"""Counts of a translation: reasons with examples, histograms, and a sample to read."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from korean_rlhf.datacard.measures import Histogram
from korean_rlhf.hangul import syllable_ratio
from korean_rlhf.translate.checks.extent import SHORT
from korean_rlhf.translate.protect import protect
from korean_rlhf.translate.register import text_register
from korean_rlhf.translate.report.pairs import Pairs, Text

EXAMPLES = 3
"""Examples of each reason: those whose ids have the smallest digest."""
LENGTH = Histogram(
    "길이 비율 · length ratio", "한국어 글자 수 ÷ 영어 글자 수", np.linspace(0, 2, 41)
)
HANGUL = Histogram("한글 비율 · Hangul", "글자 가운데 한글(%)", np.linspace(0, 100, 26))
REGISTERS = ("haeyo", "hapsyo", "hao", "hae", "haera", "mixed", "")
"""Speech levels of answers, as korean_rlhf.translate.register names them."""


@dataclass
class Survey:
    """What is known of one translated set; no text but the sample and the examples is held."""

    sample_size: int
    seed: int = 0
    kept: int = 0
    dropped: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[str, Pairs]]] = field(default_factory=dict)
    registers: Counter[str] = field(default_factory=Counter)
    """Of the answers that were kept."""
    lengths: npt.NDArray[np.int64] = field(
        default_factory=lambda: np.zeros(len(LENGTH.edges) - 1, np.int64)
    )
    """(40,) texts of kept records by length ratio; those of short sources are left out."""
    hangul: npt.NDArray[np.int64] = field(
        default_factory=lambda: np.zeros(len(HANGUL.edges) - 1, np.int64)
    )
    """(25,) texts of kept records by their share of Hangul, spans left out."""
    _sample: list[tuple[int, int, Pairs]] = field(default_factory=list)

    def add(self, pairs: Pairs) -> None:
        """Count one record."""
        digest = hashlib.sha256(f"{self.seed}\0{pairs.id}".encode()).digest()
        self._draw(pairs, int.from_bytes(digest[:8], "big"))
        if pairs.reason:
            self.dropped += 1
            self.reasons[pairs.reason] += 1
            self._example(pairs, digest.hex())
            return
        self.kept += 1
        for text in pairs.texts:
            self._measure(text)

    @property
    def sample(self) -> list[Pairs]:
        """The drawn records, in an order that is random but always the same."""
        return [pairs for _, _, pairs in sorted(self._sample, reverse=True)]

    def _draw(self, pairs: Pairs, key: int) -> None:
        entry = (-key, -(self.kept + self.dropped), pairs)  # a heap gives up its least
        if len(self._sample) < self.sample_size:
            heapq.heappush(self._sample, entry)
        elif self.sample_size:
            heapq.heappushpop(self._sample, entry)

    def _example(self, pairs: Pairs, key: str) -> None:
        found = self.examples.setdefault(pairs.reason, [])
        found.append((key, pairs))
        found.sort(key=lambda item: item[0])
        del found[EXAMPLES:]

    def _measure(self, text: Text) -> None:
        if len(text.english) >= SHORT:
            _count(self.lengths, LENGTH, len(text.korean) / len(text.english))
        plain = text.korean
        for span in protect(text.english).spans:
            plain = plain.replace(span, " ")
        if any(map(str.isalpha, plain)):
            _count(self.hangul, HANGUL, 100 * syllable_ratio(plain))
        if text.speaker in ("assistant", "response"):
            self.registers[text_register(text.korean)] += 1


def survey(records: Iterable[Pairs], *, sample: int, seed: int) -> Survey:
    """Return the counts of `records`, and `sample` of them drawn by `seed`."""
    found = Survey(sample, seed)
    for pairs in records:
        found.add(pairs)
    return found


def _count(counts: npt.NDArray[np.int64], histogram: Histogram, value: float) -> None:
    """Add one value to its bin; the outermost bins take what lies beyond them."""
    place = int(np.searchsorted(histogram.edges, value, side="right")) - 1
    counts[min(max(place, 0), len(counts) - 1)] += 1
