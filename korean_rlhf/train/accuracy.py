"""How often a reward model orders two answers as people did, beside how often length does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from korean_rlhf.train.intervals import cluster_interval, wilson_interval
from korean_rlhf.train.losses import ranked_pairs

SCORE_GAPS = (1, 2, 3, 5)
"""Distances in the judge's score from which pairs are counted apart."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The answers to one prompt with their scores."""

    ranks: Sequence[int]
    scores: Sequence[float]
    lengths: Sequence[int]
    """Tokens of each answer; the baseline prefers the longer one."""
    question: str
    """Equal for comparisons of one question: what says something about one says it about all."""
    judged: Sequence[float] = ()
    """The judge's score of each answer, where there is one."""


@dataclass(frozen=True, slots=True)
class _Pair:
    question: str
    gap: int
    """Ranks between the two."""
    score_gap: float | None
    """Points of the judge between the two."""
    right: float
    """1 if the model prefers the better one, 0 if the worse, 0.5 if neither."""
    longer: float
    """The same for the baseline."""


def accuracy_report(answers: Iterable[Scored]) -> dict[str, Any]:
    """Return accuracy over all pairs of different ranks, and over those of some distance.

    Each entry holds the accuracy of the model (`accuracy`), of always preferring the longer answer
    (`length_baseline`) and their difference (`above_length`), each with its 95 % interval by
    drawing whole questions anew, and the number of pairs and of distinct questions.

    `by_gap` and `gap_at_least` count the distance in ranks within a comparison (dense ranks: 1 is
    the next best answer, however much worse it is); `by_score_gap`, where the judge's scores are
    known, the pairs at least that many of the judge's points apart.
    """
    known = list(answers)
    pairs = [pair for one in known for pair in _pairs(one)]
    gaps = sorted({pair.gap for pair in pairs})
    report = {
        **_summary(pairs),
        "comparisons": len(known),
        "by_gap": {str(gap): _summary([p for p in pairs if p.gap == gap]) for gap in gaps},
        "gap_at_least": {str(gap): _summary([p for p in pairs if p.gap >= gap]) for gap in gaps},
    }
    judged = [pair for pair in pairs if pair.score_gap is not None]
    apart = {gap: [p for p in judged if (p.score_gap or 0.0) >= gap] for gap in SCORE_GAPS}
    by_score = {str(gap): _summary(some) for gap, some in apart.items() if some}
    return report | ({"by_score_gap": by_score} if by_score else {})


def _pairs(one: Scored) -> list[_Pair]:
    judged = one.judged
    return [
        _Pair(
            question=one.question,
            gap=one.ranks[worse] - one.ranks[better],
            score_gap=judged[better] - judged[worse] if judged else None,
            right=_prefers(one.scores[better], one.scores[worse]),
            longer=_prefers(one.lengths[better], one.lengths[worse]),
        )
        for better, worse in ranked_pairs(one.ranks)
    ]


def _prefers(better: float, worse: float) -> float:
    return 0.5 if better == worse else float(better > worse)


def _summary(pairs: Sequence[_Pair]) -> dict[str, Any]:
    questions = sorted({pair.question for pair in pairs})
    place = {question: row for row, question in enumerate(questions)}
    sums = np.zeros((len(questions), 3))  # right, longer, pairs of each question
    for pair in pairs:
        sums[place[pair.question]] += (pair.right, pair.longer, 1.0)
    right, longer, count = sums.T
    n = max(len(pairs), 1)
    accuracy, baseline = float(right.sum()) / n, float(longer.sum()) / n
    return {
        "accuracy": accuracy,
        "interval": _share_interval(right, count),
        "length_baseline": baseline,
        "length_interval": _share_interval(longer, count),
        "above_length": accuracy - baseline,
        "above_length_interval": list(cluster_interval(right - longer, count, (-1.0, 1.0))),
        "pairs": len(pairs),
        "questions": len(questions),
    }


def _share_interval(hits: Any, count: Any) -> list[float]:
    """Return the interval of a share; Wilson's over questions where all questions agree.

    Drawing anew what is everywhere the same would give an interval without width.
    """
    shares = hits / count
    if len(shares) and np.ptp(shares) > 0:
        return list(cluster_interval(hits, count, (0.0, 1.0)))
    return list(wilson_interval(float(shares.sum()), len(shares)))
