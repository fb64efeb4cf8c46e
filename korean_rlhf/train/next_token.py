"""Next-token prediction on rows: the objective of pretraining and SFT."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import torch
from torch import Tensor
from transformers import PreTrainedModel

from korean_rlhf.model.checkpoint import save_model
from korean_rlhf.model.gpt import hidden_states, to_logits
from korean_rlhf.rundir import Stage
from korean_rlhf.settings.optimizer import OptimizerSettings
from korean_rlhf.train.batches import Rows
from korean_rlhf.train.course import Course
from korean_rlhf.train.device import (
    Hardware,
    choose_hardware,
    gradient_trial,
    training_operations,
)
from korean_rlhf.train.distributed import sum_over_processes
from korean_rlhf.train.loop import Objective
from korean_rlhf.train.losses import IGNORE, next_token_loss
from korean_rlhf.train.optim import make_optimizer
from korean_rlhf.train.stages import parameter_count

Loss: TypeAlias = Callable[[Rows], Tensor]


class RowData(Protocol):
    """The rows of a stage: those of each step, and those that are measured on."""

    validation: list[Rows]

    def parts_at(self, step: int) -> list[Rows]:
        """Return this process's parts of the rows of one step."""
        ...

    @property
    def planned_steps(self) -> int:
        """Steps of the whole stage."""
        ...

    @property
    def planned_tokens(self) -> int:
        """Tokens of all those steps."""
        ...


def packed_loss(model: PreTrainedModel) -> Loss:
    """Return the summed loss of rows in which every target is learned."""

    def loss(rows: Rows) -> Tensor:
        return next_token_loss(model(rows.inputs, use_cache=False).logits, rows.targets)

    return loss


def masked_loss(model: PreTrainedModel) -> Loss:
    """Return the summed loss of padded rows; logits are computed at the learned targets only."""

    def loss(rows: Rows) -> Tensor:
        learned = rows.targets != IGNORE
        states = hidden_states(model, rows.inputs)[learned]
        return next_token_loss(to_logits(model, states)[None], rows.targets[learned][None])

    return loss


def to_device(rows: Rows, device: str) -> Rows:
    """Return the rows on `device`."""
    return Rows(inputs=rows.inputs.to(device), targets=rows.targets.to(device))


def on(hardware: Hardware, loss: Loss) -> Loss:
    """Return `loss` in the chosen precision, for rows that are still on the CPU."""

    def run(rows: Rows) -> Tensor:
        with hardware.autocast():
            return loss(to_device(rows, hardware.device))

    return run


def mean_loss(loss: Loss, parts: Sequence[Rows]) -> float:
    """Return the mean loss a learned token over all parts of all processes, in nats."""
    with torch.no_grad():
        total = sum(float(loss(part)) for part in parts)
    learned = sum(part.learned for part in parts)
    total, count = sum_over_processes([total, float(learned)])
    return total / max(count, 1.0)


def learn_rows(
    stage: Stage,
    model: PreTrainedModel,
    loss: Loss,
    data: RowData,
    device: str,
    settings: OptimizerSettings,
    *,
    tokenizer: Path,
    evaluate_every: int,
    patience: int | None = None,
) -> tuple[Hardware, dict[str, Any]]:
    """Train to the end of a stage that learns next tokens; `tokenizer` goes beside the model.

    Returns:
        What was computed with, and what the stage's manifest says about the run.
    """
    hardware = choose_hardware(
        stage.folder,
        settings,
        device=device,
        trial=gradient_trial(loss, to_device(data.parts_at(0)[0], device), [model]),
        operations=training_operations(parameter_count(model), data.planned_tokens),
    )
    measured = on(hardware, loss)
    course: Course[Rows] = Course(
        stage=stage,
        settings=settings,
        steps=data.planned_steps,
        modules={"model": model},
        optimizer=make_optimizer({"model": (model, settings.learning_rate)}, settings),
        objective=Objective(
            loss=on(hardware, hardware.compile(loss)), weigh=lambda part: part.learned
        ),
        parts_at=data.parts_at,
        evaluate=lambda: {"validation_loss": mean_loss(measured, data.validation)},
        evaluate_every=evaluate_every,
        write_model=lambda folder: save_model(model, folder, tokenizer),
        tokens=lambda parts: sum(part.inputs.numel() for part in parts),
        patience=patience,
    )
    return hardware, course.follow()
