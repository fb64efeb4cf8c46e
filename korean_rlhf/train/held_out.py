"""PPO on prompts that are never trained on: what a step is worth, and which is the best so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean, stdev

import torch
from torch import Tensor

from korean_rlhf.errors import Diverged
from korean_rlhf.settings.ppo import PPOSettings
from korean_rlhf.train.answers import Answers
from korean_rlhf.train.experience import Judged
from korean_rlhf.train.monitors import answer_metrics, distinct_share

PREFIX = "held_out_"


@dataclass
class Memory:
    """What a run remembers between checkpoints, and across a kill."""

    best_step: int = 0
    best_objective: float = float("-inf")
    best_by_prompt: list[float] = field(default_factory=list)
    """The best step's objective on each held-out prompt."""
    since_best: int = 0
    first_distinct: float = 0.0
    """Share of different answers before the first update."""
    stopped: str = ""
    """Why the run ended before its last update; "" if it did not."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A step on the held-out prompts."""

    metrics: dict[str, float]
    by_prompt: list[float]
    """Objective of each prompt: the mean final score of its answers minus the price of their KL."""

    @property
    def distinct(self) -> float:
        """Share of the prompts' answers that no other prompt's equals."""
        return self.metrics[f"{PREFIX}distinct_answers"]


def measured(
    answers: Answers,
    parts: Sequence[Answers],
    judged: Sequence[Judged],
    finals: Sequence[Tensor],
    settings: PPOSettings,
) -> Measured:
    """Return what the answers say, `evaluate_samples` of them to each prompt, one after the other.

    Two answers to one prompt may be equal where only one is right: the share of different answers
    is that among one answer to each prompt.
    """
    samples, count = settings.evaluate_samples, len(answers.lengths)
    draws = [torch.arange(first, count, samples) for first in range(samples)]
    metrics = answer_metrics(parts, judged, finals, settings)
    metrics["distinct_answers"] = fmean(distinct_share([answers.rows(draw)]) for draw in draws)
    kl = torch.cat([seen.kl for seen in judged]).double()
    objective = torch.cat(list(finals)).double() - settings.kl_coefficient * kl
    by_prompt: list[float] = objective.view(-1, samples).mean(1).tolist()
    return Measured({f"{PREFIX}{name}": value for name, value in metrics.items()}, by_prompt)


def remember(memory: Memory, done: int, found: Measured, settings: PPOSettings) -> None:
    """Note whether the step is the best so far, and whether the run must end.

    Raises:
        Diverged: the objective is no number.
    """
    objective = found.metrics[f"{PREFIX}objective"]
    if not math.isfinite(objective):
        raise Diverged(f"update {done}", f"the objective on held-out prompts is {objective}")
    memory.first_distinct = memory.first_distinct or found.distinct
    collapsed = found.distinct < settings.min_distinct * memory.first_distinct
    if collapsed:
        memory.stopped = memory.stopped or "min_distinct"
    allowed = not collapsed and found.metrics[f"{PREFIX}kl"] <= settings.kl_max
    if allowed and clearly_better(found.by_prompt, memory.best_by_prompt):
        memory.best_step, memory.best_objective, memory.since_best = done, objective, 0
        memory.best_by_prompt = found.by_prompt
        return
    memory.since_best += 1
    if settings.patience is not None and memory.since_best >= settings.patience:
        memory.stopped = memory.stopped or "patience"


def clearly_better(new: Sequence[float], old: Sequence[float]) -> bool:
    """Return whether the mean gain, prompt by prompt, exceeds its standard error.

    The highest of many noisy means is mostly luck. Anything is better than no measurement.
    """
    if not old:
        return True
    gains = [one - other for one, other in zip(new, old, strict=True)]
    error = stdev(gains) / math.sqrt(len(gains)) if len(gains) > 1 else 0.0
    return fmean(gains) > error
