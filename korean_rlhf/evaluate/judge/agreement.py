"""How well the scores of a judge agree with given ones: ρ, pairs by gap, and what length does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from korean_rlhf.evaluate import metrics
from korean_rlhf.evaluate.judge.duels import Share, first_place, inconsistency
from korean_rlhf.evaluate.judge.figures import count_failures, defined
from korean_rlhf.evaluate.judge.pairs import Outcome
from korean_rlhf.evaluate.statistics import Estimate, mean_and_error

GAPS = ((0.0, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, 6.0), (6.0, float("inf")))
"""Differences of scores on a scale of ten, the upper end included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer: the given score, the judge's, and its length."""

    question: str
    given: float
    judged: float
    characters: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a judge agrees with the given scores."""

    spearman: Estimate | None
    """Spearman's ρ of judged and given scores within a question, the mean over questions. A judge
    that gives all answers of a question one score tells them apart not at all: ρ = 0."""
    accuracy: Estimate | None
    """Pairs of one question with different given scores that the judge orders as they are; a tie
    is half a pair. Clustered by question."""
    by_gap: dict[str, Estimate]
    """The same by the difference of the given scores."""
    ties: float
    """Share of such pairs with equal judged scores."""
    length_spearman: Estimate | None
    """ρ of judged scores and characters within a question."""
    given_length_spearman: Estimate | None
    """The same of the given scores: what is more than this is a bias to length."""
    accuracy_longer_better: Estimate | None
    """Accuracy where the longer answer has the higher given score."""
    accuracy_shorter_better: Estimate | None


def agreement(answers: Sequence[Answer]) -> Agreement:
    """Return how the judged scores of some answers agree with the given ones."""
    pairs = [pair for group in _groups(answers) for pair in _unequal(group)]
    right = [_right(first, second) for first, second in pairs]
    longer = [_longer_is_better(first, second) for first, second in pairs]
    questions = [first.question for first, _ in pairs]

    def accuracy(chosen: Sequence[bool]) -> Estimate | None:
        values = [value for value, use in zip(right, chosen, strict=True) if use]
        clusters = [name for name, use in zip(questions, chosen, strict=True) if use]
        return mean_and_error(values, clusters) if values else None

    gaps = [rounded(first.given - second.given) for first, second in pairs]
    by_gap = {
        _gap_name(low, high): accuracy([low < gap <= high for gap in gaps])
        for low, high in gap_ranges(max(gaps, default=1.0))
    }
    return Agreement(
        spearman=_within(answers, "judged", "given"),
        accuracy=accuracy([True] * len(pairs)),
        by_gap={name: found for name, found in by_gap.items() if found is not None},
        ties=sum(value == 0.5 for value in right) / len(right) if right else 0.0,
        length_spearman=_within(answers, "judged", "characters"),
        given_length_spearman=_within(answers, "given", "characters"),
        accuracy_longer_better=accuracy([value is True for value in longer]),
        accuracy_shorter_better=accuracy([value is False for value in longer]),
    )


def rounded(gap: float) -> float:
    """Return the size of a difference without the noise of its last digits.

    >>> rounded(0.2 - 0.3)
    0.1
    """
    return round(abs(gap), 9)


def gap_ranges(largest: float) -> list[tuple[float, float]]:
    """Return GAPS for scores whose largest difference is `largest`, by the next power of ten.

    >>> gap_ranges(9.0)[1], gap_ranges(0.9)[1]
    ((1.0, 2.0), (0.1, 0.2))
    """
    scale = 10.0 ** math.ceil(math.log10(largest)) / 10.0
    return [(rounded(low * scale), rounded(high * scale)) for low, high in GAPS]


def _groups(answers: Sequence[Answer]) -> list[list[Answer]]:
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.question, []).append(answer)
    return list(groups.values())


def _unequal(group: Sequence[Answer]) -> list[tuple[Answer, Answer]]:
    return [pair for pair in combinations(group, 2) if pair[0].given != pair[1].given]


def _right(first: Answer, second: Answer) -> float:
    if first.judged == second.judged:
        return 0.5
    return float((first.judged > second.judged) == (first.given > second.given))


def _longer_is_better(first: Answer, second: Answer) -> bool | None:
    if first.characters == second.characters:
        return None
    return (first.characters > second.characters) == (first.given > second.given)


def _gap_name(low: float, high: float) -> str:
    return f"over {low:g}" if high == float("inf") else f"{low:g}-{high:g}"


def _within(answers: Sequence[Answer], left: str, right: str) -> Estimate | None:
    """Return the mean over questions of the rank correlation of two values of their answers.

    Questions whose `right` values are all equal say nothing; equal `left` values are a 0.
    """
    found = []
    for group in _groups(answers):
        values = np.array([[getattr(one, right), getattr(one, left)] for one in group], dtype=float)
        if len(group) > 1 and values[:, 0].std() > 0:
            found.append(metrics.spearman(values) if values[:, 1].std() > 0 else 0.0)
    return mean_and_error(found) if found else None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How far a judge that compares two answers agrees with the given scores."""

    accuracy: Estimate | None
    """A tie, also of a verdict that changed with the order, is half a pair."""
    by_gap: dict[str, Estimate]
    inconsistent: Share | None
    first_place: Share | None
    length_preference: Estimate | None
    """Spearman's ρ of the verdict for the first answer and how much longer it is."""
    failed: int
    failures: dict[str, int]


def pair_agreement(outcomes: Sequence[Outcome], gaps: Sequence[float]) -> PairAgreement:
    """Return how verdicts agree with the given scores.

    Args:
        outcomes: Of pairs judged in both orders.
        gaps: For each pair, the given score of its first answer minus that of its second; not 0.
    """
    points = {"first": 1.0, "tie": 0.0, "second": -1.0}
    read = [(one, gap) for one, gap in zip(outcomes, gaps, strict=True) if one.result != "failed"]
    right = [(1 + points[one.result] * np.sign(gap)) / 2 for one, gap in read]
    questions = [one.first.question for one, _ in read]

    def accuracy(low: float, high: float) -> Estimate | None:
        chosen = [at for at, (_, gap) in enumerate(read) if low < rounded(gap) <= high]
        if not chosen:
            return None
        return mean_and_error([right[at] for at in chosen], [questions[at] for at in chosen])

    ranges = gap_ranges(max(map(rounded, gaps), default=1.0))
    by_gap = {_gap_name(low, high): accuracy(low, high) for low, high in ranges}
    lengths = [
        [points[one.result], float(len(one.first.answer) - len(one.second.answer))]
        for one, _ in read
    ]
    return PairAgreement(
        accuracy=accuracy(0.0, float("inf")),
        by_gap={name: found for name, found in by_gap.items() if found is not None},
        inconsistent=inconsistency(outcomes),
        first_place=first_place(outcomes),
        length_preference=defined("spearman", lengths, questions),
        failed=len(outcomes) - len(read),
        failures=count_failures(one for outcome in outcomes for one in outcome.failures),
    )
