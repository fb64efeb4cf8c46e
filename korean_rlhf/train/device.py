"""Where and how to compute: device, precision, compilation."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import torch

from korean_rlhf.errors import SettingsError
from korean_rlhf.rundir import atomic_write_text
from korean_rlhf.settings.optimizer import OptimizerSettings
from korean_rlhf.train.distributed import from_first_process, process_rank

F = TypeVar("F", bound=Callable[..., Any])
TIMING_SECONDS = 1.0
"""How long both precisions together are timed, at least."""
TIMING_ROUNDS = 3
"""Trials of each precision, at least: a single one may meet another program on the same cores."""
TIMING_MOST_SECONDS = 30.0
"""After this long no new round begins."""
BF16_MUST_SAVE = 0.1
"""bf16 is taken only if it saves this share of the time; else its lost digits buy nothing."""
FLOPS_EXPECTED = {"cpu": 2.5e11, "cuda": 1e14}
"""Operations a second that a small model reaches eagerly; to guess how long the steps will take.

CPU: 10.4 thousand tokens/s at 4.3 M parameters on two threads, bf16. The GPU's is a guess.
"""
COMPILE_PAYS_AFTER = {"cpu": 220.0, "cuda": 120.0}
"""Seconds of eager training from which torch.compile surely wins back the half minute it takes.

On one thread it made 4.3 M parameters 1.38 times as fast: even after 110 s; the rest is room.

A guess from the planned work and not a measurement, so that the same run on the same machine always
chooses the same: compiled and eager sums differ in their last digits.
"""
CHOICES = "hardware.json"


@dataclass(frozen=True, slots=True)
class Hardware:
    """What was chosen, and why."""

    device: str
    precision: str
    """fp32 or bf16; of the matrix products, by autocast: the weights stay fp32."""
    compiled: bool
    timing: dict[str, float]
    """Seconds of one forward and backward pass by precision; empty where none was timed."""

    def autocast(self) -> AbstractContextManager[Any]:
        """Return a context in which matrix products use the chosen precision."""
        return torch.autocast(self.device, torch.bfloat16, enabled=self.precision == "bf16")

    def compile(self, function: F) -> F:
        """Return `function`, compiled if that was chosen."""
        if not self.compiled:
            return function
        return cast("F", torch.compile(function))


def choose_device(setting: str) -> str:
    """Return "cpu" or "cuda".

    Raises:
        SettingsError: a GPU was asked for and there is none.
    """
    available = torch.cuda.is_available()
    if setting == "cuda" and not available:
        raise SettingsError(
            f"device is 'cuda', but torch {torch.__version__} finds no GPU here. "
            "Give --device cpu, or install a torch that supports the GPU of this machine."
        )
    if setting == "cpu" or not available:
        return "cpu"
    return "cuda"


def choose_precision(
    setting: str, device: str, trial: Callable[[], None]
) -> tuple[str, dict[str, float]]:
    """Return the precision and the seconds of a trial in each; a GPU with bf16 is not timed.

    `trial` runs one forward and backward pass in whatever autocast it finds.
    """
    if setting != "auto":
        return setting, {}
    if device == "cuda":
        return ("bf16" if torch.cuda.is_bf16_supported() else "fp32"), {}
    timing = time_precisions(device, trial)
    faster = timing["bf16"] <= (1.0 - BF16_MUST_SAVE) * timing["fp32"]
    return ("bf16" if faster else "fp32"), timing


def time_precisions(device: str, trial: Callable[[], None]) -> dict[str, float]:
    """Return the fastest seconds of `trial` in fp32 and bf16, taking turns after a warm-up."""
    best = {"fp32": float("inf"), "bf16": float("inf")}
    begun, rounds = time.perf_counter(), -1  # the first round is the warm-up
    while rounds < TIMING_ROUNDS or time.perf_counter() < begun + TIMING_SECONDS:
        for precision in best:
            start = time.perf_counter()
            with torch.autocast(device, torch.bfloat16, enabled=precision == "bf16"):
                trial()
            if rounds >= 0:
                best[precision] = min(best[precision], time.perf_counter() - start)
        rounds += 1
        if rounds >= 1 and time.perf_counter() >= begun + TIMING_MOST_SECONDS:
            break
    return {precision: round(seconds, 4) for precision, seconds in best.items()}


def choose_compile(setting: str, device: str, operations: float) -> bool:
    """Return whether to compile training steps of that many floating-point operations in all."""
    if setting != "auto":
        return setting == "on"
    if device == "cpu" and not _has_compiler():
        return False
    return operations / FLOPS_EXPECTED[device] >= COMPILE_PAYS_AFTER[device]


def _has_compiler() -> bool:
    names = (os.environ.get("CXX"), "g++", "clang++")
    return any(name is not None and shutil.which(name) for name in names)


def training_operations(parameters: int, tokens: int) -> float:
    """Return the floating-point operations of training: 6 a parameter and token (2001.08361)."""
    return 6.0 * parameters * tokens


def choose_hardware(
    folder: Path,
    settings: OptimizerSettings,
    *,
    device: str,
    trial: Callable[[], None],
    operations: float,
) -> Hardware:
    """Choose for the stage in `folder`, or return what an earlier run of it chose.

    A resumed stage must go on as it began, or its losses would differ in their last digits.
    """
    text = ""
    if process_rank() == 0:
        text = _remembered(folder, device) or _choose(folder, settings, device, trial, operations)
    return Hardware(**json.loads(from_first_process(text)))


def _remembered(folder: Path, device: str) -> str:
    notes = folder / CHOICES
    if not notes.is_file():
        return ""
    text = notes.read_text(encoding="utf-8")
    return text if json.loads(text)["device"] == device else ""


def _choose(
    folder: Path,
    settings: OptimizerSettings,
    device: str,
    trial: Callable[[], None],
    operations: float,
) -> str:
    precision, timing = choose_precision(settings.precision, device, trial)
    compiled = choose_compile(settings.compile, device, operations)
    text = json.dumps(asdict(Hardware(device, precision, compiled, timing)))
    atomic_write_text(folder / CHOICES, text + "\n")
    return text


def gradient_trial(
    loss: Callable[[Any], torch.Tensor], part: Any, modules: Sequence[torch.nn.Module]
) -> Callable[[], None]:
    """Return a trial for `choose_hardware`: one pass over `part` that leaves no gradient behind."""

    def trial() -> None:
        loss(part).backward()
        for module in modules:
            module.zero_grad(set_to_none=True)

    return trial
