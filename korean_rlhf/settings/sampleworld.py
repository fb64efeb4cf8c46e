"""Settings of `korean-rlhf sampleworld make`."""

from __future__ import annotations

from dataclasses import dataclass, fields

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleworldSettings:
    """How large a sample world to make. The defaults are the quickstart's."""

    seed: int = 0
    """Another seed is another world; the same seed writes the same bytes."""

    prose_megabytes: float = 7.0
    """Size of the prose in megabytes of UTF-8."""

    heldout_kilobytes: int = 100
    """Size of the text that no stage trains on, for bits per byte."""

    instructions: int = 8000
    """Demonstrations for SFT, about three fifths of them without fault."""

    comparisons: int = 3000
    """Prompts with 4 to 9 ranked answers."""

    prompts: int = 3000
    """Prompts for PPO."""

    to_rank: int = 1200
    """Prompts for a model to answer several times, and for the labellers to rank its answers."""

    questions: int = 900
    """Held-out questions over unseen combinations in unseen phrasings."""

    choices: int = 400
    """Held-out questions with four answers to choose from."""

    twins: int = 200
    """English twins of Korean instructions, to be translated back."""

    def __post_init__(self) -> None:
        for field in fields(self):
            if field.name != "seed" and getattr(self, field.name) <= 0:
                raise SettingsError(f"{field.name} must be above 0.")
