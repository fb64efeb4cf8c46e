"""What templates score, and whether one of them is better than the first: paired, and corrected.

One metric decides, stated beforehand: accuracy where there are labels, else chrF. The others are
shown and not tested, for a test of each would be a chance more to find something.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from korean_rlhf.evaluate import metrics
from korean_rlhf.evaluate.intervals import interval
from korean_rlhf.evaluate.paired import Difference, paired_difference
from korean_rlhf.evaluate.prompts.answers import Answered
from korean_rlhf.evaluate.scores import plain
from korean_rlhf.evaluate.signflip import exchange
from korean_rlhf.evaluate.statistics import holm

SIGNIFICANT = 0.05
"""A difference is called one when its p-value, adjusted for all tests of a comparison, is below."""
UNREAD = ""
"""Stands for an answer that is no label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a template gains on the first one, on the metric that decides."""

    template: str
    difference: Difference
    adjusted_p: float
    """Holm over all templates."""
    tests: int
    """Templates that are held against the first."""

    @property
    def significant(self) -> bool:
        """Whether one may speak of a difference."""
        return self.adjusted_p < SIGNIFICANT

    def record(self, first: str, metric: str) -> dict[str, Any]:
        """Return it as JSON values."""
        found = self.difference
        return {
            "template": self.template,
            "against": first,
            "metric": metric,
            "mean": found.mean,
            "low": found.low,
            "high": found.high,
            "n": found.n,
            "test": found.test,
            "p_value": found.p_value,
            "adjusted_p": self.adjusted_p,
            "significant": self.significant,
            "detectable": found.detectable_at(SIGNIFICANT / self.tests),
        }


def headline(answers: Sequence[Answered]) -> str:
    """Return the metric that decides: the first that an answer has."""
    return next(iter(answers[0].metrics))


def scores(answers: Sequence[Answered]) -> dict[str, dict[str, Any]]:
    """Return each metric with its 95 % interval and the answers that it is over."""
    names = answers[0].metrics
    found = plain({name: metrics.estimate(name, _values(answers, name)) for name in names})
    for name, figure in found.items():
        bounds = interval(name, figure)
        figure["low"], figure["high"] = bounds if bounds else (None, None)
    return found


def gains(answers: Mapping[str, Sequence[Answered]]) -> list[Gain]:
    """Return what each later template gains on the first, p-values adjusted over all of them."""
    first, *others = answers
    metric = headline(answers[first])
    before = _values(answers[first], metric)
    found = [_difference(before, _values(answers[name], metric), metric) for name in others]
    adjusted = holm([one.p_value for one in found])
    return [
        Gain(template=name, difference=difference, adjusted_p=p, tests=len(found))
        for name, difference, p in zip(others, found, adjusted, strict=True)
    ]


def _difference(
    before: Sequence[metrics.Value], after: Sequence[metrics.Value], metric: str
) -> Difference:
    """Return a paired difference with a p-value by exchange: question sets are often small.

    Right and wrong is tested by McNemar; of other scores the signs of the gains are flipped.
    """
    found = paired_difference(before, after, metric=metric)
    if found.test != "z" or found.stderr is None:
        return found
    figure = functools.partial(metrics.figure, metric)
    p_value = exchange(np.asarray(before, float), np.asarray(after, float), figure)
    return replace(found, p_value=p_value, test="sign-flip")


def counts(answers: Sequence[Answered]) -> dict[str, dict[str, int]]:
    """Return by gold label how often each label was answered; "" is one that could not be read."""
    found: dict[str, Counter[str]] = {}
    for one in answers:
        found.setdefault(one.gold[0], Counter())[one.read or UNREAD] += 1
    return {gold: dict(said.most_common()) for gold, said in sorted(found.items())}


def commonest(answers: Sequence[Answered]) -> float:
    """Return what always answering the commonest label would score."""
    named = Counter(label for one in answers for label in set(one.gold))
    return max(named.values()) / len(answers)


def _values(answers: Sequence[Answered], name: str) -> list[metrics.Value]:
    return [one.metrics[name] for one in answers]


def finite(value: Any) -> bool:
    """Whether a figure is there."""
    return value is not None and math.isfinite(float(value))
