"""How many documents came in, stayed, and left for which reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Counts:
    """How many documents came in, stayed, and left for which reason."""

    total: int = 0
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    tally: dict[str, int] = field(default_factory=dict)
    """Sum of the figures that came with the results (engine.tallied)."""

    def add(
        self,
        kept: int,
        reasons: Iterable[tuple[str, int]],
        tally: Mapping[str, int] | None = None,
    ) -> None:
        """Count one shard."""
        self.kept += kept
        self.total += kept
        for reason, number in reasons:
            self.dropped[reason] = self.dropped.get(reason, 0) + number
            self.total += number
        for name, number in (tally or {}).items():
            self.tally[name] = self.tally.get(name, 0) + number

    def sentence(self, stage: str) -> str:
        """Return how many were kept, and how many left for which reason, for the user."""
        reasons = ", ".join(f"{reason} {number:,}" for reason, number in self.most_first())
        return f"{stage}: {self.kept:,} of {self.total:,} kept; dropped: {reasons or 'none'}."

    def most_first(self) -> list[tuple[str, int]]:
        """Return the reasons with their numbers, the most frequent first."""
        return sorted(self.dropped.items(), key=lambda item: (-item[1], item[0]))

    def manifest(self) -> dict[str, Any]:
        """Return the counts as a manifest names them."""
        return {"in": self.total, "out": self.kept, "dropped": dict(sorted(self.dropped.items()))}
