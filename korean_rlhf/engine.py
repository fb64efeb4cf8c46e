"""The corpus engine: shards through Arrow batches, on every core, resumable; Daft for columns.

A shard is the unit of resume: it is published whole, so a killed run redoes at most the shards that
were at work, and the records are the same as those of an unbroken run. Python work runs in worker
processes (a Daft function in Python would hold the interpreter's lock) that die with this process;
columnar work (hashing, grouping) runs in Daft, whose own threads use all cores.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from korean_rlhf.children import die_with_parent
from korean_rlhf.errors import KoreanRLHFError
from korean_rlhf.progress import track
from korean_rlhf.records import Document
from korean_rlhf.rundir import MANIFEST, atomic_write_text
from korean_rlhf.tables import (
    DOCUMENT_FIELDS,
    DOCUMENT_SCHEMA,
    DROPPED_SCHEMA,
    ROWS_AT_ONCE,
    UniqueIds,
    parquet_batches,
    parquet_schema,
    read,
    require_some,
    shards,
    to_batch,
    write_parquet,
)

BatchFunction: TypeAlias = Callable[[pa.RecordBatch], pa.RecordBatch]
"""Documents in, the same number of rows of DROPPED_SCHEMA out; an empty reason keeps the row."""

BATCH = 256
"""Documents that one worker gets at a time."""
WORK = ".work"
"""Folder inside a stage folder for what only an unfinished stage needs."""


def daft() -> Any:
    """Return the Daft module, set to its local runner, with its telemetry off."""
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("DAFT_ANALYTICS_ENABLED", "0")
    os.environ.setdefault("DAFT_PROGRESS_BAR", "0")
    import daft as module

    return module


@dataclass
class Counts:
    """How many documents came in, stayed, and left for which reason."""

    total: int = 0
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)

    def add(self, kept: int, reasons: Iterable[tuple[str, int]]) -> None:
        """Count one shard."""
        self.kept += kept
        self.total += kept
        for reason, number in reasons:
            self.dropped[reason] = self.dropped.get(reason, 0) + number
            self.total += number

    def sentence(self, stage: str) -> str:
        """Return how many were kept, and how many left for which reason, for the user."""
        reasons = ", ".join(f"{reason} {number:,}" for reason, number in self.most_first())
        return f"{stage}: {self.kept:,} of {self.total:,} kept; dropped: {reasons or 'none'}."

    def most_first(self) -> list[tuple[str, int]]:
        """Return the reasons with their numbers, the most frequent first."""
        return sorted(self.dropped.items(), key=lambda item: (-item[1], item[0]))

    def manifest(self) -> dict[str, Any]:
        """Return the counts as a manifest names them."""
        return {"in": self.total, "out": self.kept, "dropped": dict(sorted(self.dropped.items()))}


def split_inputs(
    inputs: Sequence[Path], out: Path, *, license: str, shard_documents: int
) -> list[Path]:
    """Copy the documents of `inputs` into shards of at most `shard_documents`, once; return them.

    A file of millions of lines so becomes units that can be resumed and worked on side by side. An
    id that came before gets its number of repetition, so that ids stay unique: "a", "a#2".
    """
    folder = out / WORK / "input"
    done = folder / "complete"
    if not done.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _write_input_shards(inputs, folder, license, shard_documents)
        atomic_write_text(done, "")
    return sorted(folder.glob("part-*.parquet"))


def _write_input_shards(
    inputs: Sequence[Path], folder: Path, license: str, shard_documents: int
) -> None:
    ids = UniqueIds()
    pending, number = DOCUMENT_SCHEMA.empty_table(), 0
    with track(None, "reading", "documents") as advance:
        for path in inputs:
            count = 0
            for batch in _batches(path, license):
                pending = pa.concat_tables([pending, pa.table(_unique(batch, ids))])
                advance(batch.num_rows)
                count += batch.num_rows
                while pending.num_rows >= shard_documents:
                    _write_input(folder, number, pending.slice(0, shard_documents))
                    number, pending = number + 1, pending.slice(shard_documents)
            require_some(path, count)
        if pending.num_rows or number == 0:
            _write_input(folder, number, pending)


def _write_input(folder: Path, number: int, documents: pa.Table) -> None:
    write_parquet(folder / f"part-{number:05d}.parquet", documents.combine_chunks())


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
    for document in read(shard, Document, license=license):
        pending.append(document)
        if len(pending) == ROWS_AT_ONCE:
            yield to_batch(pending)
            pending = []
    if pending:
        yield to_batch(pending)


def _unique(batch: pa.RecordBatch, ids: UniqueIds) -> pa.RecordBatch:
    """Give a repeated id the number of its repetition; one batch or all, the result is the same."""
    names = [ids.unique(name or "") for name in batch.column("id").to_pylist()]
    column = pa.array(names, pa.string())
    return batch.set_column(DOCUMENT_FIELDS.index("id"), DOCUMENT_SCHEMA.field("id"), column)


def map_shards(
    files: Sequence[Path], out: Path, function: BatchFunction, *, label: str, workers: int = 0
) -> Counts:
    """Send every shard through `function`; write part-*.parquet and dropped/part-*.parquet.

    Finished shards are counted, not redone. `function` must be importable (a module's function, or
    functools.partial of one) and must not depend on the order of batches. Rows are sorted by id
    within a shard. Memory: a few batches for each worker and one shard of results.
    """
    (out / "dropped").mkdir(parents=True, exist_ok=True)
    counts = Counts()
    waiting = [file for file in files if not _finished(out, file.name)]
    with (
        track(len(files), label, "shards", done=len(files) - len(waiting)) as advance,
        _pool(workers if waiting else 1) as pool,
    ):
        for file in waiting:
            rows = _mapped(pool, function, parquet_batches(file, BATCH))
            publish(out, file.name, pa.Table.from_batches(list(rows), DROPPED_SCHEMA))
            advance()
    for file in files:
        counts.add(*_count(out, file.name))
    return counts


def _mapped(
    pool: ProcessPoolExecutor | None, function: BatchFunction, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Yield function(batch) in order, with a bounded number of batches under way."""
    if pool is None:
        yield from map(function, batches)
        return
    window = 2 * pool._max_workers  # type: ignore[attr-defined]
    running: deque[Future[pa.RecordBatch]] = deque()
    try:
        for batch in batches:
            running.append(pool.submit(function, batch))
            if len(running) >= window:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
    except BrokenProcessPool:
        raise KoreanRLHFError(
            "A worker process was killed, most often because memory ran out. Run the same command "
            "again with fewer --workers: it goes on where it was."
        ) from None


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor | None]:
    """Yield a pool of processes that die with this one; None when one process is enough."""
    count = workers or os.cpu_count() or 1
    if count == 1:
        yield None
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context, initializer=_begin_worker) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _begin_worker() -> None:
    """Die with the parent, and leave Ctrl-C to it: it ends the work and says so once."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def publish(out: Path, name: str, rows: pa.Table) -> None:
    """Write one shard of results: the dropped rows first, so that a kept file means "finished"."""
    rows = rows.sort_by("id")
    is_kept = pc.equal(rows["reason"], "")
    write_parquet(out / "dropped" / name, rows.filter(pc.invert(is_kept)))
    write_parquet(out / name, rows.filter(is_kept).select(list(DOCUMENT_FIELDS)))


def _finished(out: Path, name: str) -> bool:
    return (out / name).is_file()


def _count(out: Path, name: str) -> tuple[int, list[tuple[str, int]]]:
    """Return the kept rows and the dropped ones by reason of one finished shard."""
    kept = pq.read_metadata(out / name).num_rows
    reasons = pq.read_table(out / "dropped" / name, columns=["reason"])["reason"]
    return kept, [
        (str(row["values"]), row["counts"]) for row in pc.value_counts(reasons).to_pylist()
    ]


def drop_work(out: Path) -> None:
    """Delete what only an unfinished stage needs."""
    shutil.rmtree(out / WORK, ignore_errors=True)
