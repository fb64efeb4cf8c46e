"""Near duplicates among Korean instructions: which one kept so far is most like a new one.

A text is the set of its syllables and of its pairs of syllables, spaces and punctuation left out.
Each counts by how rare it is (its idf), so that the ending of a request (알려 주세요) says little
and its subject much; two texts are as alike as the weight of what both hold over the weight of what
either holds. Words are no measure here: a particle changes them, and ROUGE as self-instruct uses
it (arXiv:2212.10560, section 2.3) drops every letter that is not ASCII.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from korean_rlhf.ngrams import character_ngrams, normalise_for_matching

NEAR = 0.53
"""Texts at least so alike are one task.

The two halves of the pairs in tests/golden/generated_duplicates.jsonl choose 0.59 and 0.51, with an
F1 of 0.867 on the other half. That is optimistic: the measure was chosen among some 46 with both
halves in sight. The figure to trust is of the 172 pairs of generated_duplicates_fresh.jsonl, which
were written before any measure was run on them: 0.467 [0.366, 0.560], no better than plain pairs of
syllables. There it sees through spacing, particles, endings and order (30 of 32), not through other
words for the same task (0 of 32), and takes 31 of 88 pairs of different tasks for one, mostly where
a single word makes the difference. `make bench NAME=generate_duplicates` prints both.
"""
FLOOR = 0.2
"""Below it nobody asks how alike two texts are, which spares the look-up of common syllables."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The text most like another one."""

    name: str
    similarity: float


class Weights:
    """How much each syllable and each pair of them says, by the texts they stand in."""

    def __init__(self, texts: Iterable[str]) -> None:
        found = [features(text) for text in texts]
        self._log_texts = math.log(len(found) + 1)
        self._texts_with = Counter(feature for each in found for feature in each)

    def __call__(self, feature: str) -> float:
        """Return log((texts + 1) / (texts with it + 1)), above 0."""
        return max(1e-3, self._log_texts - math.log(self._texts_with[feature] + 1))

    def similarity(self, one: str, two: str) -> float:
        """Return the weighted Jaccard similarity of two texts, 0.0 for two without a letter.

        >>> rare = Weights(["시를 써 주세요.", "표를 그려 주세요."])
        >>> rare.similarity("시를 써 주세요.", "시를, 써주세요")
        1.0
        """
        left, right = features(one), features(two)
        both = math.fsum(map(self, left & right))
        either = math.fsum(map(self, left | right))
        return round(both / either, 6) if either else 0.0


def features(text: str) -> set[str]:
    """Return the distinct syllables and pairs of syllables of a text.

    >>> sorted(features("시 써줘"))
    ['시', '시써', '써', '써줘', '줘']
    """
    plain = normalise_for_matching(text)
    return {*plain, *(pair for pair in character_ngrams(plain, 2) if len(pair) == 2)}


class Neighbours:
    """The texts taken so far, by what they hold: a new one finds the one most like it, exactly."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._totals = array("d")
        self._holders: dict[str, array[int]] = {}

    def __len__(self) -> int:
        return len(self._names)

    def add(self, name: str, text: str) -> None:
        """Take a text in."""
        held = features(text)
        number = len(self._names)
        self._names.append(name)
        self._numbers[name] = number
        self._totals.append(math.fsum(map(self._weights, held)))
        for feature in held:
            self._holders.setdefault(feature, array("I")).append(number)

    def nearest(
        self, text: str, *, floor: float = FLOOR, besides: Sequence[str] = ()
    ) -> Neighbour | None:
        """Return the text most like this one, None when none is `floor` alike.

        Args:
            text: The new text.
            floor: Least similarity that is looked for, above 0.
            besides: Names that do not count.
        """
        weighed = [(feature, self._weights(feature)) for feature in sorted(features(text))]
        total = math.fsum(weight for _, weight in weighed)
        held = [pair for pair in weighed if pair[0] in self._holders]
        held.sort(key=lambda pair: (len(self._holders[pair[0]]), pair[0]))
        first = _needed(held, total, floor)
        if not first:
            return None
        shared = self._shared(held[:first])
        shared[[self._numbers[name] for name in besides if name in self._numbers]] = 0.0
        rest = held[first:]
        least = floor / (1.0 + floor) * (total + np.frombuffer(self._totals))
        bound = shared + math.fsum(weight for _, weight in rest)
        found = np.flatnonzero((shared > 0.0) & (bound >= least - 1e-9))
        return self._best(found, shared[found], rest, total, floor)

    def _shared(self, held: Sequence[tuple[str, float]]) -> npt.NDArray[np.float64]:
        """Return for each text the weight of those features in `held` that it holds."""
        lists = [np.frombuffer(self._holders[feature], np.uint32) for feature, _ in held]
        weights = np.repeat([weight for _, weight in held], [len(each) for each in lists])
        shared: npt.NDArray[np.float64] = np.bincount(
            np.concatenate(lists), weights, minlength=len(self._names)
        )  # type: ignore[assignment]
        return shared

    def _best(
        self,
        found: npt.NDArray[np.int64],
        shared: npt.NDArray[np.float64],
        rest: Sequence[tuple[str, float]],
        total: float,
        floor: float,
    ) -> Neighbour | None:
        """Return the most alike of the texts `found`; of equals the one taken first."""
        if not len(found):
            return None
        for feature, weight in rest:
            holders = np.frombuffer(self._holders[feature], np.uint32)
            places = np.minimum(np.searchsorted(holders, found), len(holders) - 1)
            shared = shared + weight * (holders[places] == found)
        alike = np.round(shared / (total + np.frombuffer(self._totals)[found] - shared), 6)
        best = int(np.argmax(alike))
        if alike[best] < floor:
            return None
        return Neighbour(self._names[int(found[best])], float(alike[best]))


def _needed(held: Sequence[tuple[str, float]], total: float, floor: float) -> int:
    """Return how many of the features, rarest first, must be looked up.

    What both texts hold weighs at least `floor` of this text. The commonest features, as long as
    they weigh less than that together, can be left out: who is alike shares one of the others.
    """
    spared, count = 0.0, len(held)
    while count and spared + held[count - 1][1] < floor * total:
        spared += held[count - 1][1]
        count -= 1
    return count
