"""Inputs of any kind and size -> shards of documents with ids of their own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from korean_rlhf.engine.publishing import WORK
from korean_rlhf.progress import track
from korean_rlhf.records import Document
from korean_rlhf.rundir import MANIFEST, atomic_write_text
from korean_rlhf.tables import (
    DOCUMENT_FIELDS,
    DOCUMENT_SCHEMA,
    ROWS_AT_ONCE,
    SHARD_BYTES,
    UniqueIds,
    parquet_batches,
    parquet_schema,
    parquet_writer,
    read,
    require_some,
    shards,
    to_batch,
)

_BATCH_CHARACTERS = 2_000_000
"""Text of one batch of documents that are read one by one."""
_COMPLETE = "complete"
"""Empty file beside the shards, written when all are there."""


def split_inputs(
    inputs: Sequence[Path],
    out: Path,
    *,
    license: str,
    shard_documents: int,
    shard_bytes: int = SHARD_BYTES,
    ready: Callable[[Path], None] = lambda shard: None,
) -> list[Path]:
    """Copy the documents of `inputs` into shards, once; return them.

    A shard ends at `shard_documents` documents or `shard_bytes` of text. A file of millions of
    lines so becomes units that can be resumed and worked on side by side. An id that came before
    gets its number of repetition, so that ids stay unique: "a", "a#2". `ready` takes each shard as
    soon as it is whole, in order. Memory: one batch and one row group.
    """
    folder = out / WORK / "input"
    if is_split(out):
        for shard in sorted(folder.glob("part-*.parquet")):
            ready(shard)
    else:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with _InputShards(folder, shard_documents, shard_bytes, ready) as writer:
            _read_all(inputs, license, writer.write)
        atomic_write_text(folder / _COMPLETE, "")
    return sorted(folder.glob("part-*.parquet"))


def is_split(out: Path) -> bool:
    """Whether `split_inputs` has copied all into the folder: what was made of the shards holds."""
    return (out / WORK / "input" / _COMPLETE).is_file()


def _read_all(
    inputs: Sequence[Path], license: str, write: Callable[[pa.RecordBatch], None]
) -> None:
    ids = UniqueIds()
    with track(None, "reading", "documents") as advance:
        for path in inputs:
            count = 0
            for batch in _batches(path, license):
                write(_unique(batch, ids))
                advance(batch.num_rows)
                count += batch.num_rows
            require_some(path, count)


class _InputShards:
    """Writes batches into shards one after the other, as they come."""

    def __init__(
        self, folder: Path, documents: int, size: int, ready: Callable[[Path], None]
    ) -> None:
        self.folder, self.documents, self.size, self.ready = folder, documents, size, ready
        self._number = 0
        self._open = ExitStack()

    def __enter__(self) -> _InputShards:
        self._begin()
        return self

    def __exit__(self, *failure: object) -> None:
        self._open.__exit__(*failure)  # type: ignore[arg-type]
        if failure[0] is None:
            self.ready(self._path)

    def _begin(self) -> None:
        self._path = self.folder / f"part-{self._number:05d}.parquet"
        self._writer = self._open.enter_context(
            parquet_writer(self._path, DOCUMENT_SCHEMA, is_scratch=True)
        )
        self._rows = self._bytes = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Take a batch; where it overflows a shard, the next one begins."""
        while batch.num_rows:
            if self._rows >= self.documents or self._bytes >= self.size:
                self._open.close()
                self.ready(self._path)
                self._number += 1
                self._begin()
            part = batch.slice(0, self.documents - self._rows)
            self._writer.write(pa.Table.from_batches([part]))
            self._rows += part.num_rows
            self._bytes += part.nbytes
            batch = batch.slice(part.num_rows)


def _batches(path: Path, license: str) -> Iterator[pa.RecordBatch]:
    """Yield the documents of one input as batches; whole columns of our own Parquet files."""
    for shard in shards(path):
        if (shard.parent / MANIFEST).is_file() and _is_ours(shard):
            for batch in parquet_batches(shard):
                yield _licensed(batch, license)
        else:
            yield from _record_batches(shard, license)


def _is_ours(shard: Path) -> bool:
    """Whether a file of a finished stage holds documents, which were checked when they came in."""
    return shard.suffix == ".parquet" and bool(parquet_schema(shard).equals(DOCUMENT_SCHEMA))


def _licensed(batch: pa.RecordBatch, license: str) -> pa.RecordBatch:
    """Name the licence of documents that name none."""
    place = DOCUMENT_FIELDS.index("license")
    column = batch.column(place)
    if not license:
        return batch
    filled = pc.if_else(pc.equal(pc.fill_null(column, ""), ""), license, column)
    return batch.set_column(place, DOCUMENT_SCHEMA.field(place), filled)


def _record_batches(shard: Path, license: str) -> Iterator[pa.RecordBatch]:
    """Read any other file record by record, which checks each."""
    pending: list[Document] = []
    characters = 0
    for document in read(shard, Document, license=license):
        pending.append(document)
        characters += len(document.text)
        if len(pending) == ROWS_AT_ONCE or characters >= _BATCH_CHARACTERS:
            yield to_batch(pending)
            pending, characters = [], 0
    if pending:
        yield to_batch(pending)


def _unique(batch: pa.RecordBatch, ids: UniqueIds) -> pa.RecordBatch:
    """Give a repeated id the number of its repetition; one batch or all, the result is the same."""
    names = [ids.unique(name or "") for name in batch.column("id").to_pylist()]
    column = pa.array(names, pa.string())
    return batch.set_column(DOCUMENT_FIELDS.index("id"), DOCUMENT_SCHEMA.field("id"), column)
