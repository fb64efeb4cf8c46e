"""Plain files of rows: JSONL, JSON arrays, CSV and Parquet, each error with file and line."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ijson
import pyarrow as pa
import pyarrow.parquet as pq

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from korean_rlhf.errors import BadInput, BadRecord, MissingInput
from korean_rlhf.rundir import MANIFEST, STARTED, atomic_write_bytes

ROWS_AT_ONCE = 1024
SUFFIXES = (".jsonl", ".jsonl.zst", ".parquet", ".csv", ".tsv")
_BESIDE = {"dropped.jsonl", "metrics.jsonl", "crawl.jsonl"}
"""JSONL files of a stage folder that are no result of it."""


def shards(path: Path) -> list[Path]:
    """Return the files of records that `path` stands for, in order.

    `path` is a finished stage folder, any folder of such files, or one file.

    Raises:
        MissingInput: it is not there, is an unfinished stage, or holds no records.
    """
    if path.is_file():
        _suffix(path)
        return [path]
    if not path.is_dir():
        raise MissingInput(path)
    if (path / STARTED).is_file() and not (path / MANIFEST).is_file():
        raise MissingInput(path, "the command that started it, run again: it goes on where it was")
    found = sorted(path.glob("part-*.parquet")) or sorted(
        file for file in path.iterdir() if file.name.endswith(SUFFIXES) and file.name not in _BESIDE
    )
    if not found and not (path / MANIFEST).is_file():
        raise MissingInput(path)
    return found


def rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number from 1, row) of one plain file of records."""
    suffix = _suffix(path)
    if suffix == ".parquet":
        yield from _parquet_rows(path)
    elif suffix in (".csv", ".tsv"):
        yield from _csv_rows(path, "," if suffix == ".csv" else "\t")
    else:
        yield from _json_rows(path)


@contextmanager
def open_text(path: Path) -> Iterator[io.TextIOWrapper]:
    """Open a text file for reading, decompressed when its name ends in .zst.

    A byte that is no UTF-8 raises UnicodeDecodeError, a torn .zst file EOFError or ZstdError.
    """
    if not path.is_file():
        raise MissingInput(path)
    raw = zstd.ZstdFile(path, "rb") if path.suffix == ".zst" else path.open("rb")
    with raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="\n") as text:
        yield text


def _numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        with open_text(path) as lines:
            for number, line in enumerate(lines, start=1):
                yield number, line
    except UnicodeDecodeError:
        raise BadRecord(
            path, number + 1, "not UTF-8. Convert the file: iconv -f CP949 -t UTF-8."
        ) from None
    except (zstd.ZstdError, EOFError) as problem:
        raise BadInput(
            f"{path}: not a whole .zst file ({problem}). Fetch or write it again."
        ) from None


def _json_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line, object); a file that is one JSON array yields (item, object)."""
    for number, line in _numbered_lines(path):
        if number == 1 and line.strip() == "[":
            yield from _array_rows(path)
            return
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as problem:
            raise BadRecord(
                path, number, f"torn or wrong JSON ({problem}). Mend or delete the line."
            ) from None
        if not isinstance(row, dict):
            raise BadRecord(path, number, "not a JSON object: one record a line is expected.")
        yield number, row


def _array_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    try:
        with open_text(path) as text:
            for number, row in enumerate(ijson.items(text.buffer, "item", use_float=True), start=1):
                if not isinstance(row, dict):
                    raise BadRecord(path, number, "an item of the array is no JSON object.")
                yield number, row
    except ijson.JSONError as problem:
        raise BadRecord(
            path, number + 1, f"torn or wrong JSON after this item ({problem})."
        ) from None


def _csv_rows(path: Path, delimiter: str) -> Iterator[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(1 << 30)
    reader = csv.DictReader((line for _, line in _numbered_lines(path)), delimiter=delimiter)
    for row in reader:
        if None in row:
            raise BadRecord(path, reader.line_num, "more fields than the header names.")
        yield reader.line_num, {key: value for key, value in row.items() if value is not None}


def _parquet_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    for batch in parquet_batches(path):
        for row in batch.to_pylist():
            number += 1
            yield number, row


def parquet_batches(path: Path, size: int = ROWS_AT_ONCE) -> Iterator[pa.RecordBatch]:
    """Yield the rows of one Parquet file, at most `size` at a time."""
    try:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(batch_size=size)
    except pa.ArrowInvalid as problem:
        raise BadInput(f"{path}: not a whole Parquet file ({problem}). Write it again.") from None


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write text lines, whole or not at all; `.zst` compresses."""
    content = "".join(lines).encode()
    if path.suffix == ".zst":
        content = zstd.compress(content, level=6)
    atomic_write_bytes(path, content)


def _suffix(path: Path) -> str:
    for suffix in (".jsonl.zst", *SUFFIXES):
        if path.name.endswith(suffix):
            return suffix
    raise BadInput(
        f"{path}: records are read from {', '.join(SUFFIXES)}. Convert it to one of them."
    )
