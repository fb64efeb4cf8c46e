"""Settings of the sample command."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSettings:
    """How answers are drawn for people to rank."""

    k: int = 4
    """Answers a prompt, 1 to 9."""

    temperature: float = 1.0
    """Divides the logits; above 0, or all answers are the same."""

    top_p: float = 1.0
    """Sample from the fewest tokens that hold this share of the probability."""

    max_new_tokens: int = 256
    """Longest answer in tokens; at most half of the model's context."""

    batch_size: int = 64
    """Answers written at once."""

    seed: int = 0
    """The same seed gives the same answers, resumed or not."""

    def __post_init__(self) -> None:
        require_sampling(self.temperature, self.top_p, self.max_new_tokens)
        if not 1 <= self.k <= 9:
            raise SettingsError(f"k must be 1 to 9 answers a prompt, got {self.k}.")
        if self.k > 1 and self.temperature == 0:
            raise SettingsError(f"temperature 0 would give {self.k} equal answers. Raise it.")
        if self.batch_size < 1:
            raise SettingsError(f"batch_size must be above 0, got {self.batch_size}.")


def require_sampling(temperature: float, top_p: float, max_new_tokens: int) -> None:
    """Check the settings that every kind of sampling has.

    Raises:
        SettingsError: one is out of range.
    """
    if temperature < 0:
        raise SettingsError(f"temperature must be at least 0, got {temperature}.")
    if not 0 < top_p <= 1:
        raise SettingsError(f"top_p must be above 0 and at most 1, got {top_p}.")
    if max_new_tokens < 1:
        raise SettingsError(f"max_new_tokens must be above 0, got {max_new_tokens}.")
