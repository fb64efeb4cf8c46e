"""How often a reward model orders two answers as people did, beside how often length does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from korean_rlhf.train.intervals import wilson_interval
from korean_rlhf.train.losses import ranked_pairs


@dataclass(frozen=True, slots=True)
class Scored:
    """The answers to one prompt with their scores."""

    ranks: Sequence[int]
    scores: Sequence[float]
    lengths: Sequence[int]
    """Tokens of each answer; the baseline prefers the longer one."""


@dataclass(frozen=True, slots=True)
class _Pair:
    gap: int
    """Ranks between the two."""
    right: float
    """1 if the model prefers the better one, 0 if the worse, 0.5 if neither."""
    longer: float
    """The same for the baseline."""


def accuracy_report(answers: Iterable[Scored]) -> dict[str, Any]:
    """Return accuracy over all pairs of different ranks, by rank gap, and from each gap up.

    Each entry holds accuracy and Wilson interval of the model and of the length baseline, and the
    number of pairs. Pairs of one prompt are not independent: with few prompts the true interval is
    wider, so `prompts` stands beside.
    """
    known = list(answers)
    pairs = [pair for one in known for pair in _pairs(one)]
    gaps = sorted({pair.gap for pair in pairs})
    return {
        **_summary(pairs),
        "prompts": len(known),
        "by_gap": {str(gap): _summary([p for p in pairs if p.gap == gap]) for gap in gaps},
        "gap_at_least": {str(gap): _summary([p for p in pairs if p.gap >= gap]) for gap in gaps},
    }


def _pairs(one: Scored) -> list[_Pair]:
    return [
        _Pair(
            gap=one.ranks[worse] - one.ranks[better],
            right=_prefers(one.scores[better], one.scores[worse]),
            longer=_prefers(one.lengths[better], one.lengths[worse]),
        )
        for better, worse in ranked_pairs(one.ranks)
    ]


def _prefers(better: float, worse: float) -> float:
    return 0.5 if better == worse else float(better > worse)


def _summary(pairs: Sequence[_Pair]) -> dict[str, Any]:
    n = len(pairs)
    right, longer = sum(pair.right for pair in pairs), sum(pair.longer for pair in pairs)
    return {
        "accuracy": right / max(n, 1),
        "interval": list(wilson_interval(right, n)),
        "length_baseline": longer / max(n, 1),
        "length_interval": list(wilson_interval(longer, n)),
        "pairs": n,
    }
