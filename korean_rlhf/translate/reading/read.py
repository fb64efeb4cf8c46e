"""Sets to records, one at a time: the format of each file is what its first row looks like."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from korean_rlhf import tables
from korean_rlhf.errors import BadRecord
from korean_rlhf.records import Comparison, Drop, Instruction
from korean_rlhf.settings.reading import ReadSettings
from korean_rlhf.translate.reading.formats import FORMATS, detect
from korean_rlhf.translate.reading.rows import (
    UNREADABLE,
    Context,
    Line,
    Record,
    Unread,
    mapped,
    stem,
)

KINDS: dict[str, type[Any]] = {"instructions": Instruction, "comparisons": Comparison}


def read_records(
    inputs: Sequence[Path], settings: ReadSettings | None = None, context: Context | None = None
) -> Iterator[Record | Unread]:
    """Yield the records in `inputs`, files or folders of them, and the rows that make none.

    Only `bad_rows = "drop"` yields an Unread. One row is in memory at a time, of OpenAssistant's
    one tree.

    Raises:
        MissingInput: an input is not there.
        BadRecord: a row cannot be read; with file and line.
    """
    settings, context = settings or ReadSettings(), context or Context()
    for path in inputs:
        for file in tables.shards(path):
            for found in _file(file, settings, context):
                if isinstance(found, Unread) and settings.bad_rows == "stop":
                    raise found.error()
                if isinstance(found, Unread) or _is_wanted(found, settings, context):
                    yield found


def _is_wanted(record: Record, settings: ReadSettings, context: Context) -> bool:
    if settings.records == "all" or isinstance(record, KINDS[settings.records]):
        return True
    context.notes["of-the-other-kind"] += 1
    return False


def _file(file: Path, settings: ReadSettings, context: Context) -> Iterator[Record | Unread]:
    """Yield what one file holds; rows that are no objects come before the record behind them."""
    torn: list[Unread] = []
    lines = _lines(file, settings, torn)
    head = list(itertools.islice(lines, 1))
    yield from _taken(torn)
    if not head:
        return
    name = detect(head[0].row) if settings.format == "auto" else settings.format
    context.formats[file.name] = name
    for found in FORMATS[name].read(itertools.chain(head, lines), context):
        yield from _taken(torn)
        yield found
    yield from _taken(torn)


def _lines(file: Path, settings: ReadSettings, torn: list[Unread]) -> Iterator[Line]:
    """Yield the rows of a file under the names of --fields; what is no row goes into `torn`."""

    def skip(number: int, problem: str, content: Any) -> None:
        if settings.bad_rows == "stop":
            raise BadRecord(file, number, problem) from None
        torn.append(Unread(file, number, content, Drop(UNREADABLE, problem)))

    for number, row in tables.rows(file, skip):
        try:
            yield Line(file, number, mapped(row, settings.columns) if settings.fields else row)
        except ValueError as problem:
            skip(number, f"{problem}.", row)


def _taken(torn: list[Unread]) -> Iterator[Unread]:
    while torn:
        yield torn.pop(0)


def unread_row(unread: Unread) -> dict[str, Any]:
    """Return an unreadable row as a line of dropped.jsonl: reason, file, line, content."""
    return {
        "reason": unread.drop.reason,
        "detail": f"{unread.file}:{unread.number}: {unread.drop.detail}",
        "id": f"{stem(unread.file)}:{unread.number}",
        "row": unread.content,
    }
