"""Pairwise verdicts as figures: wins, ties and losses, and what order and length do to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from korean_rlhf.evaluate.judge.figures import count_failures
from korean_rlhf.evaluate.judge.pairs import Outcome
from korean_rlhf.evaluate.signflip import sign_flip
from korean_rlhf.evaluate.statistics import (
    Estimate,
    bootstrap,
    cluster_members,
    mean_and_error,
    wilson_interval,
)

POINTS = {"first": 0.0, "tie": 0.5, "second": 1.0}


@dataclass(frozen=True, slots=True)
class Share:
    """A proportion with Wilson's 95 % interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class PairFigures:
    """The second of two models against the first."""

    second_wins: int
    ties: int
    first_wins: int
    failed: int
    """Pairs of which one verdict or both could not be read: in no other figure."""
    failures: dict[str, int]
    """Verdicts that could not be read, by reason."""
    equal_answers: int
    """Ties that no judge was asked about."""
    win_rate: Estimate | None
    """Of the second model, a tie for half a win, clustered by question."""
    low: float | None
    """Lower end of its 95 % bootstrap interval."""
    high: float | None
    p_value: float
    """Two-sided, that both are as good: of the clustered z statistic."""
    inconsistent: Share | None
    """Pairs whose verdict changed with the order; they count as ties."""
    first_place: Share | None
    """Verdicts for A among those that are no tie. Each pair is asked in both orders, so a judge
    without a bias to position has half."""
    longer_wins: Share | None
    """Won pairs of unequal length in which the longer answer won."""


def pair_figures(outcomes: Sequence[Outcome]) -> PairFigures:
    """Return the figures of the outcomes of two models."""
    counts = Counter(outcome.result for outcome in outcomes)
    read = [outcome for outcome in outcomes if outcome.result != "failed"]
    rate, low, high = _win_rate(read)
    return PairFigures(
        second_wins=counts["second"],
        ties=counts["tie"],
        first_wins=counts["first"],
        failed=counts["failed"],
        failures=count_failures(one for outcome in outcomes for one in outcome.failures),
        equal_answers=sum(not outcome.asked for outcome in outcomes),
        win_rate=rate,
        low=low,
        high=high,
        p_value=_p_of_no_preference(read),
        inconsistent=inconsistency(read),
        first_place=first_place(outcomes),
        longer_wins=longer_wins(read),
    )


def inconsistency(outcomes: Sequence[Outcome]) -> Share | None:
    """Return the share of pairs, both verdicts of which could be read, that changed by order."""
    asked = [one for one in outcomes if len(one.choices) == 2]
    return share(sum(one.inconsistent for one in asked), len(asked))


def first_place(outcomes: Sequence[Outcome]) -> Share | None:
    """Return the share of A among the verdicts for A or B, of pairs read in both orders."""
    counts = Counter(c for one in outcomes if len(one.choices) == 2 for c in one.choices)
    return share(counts["A"], counts["A"] + counts["B"])


def longer_wins(outcomes: Sequence[Outcome]) -> Share | None:
    """Return the share of wins by the longer answer, where the lengths differ."""
    won = []
    for outcome in outcomes:
        gap = len(outcome.first.answer) - len(outcome.second.answer)
        if gap and outcome.result in ("first", "second"):
            won.append((gap > 0) == (outcome.result == "first"))
    return share(sum(won), len(won))


def share(part: int, n: int) -> Share | None:
    """Return part of n with its interval, None of nothing.

    >>> share(0, 0), share(5, 10).value
    (None, 0.5)
    """
    if not n:
        return None
    return Share(part / n, *wilson_interval(part, n), n)


def _p_of_no_preference(read: Sequence[Outcome]) -> float:
    """Return the p-value that both models are liked alike, question by question."""
    if not read:
        return 1.0
    points = np.array([POINTS[outcome.result] - 0.5 for outcome in read])
    members = cluster_members([outcome.first.question for outcome in read])
    return sign_flip(np.array([points[chosen].sum() for chosen in members]))


def _win_rate(read: Sequence[Outcome]) -> tuple[Estimate | None, float | None, float | None]:
    if not read:
        return None, None, None
    points = np.array([POINTS[outcome.result] for outcome in read])
    clusters = [outcome.first.question for outcome in read]
    drawn = bootstrap(len(read), lambda chosen: float(points[chosen].mean()), clusters=clusters)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return mean_and_error(points, clusters), float(low), float(high)
