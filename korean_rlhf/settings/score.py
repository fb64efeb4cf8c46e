"""Settings of `korean-rlhf quality`."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSettings:
    """How a quality score is learned from two sets of texts."""

    documents: int = 10_000
    """Most texts of each set, chosen by a hash; 20,000 in all take about 600 MB of memory."""

    characters: int = 2_000
    """Characters of a text that are looked at, from its beginning."""

    ngram: int = 3
    """Longest character n-gram; those of 1, 2, ... characters count, too."""

    bucket_bits: int = 18
    """N-grams are hashed into 2^bucket_bits weights of 4 bytes."""

    penalty: float = 1e-5
    """Price of the squared weights (L2); more makes the score less sure of rare n-grams."""

    held_out: float = 0.2
    """Share of the texts that the score is measured on and never learns from."""

    def __post_init__(self) -> None:
        for name in ("documents", "characters", "ngram"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be at least 1.")
        if not 8 <= self.bucket_bits <= 26:
            raise SettingsError(f"bucket_bits is from 8 to 26, got {self.bucket_bits}.")
        if not 0.0 < self.held_out < 1.0:
            raise SettingsError(f"held_out is between 0 and 1, got {self.held_out}.")
        if self.penalty <= 0:
            raise SettingsError("penalty must be more than 0.")
