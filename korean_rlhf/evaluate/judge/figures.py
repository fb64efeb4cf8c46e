"""Judged scores of one model as figures: the mean, its error, and what length has to do with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from korean_rlhf.evaluate import metrics
from korean_rlhf.evaluate.judge.exchanges import Exchange
from korean_rlhf.evaluate.judge.verdicts import Failure, Score
from korean_rlhf.evaluate.paired import Difference, paired_difference
from korean_rlhf.evaluate.statistics import Estimate, mean_and_error
from korean_rlhf.hangul import syllable_ratio


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer with its verdict."""

    exchange: Exchange
    verdict: Score | Failure
    category: str = ""

    @property
    def score(self) -> float | None:
        """The score, None where judging failed."""
        return self.verdict.value if isinstance(self.verdict, Score) else None


@dataclass(frozen=True, slots=True)
class SingleFigures:
    """What one judge makes of the answers of one model."""

    mean: Estimate | None
    """Clustered by question, for its turns are one conversation; None without a verdict."""
    by_turn: dict[str, Estimate]
    by_category: dict[str, Estimate]
    failures: dict[str, int]
    """Answers without a verdict, by reason: in no mean, and never a 0."""
    length_correlation: Estimate | None
    """Spearman's ρ of score and characters; None where one of them is constant."""
    mean_characters: float
    korean: float
    """Share of Hangul among the letters of all answers."""


def single_figures(judged: Sequence[Judged]) -> SingleFigures:
    """Return the figures of the answers of one model."""
    answers = [one.exchange.answer for one in judged]
    return SingleFigures(
        mean=_mean(judged),
        by_turn=_by(judged, lambda one: str(one.exchange.turn + 1)),
        by_category=_by(judged, lambda one: one.category),
        failures=count_failures(one.verdict for one in judged),
        length_correlation=length_correlation(judged),
        mean_characters=sum(map(len, answers)) / len(answers),
        korean=syllable_ratio("".join(answers)),
    )


def count_failures(verdicts: Iterable[object]) -> dict[str, int]:
    """Return how many verdicts failed, by reason."""
    found = Counter(one.why for one in verdicts if isinstance(one, Failure))
    return dict(sorted(found.items()))


def length_correlation(judged: Sequence[Judged]) -> Estimate | None:
    """Return how the scores of some answers go with their lengths in characters."""
    scored = [(one.score, one.exchange) for one in judged if one.score is not None]
    pairs = [[score, float(len(exchange.answer))] for score, exchange in scored]
    return defined("spearman", pairs, [exchange.question for _, exchange in scored])


def defined(name: str, values: Sequence[metrics.Value], clusters: list[str]) -> Estimate | None:
    """Return a metric with its error, None where these values do not define it."""
    if len(values) < 2:
        return None
    found = metrics.estimate(name, values, clusters)
    return found if found.value == found.value else None  # nan is unequal to itself


def score_difference(first: Sequence[Judged], second: Sequence[Judged]) -> Difference | None:
    """Return what the second model gains on the answers that both have a score for."""
    before, after = (
        {one.exchange.place: one.score for one in judged if one.score is not None}
        for judged in (first, second)
    )
    shared = [place for place in before if place in after]
    if not shared:
        return None
    return paired_difference(
        [before[place] for place in shared],
        [after[place] for place in shared],
        metric="judged",
        clusters=[question for question, _ in shared],
    )


def _mean(judged: Sequence[Judged]) -> Estimate | None:
    scored = [(one.score, one.exchange.question) for one in judged if one.score is not None]
    if not scored:
        return None
    return mean_and_error([score for score, _ in scored], [question for _, question in scored])


def _by(judged: Sequence[Judged], key: Callable[[Judged], str]) -> dict[str, Estimate]:
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(key(one), []).append(one)
    means = {name: _mean(group) for name, group in groups.items() if name}
    return {name: mean for name, mean in means.items() if mean is not None}
