"""What pretraining, SFT and reward training share around the loop.

Go on from the last checkpoint, measure, keep the best step, stop when nothing gets better.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic

import torch
from torch import nn

from korean_rlhf.errors import Diverged
from korean_rlhf.progress import track
from korean_rlhf.rundir import MetricsLog, Stage, step_folder, step_number
from korean_rlhf.settings.optimizer import OptimizerSettings
from korean_rlhf.train.distributed import from_first_process, process_rank, wait_for_all
from korean_rlhf.train.loop import Objective, Part, Progress, train
from korean_rlhf.train.schedule import learning_rate_factor
from korean_rlhf.train.state import (
    clear_leftovers,
    prune,
    read_state,
    resumable_step,
    write_checkpoint,
)

Metrics = dict[str, Any]


@dataclass
class Memory:
    """What a run remembers between checkpoints, and across a kill."""

    best_step: int = 0
    best_loss: float = float("inf")
    since_best: int = 0
    """Measurements since the best one."""
    first_loss: float | None = None
    last_loss: float = float("nan")

    def notes(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(kw_only=True)
class Course(Generic[Part]):
    """One run of a training stage, from wherever it was left to its end."""

    stage: Stage
    settings: OptimizerSettings
    steps: int
    modules: dict[str, nn.Module]
    optimizer: torch.optim.Optimizer
    objective: Objective[Part]
    parts_at: Callable[[int], Sequence[Part]]
    evaluate: Callable[[], Metrics]
    """Measures the model; holds "validation_loss"."""
    evaluate_every: int
    write_model: Callable[[Path], None]
    unit: str = "tokens"
    tokens: Callable[[Sequence[Part]], int]
    """Tokens that the parts of a step read, for the speed."""
    patience: int | None = None
    """Measurements without a new best after which the run ends; None: never."""
    memory: Memory = field(default_factory=Memory)
    tokens_read: int = 0
    seconds: float = 0.0

    def follow(self) -> dict[str, Any]:
        """Train to the end and return what the stage's manifest says about it."""
        start = self._resume()
        log = MetricsLog(self.stage.folder)
        if process_rank() == 0:
            log.truncate_after(start)
        for module in self.modules.values():
            module.train()
        ended = self.patience is not None and self.memory.since_best >= self.patience
        if start < self.steps and not ended:
            with track(self.steps, self.stage.name, "steps", done=start) as advance:
                self._train(start, lambda step: self._report(step, log, advance))
        if process_rank() == 0:
            best = self.memory.best_step
            clear_leftovers(self.stage.folder, keep_last=self.settings.keep_last, best=best)
        wait_for_all()
        return self._facts()

    def _train(self, start: int, report: Callable[[Progress], bool]) -> None:
        settings = self.settings
        train(
            self._counted_parts,
            self.objective,
            self.optimizer,
            factor=lambda step: learning_rate_factor(
                step,
                steps=self.steps,
                schedule=settings.schedule,
                warmup=settings.warmup,
                warmup_from=settings.warmup_from,
                floor=settings.floor,
            ),
            start=start,
            steps=self.steps,
            clip=settings.clip,
            seed=settings.seed,
            report=report,
        )

    def _counted_parts(self, step: int) -> Sequence[Part]:
        parts = self.parts_at(step)
        self.tokens_read += self.tokens(parts)
        return parts

    def _resume(self) -> int:
        folder = resumable_step(self.stage.folder)
        if folder is None:
            return 0
        notes = read_state(folder, modules=self.modules, optimizers={"optimizer": self.optimizer})
        self.memory = Memory(**notes)
        return step_number(folder)

    def _report(self, done: Progress, log: MetricsLog, advance: Any) -> bool:
        """Log one step, measure and save when it is time, and say whether the run is over."""
        self.seconds += done.seconds
        memory = self.memory
        memory.first_loss = done.loss if memory.first_loss is None else memory.first_loss
        memory.last_loss = done.loss
        row: Metrics = {
            "step": done.step,
            "loss": done.loss,
            "learning_rate": done.learning_rate,
            "gradient_norm": done.gradient_norm,
            "weight": done.weight,
            "seconds": round(done.seconds, 4),
        }
        due = done.step % self.evaluate_every == 0 or done.step == self.steps
        metrics = self._measure(done.step) if due else {}
        if process_rank() == 0:
            log.write(row | metrics)  # before the checkpoint: a resumed run begins after this row
            if due:
                self._save(done.step, metrics)
        wait_for_all()
        advance(1, loss=done.loss, tokens_per_second=f"{self._speed():,.0f}")
        return due and self.patience is not None and memory.since_best >= self.patience

    def _measure(self, step: int) -> Metrics:
        for module in self.modules.values():
            module.eval()
        with torch.no_grad():
            metrics = self.evaluate()
        for module in self.modules.values():
            module.train()
        # Rank 0 decides for all: a process whose last digit differs would wait alone.
        loss = float(from_first_process(repr(float(metrics["validation_loss"]))))
        if not math.isfinite(loss):
            raise Diverged(f"step {step}", f"the validation loss is {loss}")
        if loss < self.memory.best_loss:
            self.memory.best_step, self.memory.best_loss, self.memory.since_best = step, loss, 0
        else:
            self.memory.since_best += 1
        return metrics

    def _save(self, step: int, metrics: Metrics) -> None:
        write_checkpoint(
            self.stage.folder,
            step,
            write_model=self.write_model,
            modules=self.modules,
            optimizers={"optimizer": self.optimizer},
            notes=self.memory.notes(),
            facts={"stage": self.stage.name, **metrics},
        )
        prune(self.stage.folder, keep_last=self.settings.keep_last, best=self.memory.best_step)
        self.stage.note_time()

    def _speed(self) -> float:
        return self.tokens_read / self.seconds if self.seconds else 0.0

    def _facts(self) -> dict[str, Any]:
        last = resumable_step(self.stage.folder)
        memory = self.memory
        return {
            "best": step_folder(self.stage.folder, memory.best_step).name,
            "best_validation_loss": memory.best_loss,
            "last": last.name if last else None,
            "steps": step_number(last) if last else 0,
            "first_loss": memory.first_loss,
            "last_loss": memory.last_loss,
            "tokens_per_second": round(self._speed(), 1),
        }
