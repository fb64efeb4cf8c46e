"""Settings of `rank`: scored answers become ranked comparisons."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class RankSettings:
    """How answers with scores are grouped into comparisons."""

    least: int = 4
    """Fewest answers in one comparison."""

    most: int = 9
    """Most answers in one comparison."""

    per_question: int = 20
    """Comparisons made of one question, as far as its answers last; no answer stands twice."""

    keep_zero: bool = False
    """Keep answers with score 0. Judges often write 0 when they failed to judge."""

    max_characters: int = 0
    """Leave out answers longer than this; 0 keeps all. A reward model must read an answer whole."""

    seed: int = 0
    """Seed of the draw."""

    def __post_init__(self) -> None:
        if not 2 <= self.least <= self.most <= 9:
            raise SettingsError(
                "2 <= least <= most <= 9 must hold: a comparison has 2 to 9 answers."
            )
