"""Records that a stage of JSONL leaves out: counted, and kept beside with the reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from korean_rlhf.records import Drop
from korean_rlhf.tables.plain import DROPPED, write_lines
from korean_rlhf.tables.rows import dropped_line


class DroppedRecords:
    """Takes dropped records, and writes them to dropped.jsonl of the stage folder."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()
        self._lines: list[str] = []

    def __call__(self, record: Any, drop: Drop) -> None:
        """Put one record, or one part of it, aside."""
        self.reasons[drop.reason] += 1
        self._lines.append(dropped_line(record, drop))

    def __len__(self) -> int:
        return len(self._lines)

    def write(self, stage_folder: Path) -> None:
        """Publish what was dropped; an earlier file of the same stage is replaced."""
        write_lines(stage_folder / DROPPED, self._lines)

    def counts(self, read: int, kept: int) -> dict[str, Any]:
        """Return the counts of a manifest."""
        return {"in": read, "out": kept, "dropped": dict(sorted(self.reasons.items()))}
