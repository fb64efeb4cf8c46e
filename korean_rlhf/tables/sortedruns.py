"""Rows sorted by id on disk, in little memory: sorted runs, merged as they are read.

Knuth, The Art of Computer Programming, volume 3, 5.4: sorting of what does not fit into memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from korean_rlhf.disk import published

_LASTING = {"compression": "zstd"}
RUN_BYTES = 8 * 1024 * 1024
"""Arrow bytes of rows that are sorted at once, and of one row group of a Parquet file."""
_MERGED_ROWS, _MERGED_BYTES = 256, 128 * 1024
"""Rows read at once of each run that is merged: at most so many, and about so many bytes."""


class RowGroups:
    """Takes tables of any size and writes them as row groups of about RUN_BYTES."""

    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer, self._schema = writer, schema
        self._pending: list[pa.Table] = []
        self._bytes = 0

    def write(self, rows: pa.Table) -> None:
        """Take some rows; a full row group goes to disk."""
        if rows.num_rows:
            self._pending.append(rows)
            self._bytes += rows.nbytes
        if self._bytes >= RUN_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is pending as one row group."""
        if self._pending:
            table = pa.concat_tables(self._pending)
            self._writer.write_table(table, row_group_size=table.num_rows)
        self._pending, self._bytes = [], 0


@contextmanager
def parquet_writer(
    path: Path, schema: pa.Schema, *, is_scratch: bool = False
) -> Iterator[RowGroups]:
    """Yield a writer of one Parquet file, published when the block ends well.

    Zstandard packs it; what is scratch, to be read a few times and deleted, LZ4 in half the time.
    """
    options = {"compression": "lz4", "use_dictionary": False} if is_scratch else _LASTING
    with published(path) as draft:
        with pq.ParquetWriter(draft, schema, **options) as writer:
            groups = RowGroups(writer, schema)
            yield groups
            groups.flush()


def write_run(path: Path, rows: pa.Table) -> None:
    """Write rows sorted by id, whole or not at all; rows of one id keep their order.

    An Arrow stream, as Parquet's reader holds far more of a file than the rows it gives.
    """
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with published(path) as draft, pa.OSFile(str(draft), "wb") as file:
        with pa.ipc.new_stream(file, rows.schema, options=options) as stream:
            stream.write_table(rows.sort_by("id"), max_chunksize=_chunk_rows(rows))


def _chunk_rows(rows: pa.Table) -> int:
    fitting = int(rows.num_rows * _MERGED_BYTES // max(1, rows.nbytes))
    return max(1, min(_MERGED_ROWS, fitting))


def merged(runs: Sequence[Path]) -> Iterator[pa.Table]:
    """Yield the rows of sorted runs in the order of their ids.

    Of each run about _MERGED_BYTES are in memory, or one row when that is longer.
    """
    sources = [_tables(run) for run in runs]
    heads = [(source, head) for source in sources if (head := next(source, None)) is not None]
    while heads:
        # What follows in a run is no smaller than the last row of its head, so rows up to the
        # smallest of these are complete.
        bound = min(head["id"][-1].as_py() for _, head in heads)
        ready, rest = [], []
        for source, head in heads:
            count = pc.sum(pc.less_equal(head["id"], bound)).as_py()
            ready.append(head.slice(0, count))
            later = head.slice(count) if count < head.num_rows else next(source, None)
            if later is not None:
                rest.append((source, later))
        yield pa.concat_tables(ready).sort_by("id")
        heads = rest


def _tables(run: Path) -> Iterator[pa.Table]:
    with pa.OSFile(str(run), "rb") as file, pa.ipc.open_stream(file) as stream:
        for batch in stream:
            yield pa.Table.from_batches([batch])


def write_merged(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """Write tables one after the other to one Parquet file, whole or not at all."""
    with parquet_writer(path, schema) as groups:
        for table in tables:
            groups.write(table)


def drop_runs(runs: Iterable[Path]) -> None:
    """Delete runs that were merged or are not wanted."""
    for run in runs:
        run.unlink(missing_ok=True)
