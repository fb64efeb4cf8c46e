"""The optimiser loop that every stage shares."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

from korean_rlhf.errors import Diverged
from korean_rlhf.train.distributed import process_rank, sum_gradients, sum_over_processes
from korean_rlhf.train.optim import set_learning_rate

Part = TypeVar("Part")
RANK_OFFSET = 100_003
"""Between the seeds of two processes, so that they draw different dropout and samples."""


@dataclass(frozen=True, slots=True)
class Objective(Generic[Part]):
    """What is minimised: a sum over each part of a batch, divided by one count for the batch."""

    loss: Callable[[Part], Tensor]
    """Summed loss of one part, with its gradient."""

    weigh: Callable[[Part], float]
    """How many learned things (tokens, prompts) the part holds."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What one optimiser step did."""

    step: int
    """Steps done, this one included."""
    loss: float
    """Mean over the learned things of the step, over all processes."""
    gradient_norm: float
    """Before clipping."""
    learning_rate: float
    weight: float
    """How many things were learned from."""
    seconds: float


def seed_step(seed: int, step: int) -> None:
    """Make all randomness of a step a function of `seed` and `step`, for resumed runs too."""
    torch.manual_seed(seed * 1_000_003 + step + RANK_OFFSET * process_rank())


def optimise(
    parts: Sequence[Part],
    objective: Objective[Part],
    optimizer: torch.optim.Optimizer,
    *,
    clip: float,
    place: str = "a step",
) -> tuple[float, float, float]:
    """Take one optimiser step; return (mean loss, gradient norm before clipping, weight).

    Each part's summed loss is divided by the weight of *all* parts of all processes, never by its
    own: a mean of means would count a token of a short part more. `place` names the step in errors.

    Raises:
        Diverged: the loss or the gradient is not finite; no weight has changed.
        ValueError: there is nothing to learn in any part.
    """
    (weight,) = sum_over_processes([sum(objective.weigh(part) for part in parts)])
    if weight == 0:
        raise ValueError("no part holds anything to learn from")
    total = 0.0
    for part in parts:
        summed = objective.loss(part)
        (summed / weight).backward()
        total += float(summed.detach())
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    sum_gradients(parameters)
    norm = float(nn.utils.clip_grad_norm_(parameters, clip))
    (total,) = sum_over_processes([total])
    if not (math.isfinite(total) and math.isfinite(norm)):
        raise Diverged(place, f"the loss is {total / weight:g}, the gradient norm {norm:g}")
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return total / weight, norm, weight


def train(
    parts_at: Callable[[int], Sequence[Part]],
    objective: Objective[Part],
    optimizer: torch.optim.Optimizer,
    *,
    factor: Callable[[int], float],
    start: int,
    steps: int,
    clip: float,
    seed: int,
    report: Callable[[Progress], bool],
) -> None:
    """Take optimiser steps `start` to `steps`; end early when `report` returns true.

    `parts_at` gives the parts of a step by its number alone and `factor` the learning rate as a
    factor of its peak, so that a run that was cut off anywhere can go on from its last checkpoint.
    Saving, evaluating and logging are the caller's, in `report`.
    """
    for step in range(start, steps):
        begun = time.perf_counter()
        learning_rate = set_learning_rate(optimizer, factor(step))
        seed_step(seed, step)
        parts, place = parts_at(step), f"step {step + 1}"
        loss, norm, weight = optimise(parts, objective, optimizer, clip=clip, place=place)
        seconds = time.perf_counter() - begun
        if report(Progress(step + 1, loss, norm, learning_rate, weight, seconds)):
            return
