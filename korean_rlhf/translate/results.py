"""The files of the stage `translate`, written line by line and published together at the end."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from korean_rlhf import tables
from korean_rlhf.records import Comparison
from korean_rlhf.translate.preferences import length_order
from korean_rlhf.translate.reading import Unread, unread_row
from korean_rlhf.translate.rows import Rejected, Translated

INSTRUCTIONS, COMPARISONS = "instructions.jsonl", "comparisons.jsonl"


class Results:
    """Takes outcomes in order; memory does not grow with their number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reasons: Counter[str] = Counter()
        self.length_order: Counter[str] = Counter()
        """Pairs of answers, and those of which another is the longer than in the source."""
        self._written: Counter[str] = Counter()
        self._met: set[str] = set()
        """Sets of which a record was read, kept or not."""
        self._files: dict[str, TextIO] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for name in (INSTRUCTIONS, COMPARISONS, tables.DROPPED):
            file = self._draft(name).open("w", encoding="utf-8")
            self._files[name] = self._stack.enter_context(file)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def write(self, outcome: Translated | Rejected | Unread) -> None:
        """Put one outcome into the file where it belongs."""
        if isinstance(outcome, Translated):
            self._keep(outcome)
            return
        self.reasons[outcome.drop.reason] += 1
        if isinstance(outcome, Unread):
            row = unread_row(outcome)
        else:
            self._met.add(_set_of(outcome.record))
            row = _rejected_row(outcome)
        # str: an unread row of a Parquet file may hold times.
        line = json.dumps(row, ensure_ascii=False, default=str)
        self._files[tables.DROPPED].write(line + "\n")

    def _keep(self, outcome: Translated) -> None:
        name = _set_of(outcome.record)
        self._met.add(name)
        self._written[name] += 1
        self._files[name].write(tables.json_line(outcome.record))
        if isinstance(outcome.record, Comparison) and isinstance(outcome.original, Comparison):
            self.length_order.update(length_order(outcome.original, outcome.record))

    def publish(self) -> None:
        """Give the files their names, when all is written; a set that was never read has none."""
        for name in (COMPARISONS, INSTRUCTIONS, tables.DROPPED):
            if name == tables.DROPPED or name in self.files:
                self._draft(name).replace(self.folder / name)
            else:
                self._draft(name).unlink()

    @property
    def files(self) -> list[str]:
        """Names of the results: the sets of which a record was read, instructions when none was."""
        return sorted(self._met) or [INSTRUCTIONS]

    @property
    def counts(self) -> dict[str, Any]:
        """Counts for the manifest: in, out, and dropped by reason."""
        kept, dropped = self._written.total(), self.reasons.total()
        return {"in": kept + dropped, "out": kept, "dropped": dict(sorted(self.reasons.items()))}

    @property
    def summary(self) -> str:
        """How much was kept, in one line."""
        counts = self.counts
        dropped = self.reasons.total()
        return f"{counts['out']:,} of {counts['in']:,} records kept, {dropped:,} dropped."

    def _draft(self, name: str) -> Path:
        return self.folder / f".{name}.tmp"


def _set_of(record: Any) -> str:
    return COMPARISONS if isinstance(record, Comparison) else INSTRUCTIONS


def _rejected_row(rejected: Rejected) -> dict[str, Any]:
    return {
        "reason": rejected.drop.reason,
        "detail": rejected.drop.detail,
        **tables.to_json(rejected.record),
        "translations": list(rejected.translations),
    }
