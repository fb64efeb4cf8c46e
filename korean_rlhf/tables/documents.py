"""Documents as Parquet: schemas, batches, sorted shards, and the digest without times."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from korean_rlhf.disk import published
from korean_rlhf.records import Document, Drop
from korean_rlhf.tables.contents import utf8_of
from korean_rlhf.tables.plain import parquet_batches
from korean_rlhf.tables.rows import DOCUMENT_FIELDS
from korean_rlhf.tables.sortedruns import RUN_BYTES, drop_runs, merged, write_merged, write_run

DOCUMENT_SCHEMA = pa.schema([(name, pa.string()) for name in DOCUMENT_FIELDS])
DROPPED_SCHEMA = DOCUMENT_SCHEMA.append(pa.field("reason", pa.string())).append(
    pa.field("detail", pa.string())
)
SHARD_BYTES = 256 * 1024 * 1024
"""UTF-8 text in one shard: about 128 MB of Parquet, as Korean compresses to about half."""


def to_batch(documents: Sequence[Document]) -> pa.RecordBatch:
    """Return documents as one Arrow batch of DOCUMENT_SCHEMA."""
    columns = [[getattr(document, name) for document in documents] for name in DOCUMENT_FIELDS]
    return pa.RecordBatch.from_arrays(
        [pa.array(column, pa.string()) for column in columns], schema=DOCUMENT_SCHEMA
    )


def from_batch(batch: pa.RecordBatch) -> list[Document]:
    """Return the documents in one Arrow batch; the inverse of `to_batch`."""
    return [Document(**row) for row in batch.select(list(DOCUMENT_FIELDS)).to_pylist()]


class _Flushed(ABC):
    """Publishes what is pending when its `with` block ends well; after an error, deletes it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.flush()
        self.close()

    @abstractmethod
    def flush(self) -> None:
        """Publish what is pending."""

    @abstractmethod
    def close(self) -> None:
        """Delete what is not published."""


_ROW_BYTES = 200
"""What a row takes beside its strings while it waits: pages without text fill a shard, too."""


class ShardWriter(_Flushed):
    """Writes rows into part-00000.parquet and on, each sorted by id and published whole.

    Memory: RUN_BYTES of rows; the rest of an unfinished shard waits on disk in sorted runs.
    """

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
        self.runs: list[Path] = []
        self.pending_bytes = self.bytes = 0
        self.number = 0
        self.count = 0
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, row: dict[str, str]) -> None:
        """Take one row; a full shard goes to disk."""
        self.pending.append(row)
        self.count += 1
        size = _ROW_BYTES + sum(len(value.encode("utf-8", "replace")) for value in row.values())
        self.bytes += size
        self.pending_bytes += size
        if self.bytes >= self.shard_bytes:
            self.flush()
        elif self.pending_bytes >= RUN_BYTES:
            self._spill()

    def _spill(self) -> None:
        """Put the pending rows aside as one sorted run; the name is that of a draft."""
        name = f".{self.prefix}-{self.number:05d}.run-{len(self.runs):05d}.tmp"
        self.runs.append(self.folder / name)
        write_run(self.runs[-1], self._take())

    def _take(self) -> pa.Table:
        table = pa.Table.from_pylist(self.pending, schema=self.schema)
        self.pending, self.pending_bytes = [], 0
        return table

    def flush(self) -> None:
        """Publish what is pending as one shard, sorted by id."""
        if not self.pending and not self.runs:
            return
        path = self.folder / f"{self.prefix}-{self.number:05d}.parquet"
        if self.runs:
            self._spill()
            write_merged(path, self.schema, merged(self.runs))
        else:
            write_parquet(path, self._take().sort_by("id"))
        self.close()
        self.bytes, self.number = 0, self.number + 1

    def close(self) -> None:
        """Delete the runs of an unfinished shard."""
        drop_runs(self.runs)
        self.runs = []


class DocumentWriter(_Flushed):
    """Writes documents to `folder` and dropped ones, with their reason, to `folder`/dropped."""

    def __init__(self, folder: Path, shard_bytes: int = SHARD_BYTES) -> None:
        self.kept = ShardWriter(folder, DOCUMENT_SCHEMA, shard_bytes=shard_bytes)
        self.lost = ShardWriter(folder / "dropped", DROPPED_SCHEMA, shard_bytes=shard_bytes)
        self.reasons: dict[str, int] = {}

    def write(self, document: Document) -> None:
        """Keep one document."""
        self.kept.write(document_row(document))

    def drop(self, document: Document, drop: Drop) -> None:
        """Put one document aside with the reason."""
        self.reasons[drop.reason] = self.reasons.get(drop.reason, 0) + 1
        self.lost.write(document_row(document) | {"reason": drop.reason, "detail": drop.detail})

    def flush(self) -> None:
        """Publish what is pending of both."""
        self.kept.flush()
        self.lost.flush()

    def close(self) -> None:
        """Delete what neither has published."""
        self.kept.close()
        self.lost.close()

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
    with published(path) as draft:
        pq.write_table(table, draft, compression="zstd")


def documents_digest(folder: Path) -> str:
    """Return a digest of the documents in `folder`, in their order, without `fetched_at`."""
    total = hashlib.sha256()
    names = [name for name in DOCUMENT_FIELDS if name != "fetched_at"]
    for shard in sorted(folder.glob("part-*.parquet")):
        for batch in parquet_batches(shard, columns=names):
            total.update(utf8_of(_lines([batch[name] for name in names])))
    return total.hexdigest()


def _lines(columns: Sequence[pa.StringArray]) -> pa.LargeStringArray:
    """Return each row as a line, its columns divided by a zero byte; nulls are empty."""
    # Large strings: what fits into each column may not fit into one of two gigabytes.
    filled = [pc.fill_null(pc.cast(column, pa.large_string()), "") for column in columns]
    ended = pc.binary_join_element_wise(filled[-1], pa.scalar("\n", pa.large_string()), _NOTHING)
    zero = pa.scalar("\0", pa.large_string())
    return pc.binary_join_element_wise(*filled[:-1], ended, zero)


_NOTHING = pa.scalar("", pa.large_string())
