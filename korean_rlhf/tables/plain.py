"""Plain files of rows: JSONL, JSON arrays, CSV and Parquet, each error with file and line."""

from __future__ import annotations

import csv
import json
import re
import sys
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import ijson
import pyarrow as pa
import pyarrow.parquet as pq

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from korean_rlhf.errors import BadInput, BadRecord, MissingInput
from korean_rlhf.rundir import MANIFEST, STARTED, atomic_write_bytes
from korean_rlhf.tables.lines import numbered_lines, open_bytes, read_errors_named

ROWS_AT_ONCE = 1024
MOST_DEPTH = 64
"""Brackets inside each other in a JSON array of records."""
SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet", ".csv", ".tsv")
NAMED_SUFFIXES = (*SUFFIXES, ".json", ".json.gz", ".json.zst")
"""What is read when it is named; in a folder, .json files are manifests and settings."""
Skip: TypeAlias = Callable[[int, str, Any], None]
"""Takes the line of a bad row, what is wrong with it, and its content; reading goes on behind."""
DROPPED = "dropped.jsonl"
"""What a stage of JSONL left out, a line each with its reason."""
_BESIDE = {DROPPED, "metrics.jsonl", "crawl.jsonl"}
"""JSONL files of a stage folder that are no result of it."""
_PARQUET_BUFFER = 1 << 20
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
"""The escape of half a character beyond U+FFFF; without its other half no file can hold it."""


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
    files = sorted(
        file for file in path.iterdir() if file.name.endswith(SUFFIXES) and _is_seen(file)
    )
    if not (path / MANIFEST).is_file():
        if not files:
            raise BadInput(f"{path} holds no {', '.join(SUFFIXES)} file. Name the right folder.")
        return files
    parts = [file for file in files if file.match("part-*.parquet")]
    return parts or [file for file in files if file.name not in _BESIDE]


def _is_seen(file: Path) -> bool:
    return file.is_file() and not file.name.startswith(".")


def require_some(path: Path, count: int) -> None:
    """Refuse an input without a single record: nobody means to read nothing.

    Raises:
        BadInput: `count`, the number of records read from `path`, is zero.
    """
    if not count:
        raise BadInput(f"{path} holds no records. Check that it is the right one, and whole.")


def rows(path: Path, skip: Skip | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number from 1, row) of one plain file of records.

    Args:
        path: The file; its name says what it is.
        skip: Takes a row that cannot be read. Not given, the first such row is an error; damage
            that makes all behind it doubtful (a quote never closed) is one in any case.

    Raises:
        BadRecord: a row cannot be read; with file and line.
        BadInput: the file is torn, or of another kind than its name says.
    """
    suffix = _suffix(path)
    if suffix == ".parquet":
        yield from _parquet_rows(path)
    elif suffix in (".csv", ".tsv"):
        yield from _csv_rows(path, "," if suffix == ".csv" else "\t", skip or _refusal(path))
    else:
        yield from _json_rows(path, skip or _refusal(path))


def _refusal(path: Path) -> Skip:
    def refuse(number: int, problem: str, content: Any) -> None:
        raise BadRecord(path, number, problem) from None

    return refuse


def _json_rows(path: Path, skip: Skip) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line, object); a file that is one JSON array yields (item, object)."""
    if _is_array(path):
        yield from _array_rows(path, skip)
        return
    for number, line in numbered_lines(path):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as problem:  # the latter of [[[[... without end
            said = f"torn or wrong JSON ({problem}). Mend or delete the line."
            skip(number, said, line)
            continue
        if not isinstance(row, dict):
            skip(number, "not a JSON object: one record a line is expected.", row)
            continue
        yield number, _storable(row) if _HALF_CHARACTER.search(line) else row


def _is_array(path: Path) -> bool:
    """Whether a file is one JSON array; all of it may stand in one line, which is not read."""
    with read_errors_named(path), open_bytes(path) as file:
        start: bytes = file.read(1 << 12)
    return start.removeprefix(BOM_UTF8).lstrip(b" \t").startswith(b"[")


def _storable(value: Any) -> Any:
    r"""Return a JSON value with halves of characters (\ud800-\udfff) joined or replaced.

    >>> _storable({"글": ["가\ud800"]})
    {'글': ['가\ufffd']}
    """
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def _array_rows(path: Path, skip: Skip) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    try:
        with read_errors_named(path), open_bytes(path) as file:
            if file.read(len(BOM_UTF8)) != BOM_UTF8:
                file.seek(0)
            for number, row in enumerate(array_items(file), start=1):
                if isinstance(row, dict):
                    yield number, row
                    continue
                skip(number, "not a JSON object: an array of records is expected.", row)
    except ijson.JSONError as problem:
        said = str(problem).partition("\n")[0]
        raise BadRecord(
            path, number + 1, f"torn or wrong JSON ({said}); here the number is that of the item."
        ) from None


def array_items(file: Any) -> Iterator[Any]:
    """Yield the items of a file that is one JSON array.

    Raises:
        ijson.JSONError: it is wrong, torn, or deeper than MOST_DEPTH: the parser names the place of
            each value by all that is around it, so its memory grows with the square of the depth.
    """
    # Bare events: whole blocks are parsed ahead, and named places of one would take gigabytes.
    events = _shallow(ijson.basic_parse(file, use_float=True))
    yield from ijson.items(ijson.parse(events), "item")


def _shallow(events: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    depth = 0
    for item in events:
        if item[0].startswith("start_"):
            depth += 1
            if depth > MOST_DEPTH:
                raise ijson.JSONError(f"more than {MOST_DEPTH} brackets inside each other")
        elif item[0].startswith("end_"):
            depth -= 1
        yield item


def _csv_rows(path: Path, delimiter: str, skip: Skip) -> Iterator[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(1 << 30)
    lines = (line for _, line in numbered_lines(path))
    # Strictly: a quote that is never closed would silently swallow every row after it.
    reader = csv.DictReader(lines, delimiter=delimiter, strict=True)
    before = 0
    try:
        before = 1 if reader.fieldnames else 0  # the header
        for row in reader:
            before = reader.line_num
            if None in row:
                skip(before, "more fields than the header names.", list(row.values()))
                continue
            yield before, {key: value for key, value in row.items() if value is not None}
    except csv.Error as problem:
        raise BadRecord(
            path,
            before + 1,
            f"a quote is wrong from here on ({problem}). Double those in a text, close it.",
        ) from None


def _parquet_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    for batch in parquet_batches(path):
        for row in batch.to_pylist():
            number += 1
            yield number, row


def parquet_batches(
    path: Path,
    size: int = ROWS_AT_ONCE,
    columns: Sequence[str] | None = None,
    groups: Sequence[int] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of one Parquet file, at most `size` at a time; all columns, or those named.

    `groups` are the numbers of the row groups to read, None for all.
    """
    try:
        with pq.ParquetFile(path, buffer_size=_PARQUET_BUFFER) as file:
            # One row group after the other and one thread: asked for all, Arrow keeps what it has
            # read of each until the last (210 MiB for a shard of 117 MB, and 77 MiB so).
            for group in range(file.num_row_groups) if groups is None else groups:
                yield from file.iter_batches(size, [group], columns, use_threads=False)
    except (pa.ArrowInvalid, OSError) as problem:  # Arrow says OSError for a corrupt page
        if isinstance(problem, OSError) and problem.errno:
            raise
        raise BadInput(f"{path}: not a whole Parquet file ({problem}). Write it again.") from None


def parquet_schema(path: Path) -> pa.Schema:
    """Return the columns of one Parquet file.

    Raises:
        BadInput: it is no whole Parquet file.
    """
    try:
        return pq.read_schema(path)
    except pa.ArrowInvalid as problem:
        raise BadInput(f"{path}: not a whole Parquet file ({problem}). Write it again.") from None


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write text lines, whole or not at all; `.zst` compresses."""
    content = "".join(lines).encode()
    if path.suffix == ".zst":
        content = zstd.compress(content, level=6)
    atomic_write_bytes(path, content)


def _suffix(path: Path) -> str:
    for suffix in NAMED_SUFFIXES:
        if path.name.endswith(suffix):
            return suffix
    raise BadInput(
        f"{path}: records are read from {', '.join(NAMED_SUFFIXES)}. Convert it to one of them."
    )
