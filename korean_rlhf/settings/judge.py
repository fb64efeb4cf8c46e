"""Settings of `judge`: who judges, how answers are written, how a judge is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSettings:
    """How open answers are written and judged."""

    model: str = ""
    """Name of the judging model, as its server knows it. A reward model needs none."""

    engine: str = "openai"
    """Name of the kind of server, for the cache: equal model names of two makers may differ."""

    mode: Literal["both", "single", "pairwise"] = "both"
    """A score for each answer, a choice between each two models (in both orders), or both."""

    judge_temperature: float = 0.0
    """Sampling temperature asked of the judge."""

    verdict_tokens: int = 1024
    """Longest verdict of the judge, in tokens."""

    json_mode: bool = False
    """Ask for response_format json_object. Some servers refuse the word."""

    temperature: float = 0.0
    """Sampling temperature of the judged models; 0 takes the most probable token."""

    answer_tokens: int = 512
    """Longest answer in tokens; at most half of the model's context."""

    answer_batch: int = 16
    """Answers that are written, or rewarded, at the same time."""

    items: int = 0
    """Questions to ask, drawn once and for all; 0 is all of them."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute; auto takes a GPU where there is one."""

    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """Arithmetic; auto is bf16 on a GPU and fp32 on a CPU."""

    seed: int = 1
    """Of sampled answers, and of the draw of answers that a judge is measured on."""

    answers_per_question: int = 12
    """Calibration: answers of each question that are judged, spread over their scores; 0 is all."""

    pairs_per_question: int = 12
    """Calibration: pairs of each question that are judged in both orders; 0 asks for none."""

    keep_zero: bool = False
    """Calibration: keep answers with score 0. Judges often write 0 when they failed to judge."""

    def __post_init__(self) -> None:
        for name in ("verdict_tokens", "answer_tokens", "answer_batch"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} is {getattr(self, name)}; it must be above 0.")
        for name in ("items", "answers_per_question", "pairs_per_question"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} is {getattr(self, name)}; it must be 0 or more.")
        for name in ("temperature", "judge_temperature"):
            if not 0.0 <= getattr(self, name) <= 2.0:
                raise SettingsError(f"{name} must be from 0 to 2.")
