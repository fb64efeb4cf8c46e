"""Settings of the evaluation of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateSettings:
    """What is scored, and how."""

    suite: str = "quick"
    """Tasks to score: a suite of evals/suites.toml, or the name of one task."""

    checkpoints: Literal["all", "chosen"] = "all"
    """Which checkpoints of a run: every one, or the one that each stage chose."""

    template: Literal["plain", "chat"] = "plain"
    """How a question is put: as plain text for every model, or as a user's turn for chat stages."""

    items: int = 0
    """Items of each task but bits per byte, drawn once and for all; 0 is all of them."""

    shots: int = 0
    """Worked examples before each question, the same in every prompt, from a set's other split."""

    text_bytes: int = 300_000
    """UTF-8 bytes of held-out text that bits per byte is measured on, spread evenly over it."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute; auto takes a GPU where there is one."""

    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """Arithmetic; auto is bf16 on a GPU and fp32 on a CPU."""

    batch_tokens: int = 0
    """Tokens of a batch, padding counted; 0 is what pays on the device."""

    questions: int = 500
    """Sample world: held-out questions that each chosen chat model answers once; 0 is all."""

    best_of: int = 16
    """Sample world: SFT answers a question, of which the best is what PPO could reach at most."""

    best_of_questions: int = 200
    """Sample world: questions that best_of is measured on, spread evenly; 0 is all."""

    answer_tokens: int = 0
    """Sample world: most tokens of an answer; 0 is what the PPO stage allowed."""

    answer_batch: int = 128
    """Sample world: answers that are written at the same time."""

    seed: int = 1
    """Of the sampled answers and of the draw of worked examples."""

    def __post_init__(self) -> None:
        for name in ("text_bytes", "best_of", "answer_batch"):
            if getattr(self, name) <= 0:
                raise SettingsError(f"{name} is {getattr(self, name)}; it must be above 0.")
        at_least_none = (
            "items", "shots", "batch_tokens", "questions", "best_of_questions", "answer_tokens",
        )  # fmt: skip
        for name in at_least_none:
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} is {getattr(self, name)}; it must be 0 or more.")
