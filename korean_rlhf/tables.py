"""Records on disk: Parquet for documents, JSONL for everything that people edit."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import ijson
import pyarrow as pa
import pyarrow.parquet as pq

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from korean_rlhf.errors import BadInput, BadRecord, MissingInput
from korean_rlhf.records import (
    Candidates,
    Comparison,
    Document,
    Drop,
    Instruction,
    Message,
    Prompt,
    parse_messages,
)
from korean_rlhf.rundir import MANIFEST, STARTED, atomic_write_bytes

R = TypeVar("R", Document, Instruction, Prompt, Comparison, Candidates)

DOCUMENT_FIELDS = tuple(field.name for field in dataclasses.fields(Document))
DOCUMENT_SCHEMA = pa.schema([(name, pa.string()) for name in DOCUMENT_FIELDS])
DROPPED_SCHEMA = DOCUMENT_SCHEMA.append(pa.field("reason", pa.string())).append(
    pa.field("detail", pa.string())
)
SHARD_BYTES = 256 * 1024 * 1024
"""UTF-8 text in one shard: about 128 MB of Parquet, as Korean compresses to about half."""
ROWS_AT_ONCE = 1024
SUFFIXES = (".jsonl", ".jsonl.zst", ".parquet", ".csv", ".tsv")


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


_BESIDE = {"dropped.jsonl", "metrics.jsonl", "crawl.jsonl"}
"""JSONL files of a stage folder that are no result of it."""


def read(path: Path, kind: type[R], *, license: str = "") -> Iterator[R]:
    """Yield the records in `path`, a stage folder or a plain .jsonl[.zst], .parquet, .csv file.

    A plain document needs only `text`; `license` speaks for records that name none.

    Raises:
        MissingInput: nothing is there.
        BadRecord: a line is torn, is not UTF-8 or does not fit `kind`; with file and line.
    """
    make = _MAKERS[kind]
    for shard in shards(path):
        for number, row in rows(shard):
            if license and not row.get("license"):
                row["license"] = license
            yield _made(make, row, shard, number, kind)


def _made(
    make: Callable[[dict[str, Any]], R],
    row: dict[str, Any],
    shard: Path,
    number: int,
    kind: type[R],
) -> R:
    row.setdefault("id", f"{shard.name.partition('.')[0]}:{number}")
    if row["id"] is None or row["id"] == "":
        row["id"] = f"{shard.name.partition('.')[0]}:{number}"
    try:
        return make(row)
    except (ValueError, TypeError, KeyError) as problem:
        text = f"lacks {problem}" if isinstance(problem, KeyError) else str(problem)
        raise BadRecord(shard, number, f"not a {kind.__name__}: {text}.") from None


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


def document_batches(
    path: Path, *, license: str = "", size: int = ROWS_AT_ONCE
) -> Iterator[pa.RecordBatch]:
    """Yield the documents in `path` as Arrow batches of DOCUMENT_SCHEMA."""
    pending: list[Document] = []
    for document in read(path, Document, license=license):
        pending.append(document)
        if len(pending) == size:
            yield to_batch(pending)
            pending = []
    if pending:
        yield to_batch(pending)


def to_batch(documents: Sequence[Document]) -> pa.RecordBatch:
    """Return documents as one Arrow batch of DOCUMENT_SCHEMA."""
    columns = [[getattr(document, name) for document in documents] for name in DOCUMENT_FIELDS]
    return pa.RecordBatch.from_arrays(
        [pa.array(column, pa.string()) for column in columns], schema=DOCUMENT_SCHEMA
    )


def from_batch(batch: pa.RecordBatch) -> list[Document]:
    """Return the documents in one Arrow batch; the inverse of `to_batch`."""
    return [Document(**row) for row in batch.select(list(DOCUMENT_FIELDS)).to_pylist()]


class ShardWriter:
    """Writes rows into part-00000.parquet and on, each sorted by id and published whole."""

    def __init__(
        self, folder: Path, schema: pa.Schema, prefix: str = "part", shard_bytes: int = SHARD_BYTES
    ) -> None:
        self.folder, self.schema, self.prefix, self.shard_bytes = (
            folder,
            schema,
            prefix,
            shard_bytes,
        )
        self.pending: list[dict[str, str]] = []
        self.bytes = 0
        self.number = 0
        self.count = 0
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.flush()

    def write(self, row: dict[str, str]) -> None:
        """Take one row; a full shard goes to disk."""
        self.pending.append(row)
        self.count += 1
        self.bytes += len(row["text"].encode("utf-8", "replace"))
        if self.bytes >= self.shard_bytes:
            self.flush()

    def flush(self) -> None:
        """Publish what is pending as one shard, sorted by id."""
        if not self.pending:
            return
        self.pending.sort(key=lambda row: row["id"])
        table = pa.Table.from_pylist(self.pending, schema=self.schema)
        write_parquet(self.folder / f"{self.prefix}-{self.number:05d}.parquet", table)
        self.pending, self.bytes, self.number = [], 0, self.number + 1


class DocumentWriter:
    """Writes documents to `folder` and dropped ones, with their reason, to `folder`/dropped."""

    def __init__(self, folder: Path, shard_bytes: int = SHARD_BYTES) -> None:
        self.kept = ShardWriter(folder, DOCUMENT_SCHEMA, shard_bytes=shard_bytes)
        self.lost = ShardWriter(folder / "dropped", DROPPED_SCHEMA, shard_bytes=shard_bytes)
        self.reasons: dict[str, int] = {}

    def __enter__(self) -> DocumentWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.kept.flush()
            self.lost.flush()

    def write(self, document: Document) -> None:
        """Keep one document."""
        self.kept.write(document_row(document))

    def drop(self, document: Document, drop: Drop) -> None:
        """Put one document aside with the reason."""
        self.reasons[drop.reason] = self.reasons.get(drop.reason, 0) + 1
        self.lost.write(document_row(document) | {"reason": drop.reason, "detail": drop.detail})

    @property
    def counts(self) -> dict[str, Any]:
        """Counts for the manifest: in, out, and dropped by reason."""
        dropped = dict(sorted(self.reasons.items()))
        return {"in": self.kept.count + self.lost.count, "out": self.kept.count, "dropped": dropped}


def document_row(document: Document) -> dict[str, str]:
    """Return one document as a row of DOCUMENT_SCHEMA."""
    return {name: getattr(document, name) for name in DOCUMENT_FIELDS}


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write one Parquet file (zstd), whole or not at all."""
    draft = path.with_name(f".{path.name}.tmp")
    pq.write_table(table, draft, compression="zstd")
    draft.replace(path)


def documents_digest(folder: Path) -> str:
    """Return a digest of the documents in `folder`, in their order, without `fetched_at`."""
    total = hashlib.sha256()
    names = [name for name in DOCUMENT_FIELDS if name != "fetched_at"]
    for shard in sorted(folder.glob("part-*.parquet")):
        for batch in parquet_batches(shard):
            for values in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
                total.update(
                    "\0".join(value or "" for value in values).encode("utf-8", "replace") + b"\n"
                )
    return total.hexdigest()


def to_json(record: Any) -> dict[str, Any]:
    """Return a record as a JSON object, empty optional fields left out."""
    names = [field.name for field in dataclasses.fields(record)]
    values = ((name, getattr(record, name)) for name in names)
    # Not dataclasses.asdict: it copies deeply, and took a tenth of the time of making a data set.
    return {name: _json_value(value) for name, value in values if value != ""}


def _json_value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_json_value(item) for item in value]
    return _message(value) if isinstance(value, Message) else value


def _message(message: Message) -> dict[str, str]:
    """Return one turn as a JSON object; an empty one keeps its content."""
    return {"role": message.role, "content": message.content}


def json_line(record: Any) -> str:
    """Return a record as one line of JSONL."""
    return json.dumps(to_json(record), ensure_ascii=False) + "\n"


def write_jsonl(path: Path, records: Iterable[Any]) -> int:
    """Write records one a line, whole or not at all; return how many. `.zst` compresses."""
    lines = [json_line(record) for record in records]
    write_lines(path, lines)
    return len(lines)


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


def _document(row: dict[str, Any]) -> Document:
    if row.get("text") is None:
        raise KeyError("text")
    if not isinstance(row["text"], str):
        raise ValueError(f"text must be text, got {type(row['text']).__name__}")
    known: dict[str, Any] = _texts(row, *DOCUMENT_FIELDS)
    return Document(**known)


def _texts(row: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: str(row[name]) for name in names if row.get(name) is not None}


def _instruction(row: dict[str, Any]) -> Instruction:
    return Instruction(
        messages=_instruction_messages(row),
        **_texts(row, "id", "source", "license", "register"),
    )


PAIRS = (
    ("instruction", "output"),
    ("question", "answer"),
    ("Q", "A"),
    ("prompt", "response"),
    ("prompt", "completion"),
)
"""Columns that widely used instruction sets have instead of messages."""


def _instruction_messages(row: dict[str, Any]) -> Any:
    if "messages" in row:
        return parse_messages(row["messages"])
    for asked, answered in PAIRS:
        if isinstance(row.get(asked), str) and isinstance(row.get(answered), str):
            parts = [row[asked], row.get("input") or ""]
            question = "\n\n".join(part for part in parts if part.strip())
            turns = [("user", question), ("assistant", row[answered])]
            return parse_messages([{"role": role, "content": text} for role, text in turns])
    names = ", ".join("+".join(pair) for pair in PAIRS)
    raise ValueError(f"needs messages, or one of the pairs {names}")


def _prompt(row: dict[str, Any]) -> Prompt:
    return Prompt(messages=_prompt_messages(row), **_texts(row, "id", "source", "license"))


def _prompt_messages(row: dict[str, Any]) -> Any:
    """Return the messages of a prompt; a plain file may say only {"prompt": text}."""
    if "messages" not in row and isinstance(row.get("prompt"), str):
        return parse_messages([{"role": "user", "content": row["prompt"]}])
    return parse_messages(row["messages"])


def _responses(row: dict[str, Any]) -> tuple[str, ...]:
    found = row["responses"]
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise ValueError("responses must be a list of texts")
    return tuple(found)


def _candidates(row: dict[str, Any]) -> Candidates:
    return Candidates(
        messages=_prompt_messages(row),
        responses=_responses(row),
        **_texts(row, "id", "source", "license"),
    )


def _comparison(row: dict[str, Any]) -> Comparison:
    texts = _texts(row, "id", "ranked_by", "source", "license")
    ranks = tuple(row["ranks"])
    return Comparison(
        messages=_prompt_messages(row), responses=_responses(row), ranks=ranks, **texts
    )


_MAKERS: dict[type[Any], Callable[[dict[str, Any]], Any]] = {
    Document: _document,
    Instruction: _instruction,
    Prompt: _prompt,
    Candidates: _candidates,
    Comparison: _comparison,
}


def guess_kind(row: dict[str, Any]) -> type[Any] | None:
    """Return the record type whose fields `row` has, None when it fits none."""
    if "ranks" in row:
        return Comparison
    if "responses" in row:
        return Candidates
    if "messages" in row or "prompt" in row:
        messages = row.get("messages") or [{"role": "user"}]
        last = messages[-1].get("role") if isinstance(messages[-1], dict) else None
        return Instruction if last == "assistant" else Prompt
    return Document if "text" in row else None
