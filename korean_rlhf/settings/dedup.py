"""Settings of `korean-rlhf dedup`."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupSettings:
    """What counts as a duplicate."""

    license: str = ""
    """Licence of documents that name none."""

    near: bool = True
    """Look for near duplicates, too; without it only for exact ones."""

    ngram: int = 5
    """Characters in one n-gram; letters and digits only, spaces and punctuation left out."""

    min_similarity: float = 0.7
    """Lowest Jaccard similarity of the sets of n-grams of two near duplicates."""

    bands: int = 16
    """Bands of the MinHash signature; documents that agree in one are compared."""

    rows: int = 6
    """Hashes in one band. Pairs of similarity s are found with chance 1 - (1 - s^rows)^bands."""

    shard_documents: int = 50_000
    """Documents in one shard of work: what a killed run does again at most."""

    def __post_init__(self) -> None:
        if not 0.0 < self.min_similarity <= 1.0:
            raise SettingsError(
                f"min_similarity is above 0 and at most 1, got {self.min_similarity}."
            )
        for name in ("ngram", "bands", "rows", "shard_documents"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be at least 1.")
