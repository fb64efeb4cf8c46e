"""Settings of `prompts compare`: how templates are put to a model and how answers are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSettings:
    """How templates are compared."""

    mode: Literal["generate", "likelihood"] = "generate"
    """How a model answers: it writes, and the answer is read; or, where a template has labels, the
    likeliest label counts, which a base model can do too."""

    form: Literal["auto", "plain", "chat"] = "auto"
    """How a prompt is put: as plain text to go on with, or as a user's turn; auto is chat for
    models that learned a chat template."""

    shots: tuple[int, ...] = ()
    """Worked examples in each prompt, drawn from the file; several numbers are compared with each
    other. Not set: all of the file, in its order."""

    example_seeds: tuple[int, ...] = (1,)
    """Of the draw of examples; several seeds are compared as sets of their own."""

    normalise: Literal["none", "bytes", "prior"] = "none"
    """Likelihood: of the whole label; or divided by its bytes, where labels differ in length; or
    against how likely the label is anyway, when the template is filled with nothing."""

    answer_tokens: int = 64
    """Longest answer in tokens; at most half of the model's context."""

    items: int = 0
    """Questions to ask, drawn once and for all; 0 is all of them."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute; auto takes a GPU where there is one."""

    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """Arithmetic; auto is bf16 on a GPU and fp32 on a CPU."""

    batch_tokens: int = 0
    """Likelihood: tokens of a batch, padding counted; 0 is what pays on the device."""

    def __post_init__(self) -> None:
        if self.answer_tokens < 1:
            raise SettingsError(f"answer_tokens is {self.answer_tokens}; it must be above 0.")
        for name in ("items", "batch_tokens"):
            if getattr(self, name) < 0:
                raise SettingsError(f"{name} is {getattr(self, name)}; it must be 0 or more.")
        if any(count < 0 for count in self.shots):
            raise SettingsError("shots must be 0 or more.")
        if not self.example_seeds:
            raise SettingsError("example_seeds needs at least one number.")
        for name in ("shots", "example_seeds"):
            if len(set(getattr(self, name))) < len(getattr(self, name)):
                raise SettingsError(f"{name} names a number twice.")
