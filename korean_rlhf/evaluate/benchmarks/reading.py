"""How benchmark files are read: tables, JSON arrays, cells as NFC text, labels checked."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

from korean_rlhf import tables
from korean_rlhf.errors import BadInput, BadRecord

Row: TypeAlias = dict[str, Any]
Reader: TypeAlias = Callable[[Path], list[Row]]
Quoting: TypeAlias = Literal[0, 1, 2, 3]


class NoFiles(BadInput):
    """A folder of data holds no file of the kind that is read from it."""

    def __init__(self, folder: Path, pattern: str) -> None:
        """Name the folder and the kind."""
        super().__init__(f"{folder}: no file {pattern} in this folder. Is it the right one?")
        self.missing = f"{folder}/{pattern}"


def table(
    path: Path, delimiter: str, columns: tuple[str, ...], *, quoting: Quoting = csv.QUOTE_MINIMAL
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row) of a table with a header that must hold `columns`.

    Raises:
        BadInput: it is not UTF-8 or lacks a column.
        BadRecord: a row has too few cells.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=delimiter, quoting=quoting)
        try:
            missing = [name for name in columns if name not in (reader.fieldnames or [])]
            if missing:
                raise BadInput(f"{path}:1: no column {missing[0]!r}. Is it the right file?")
            for row in reader:
                if any(row[name] is None for name in columns):
                    raise BadRecord(path, reader.line_num, "too few cells in this row")
                yield reader.line_num, row
        except UnicodeDecodeError as problem:
            raise BadInput(f"{path}: not UTF-8 at byte {problem.start}. Convert it.") from None


def records(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
    """Yield (number, row) of a .json array of objects, or of .jsonl, .csv and .parquet records.

    Raises:
        BadInput: it cannot be read.
        BadRecord: a row is no object or lacks one of `columns`.
    """
    numbered = enumerate(json_array(path), start=1) if path.suffix == ".json" else tables.rows(path)
    for number, row in numbered:
        require(path, number, row, columns)
        yield number, row


def require(path: Path, line: int, row: Any, columns: Sequence[str]) -> None:
    """Say which of `columns` a row lacks.

    Raises:
        BadRecord: it is no object, or lacks one.
    """
    if not isinstance(row, Mapping):
        raise BadRecord(path, line, "not an object")
    missing = [name for name in columns if row.get(name) is None]
    if missing:
        raise BadRecord(path, line, f"no {missing[0]!r}")


def files_in(folder: Path, pattern: str) -> list[Path]:
    """Return the files below `folder` that match `pattern`, in the order of their names.

    Raises:
        NoFiles: there is none.
    """
    found = sorted(path for path in folder.rglob(pattern) if path.is_file())
    if not found:
        raise NoFiles(folder, pattern)
    return found


def json_array(path: Path) -> list[Row]:
    """Return the objects of a JSON array."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise BadInput(f"{path}: not JSON: {problem}.") from None
    if not isinstance(found, list):
        raise BadInput(f"{path}: not a JSON array.")
    return found


def text(row: Mapping[str, Any], column: str) -> str:
    """Return a cell as NFC text without outer blanks."""
    return unicodedata.normalize("NFC", str(row[column])).strip()


def label(
    path: Path, line: int, row: Mapping[str, Any], column: str, known: Mapping[str, Any]
) -> Any:
    """Return what the label in `column` stands for, upper and lower case alike.

    Raises:
        BadRecord: it is no label of this set.
    """
    spelled = str(row[column]).strip()
    if spelled.lower() not in known:
        raise BadRecord(path, line, f"{column} is {spelled!r}, not one of {', '.join(known)}")
    return known[spelled.lower()]


def number(path: Path, line: int, row: Mapping[str, Any], column: str, most: float) -> float:
    """Return the number in `column`, which lies between 0 and `most`.

    Raises:
        BadRecord: it is no such number.
    """
    try:
        value = float(row[column])
    except (TypeError, ValueError):
        value = float("nan")
    if not 0.0 <= value <= most:
        raise BadRecord(path, line, f"{column} is {row[column]!r}, not a number from 0 to {most:g}")
    return value
