"""A row of a file on its way to a record, and what becomes of one that cannot be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from korean_rlhf.errors import BadRecord
from korean_rlhf.records import Comparison, Drop, Instruction

Record: TypeAlias = Instruction | Comparison
IDS = ("id", "message_id", "conversation_id", "prompt_id", "uuid")
"""Columns that name a row; the first that is there counts."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row and where it stands."""

    file: Path
    number: int
    """Line from 1; in a JSON array or a Parquet file the number of the item."""
    row: dict[str, Any]

    @property
    def place(self) -> str:
        """Name of the file without its endings, and the line: "train:12"."""
        return f"{stem(self.file)}:{self.number}"

    def facts(self, license: str) -> dict[str, str]:
        """Return id, source and license, as the row names them or as its place does."""
        named = (self.row.get(name) for name in IDS)
        return {
            "id": next((str(value) for value in named if value not in (None, "")), self.place),
            "source": str(self.row.get("source") or stem(self.file)),
            "license": str(self.row.get("license") or license),
        }


def stem(file: Path) -> str:
    """Return the name of a file without any of its endings."""
    return file.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that makes no record."""

    file: Path
    number: int
    content: Any
    """The row as it was read: an object, or the text of its line."""
    drop: Drop

    def error(self) -> BadRecord:
        """Return it as the error that ends the work."""
        return BadRecord(self.file, self.number, self.drop.detail)


@dataclass
class Context:
    """What every format is given besides rows."""

    license: str = ""
    """License of rows that name none."""
    notes: Counter[str] = field(default_factory=Counter)
    """What was left out of rows that were read, counted by name."""
    formats: dict[str, str] = field(default_factory=dict)
    """Name of each file that was read -> its format."""


Reader: TypeAlias = Callable[[Iterator[Line], Context], Iterator[Record | Unread]]
RowReader: TypeAlias = Callable[[Line, Context], Iterator[Record]]
UNREADABLE = "unreadable-row"
BAD = (ValueError, TypeError, AttributeError, KeyError)
"""What a reader of rows raises for one that is not as it should be."""


def row_by_row(read: RowReader, what: str) -> Reader:
    """Return a reader of whole files from one of rows; `what` says what a bad row is not."""

    def reader(lines: Iterator[Line], context: Context) -> Iterator[Record | Unread]:
        for line in lines:
            try:
                found = list(read(line, context))
            except BAD as problem:
                lack = "it lacks " if isinstance(problem, KeyError) else ""
                yield unread(line, f"not {what}: {lack}{problem}.")
                continue
            yield from found

    return reader


def unread(line: Line, problem: str) -> Unread:
    """Return `line` as one that makes no record; `problem` is a sentence."""
    return Unread(line.file, line.number, line.row, Drop(UNREADABLE, problem))


def mapped(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """Return `row` under the names of `columns`; id, source and license stay when not named.

    >>> mapped({"질문": "뭐?", "답": {"글": "응."}}, {"instruction": "질문", "output": "답.글"})
    {'instruction': '뭐?', 'output': '응.'}

    Raises:
        ValueError: the row lacks a column.
    """
    kept = {name: row[name] for name in ("id", "source", "license") if name in row}
    return kept | {name: _column(row, column) for name, column in columns.items()}


def _column(row: Mapping[str, Any], column: str) -> Any:
    if column in row:
        return row[column]
    value: Any = row
    for part in column.split("."):
        if not isinstance(value, Mapping) or part not in value:
            raise ValueError(
                f"it has no column {column!r} (its columns: {', '.join(map(str, row))})"
            )
        value = value[part]
    return value
