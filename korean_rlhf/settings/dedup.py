"""Settings of `korean-rlhf dedup`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupSettings:
    """What counts as a duplicate, which one stays, and what else is taken out."""

    license: str = ""
    """Licence of documents that name none."""

    near: bool = True
    """Look for near duplicates, too; without it only for exact ones."""

    keep: Literal["longest", "first", "newest"] = "longest"
    """Which of a group of duplicates stays: the longest text, the first in the order of the
    inputs, or the one fetched last. Of equals the smallest id stays."""

    ngram: int = 5
    """Characters in one n-gram; letters and digits only, spaces and punctuation left out."""

    min_similarity: float = 0.7
    """Lowest Jaccard similarity of the sets of n-grams of two near duplicates."""

    bands: int = 20
    """Bands of the MinHash signature; documents that agree in one are compared."""

    rows: int = 5
    """Hashes in one band. Pairs of similarity s are found with chance 1 - (1 - s^rows)^bands."""

    against: tuple[Path, ...] = ()
    """Other corpora (stage folders or files): what stands in them already is dropped here."""

    lines: bool = False
    """Cut out lines and sentences that stand in many documents; what is cut is kept beside."""

    line_characters: int = 20
    """Letters and digits that a line or sentence has at least, to be cut out."""

    line_documents: int = 10
    """A line or sentence in more documents than this is cut out of all of them."""

    decontaminate: tuple[Path, ...] = ()
    """Files of fingerprints (korean-rlhf fingerprints), whose text is looked for."""

    contaminated: Literal["drop", "list"] = "drop"
    """What is done with documents that hold text of a benchmark."""

    contaminated_share: float = 0.5
    """Share of the n-grams of a benchmark's item that a document must hold to count as a hit."""

    signatures: bool = False
    """Keep the signatures of what stays, so that a later --against need not hash it again."""

    workers: int = 0
    """Processes that hash; 0 is one for each core, 1 is none beside the command's own."""

    shard_documents: int = 20_000
    """Documents in one shard of work: what a killed run does again at most."""

    def __post_init__(self) -> None:
        for name in ("min_similarity", "contaminated_share"):
            if not 0.0 < getattr(self, name) <= 1.0:
                raise SettingsError(f"{name} is above 0 and at most 1, got {getattr(self, name)}.")
        for name in ("ngram", "bands", "rows", "line_characters", "line_documents",
                     "shard_documents"):  # fmt: skip
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be at least 1.")
        if self.workers < 0:
            raise SettingsError("workers cannot be negative; 0 is one for each core.")

    @property
    def processes(self) -> int:
        """Processes that hash; for a small corpus as many threads."""
        return self.workers or os.cpu_count() or 1
