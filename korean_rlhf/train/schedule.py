"""Learning rate by step."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from korean_rlhf.errors import UnknownName

Schedule: TypeAlias = Callable[[float], float]
"""From the fraction of the run that is done, 0 to 1, to a factor of the peak, 1 to 0."""


def cosine(done: float) -> float:
    """Fall along half a cosine."""
    return 0.5 * (1.0 + math.cos(math.pi * done))


def linear(done: float) -> float:
    """Fall along a straight line."""
    return 1.0 - done


def constant(done: float) -> float:
    """Stay at the peak."""
    return 1.0


def warmup_stable_decay(done: float) -> float:
    """Stay at the peak for four fifths of the run, then fall along a straight line.

    Source: Hägele et al. 2024, arXiv:2405.18392 (a cool-down of 20 % matches cosine).
    """
    return min(1.0, (1.0 - done) / 0.2)


SCHEDULES: dict[str, Schedule] = {
    "cosine": cosine,
    "linear": linear,
    "constant": constant,
    "wsd": warmup_stable_decay,
}


def learning_rate_factor(
    step: int, *, steps: int, schedule: str, warmup: int, warmup_from: float, floor: float
) -> float:
    """Return the factor of the peak learning rate at `step` (0 is the first).

    Args:
        step: Steps done before this one.
        steps: Steps of the whole run.
        schedule: A name of `SCHEDULES`, followed once the warm-up is over.
        warmup: Steps of a straight climb from `warmup_from` to 1; step `warmup` is at the peak.
        warmup_from: Factor at step 0 when there is a warm-up.
        floor: Factor that the schedule ends at, such as 0.1 for "cosine to 10 %".

    Raises:
        UnknownName: no schedule is called that.
    """
    if schedule not in SCHEDULES:
        raise UnknownName("schedule", schedule, SCHEDULES)
    if step < warmup:
        return warmup_from + (1.0 - warmup_from) * step / warmup
    done = (step - warmup) / max(1, steps - 1 - warmup)
    return floor + (1.0 - floor) * SCHEDULES[schedule](min(1.0, done))
