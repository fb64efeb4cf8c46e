"""One function over every document of every shard, on many cores, resumable."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from korean_rlhf.engine.counts import Counts
from korean_rlhf.engine.publishing import WORK, count, finished, publish_runs
from korean_rlhf.engine.tallies import as_metadata, total
from korean_rlhf.engine.workers import BatchFunction, Result, Workers, workers_for
from korean_rlhf.progress import track
from korean_rlhf.tables import RUN_BYTES, drop_runs, parquet_batches, write_run

BATCH = 256
"""Most documents that one worker gets at a time."""
_BATCH_BYTES = 4 * 1024 * 1024
"""Most text that one worker gets at a time, unless one document is longer."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One batch of a shard, and the run of results that it belongs to; the shard's end has none."""

    shard: Path
    run: Path | None = None
    batch: pa.RecordBatch | None = None


def map_shards(
    files: Sequence[Path],
    out: Path,
    function: BatchFunction,
    *,
    label: str,
    workers: int = 0,
    reads: Sequence[Path] = (),
) -> Counts:
    """Send every shard through `function`; write part-*.parquet and dropped/part-*.parquet.

    Columns that `function` adds to DROPPED_SCHEMA go to measures/part-*.parquet, by id.
    Finished shards are counted, not redone, nor are finished runs of an unfinished shard.
    `function` must be importable (a module's function, or functools.partial of one) and must not
    depend on the order of batches, and it finds the files and folders `reads` by
    engine.local_path, wherever it runs. Rows are sorted by id within a shard. Memory: a few batches
    for each worker and one run of results, however large a shard is.
    """
    (out / "dropped").mkdir(parents=True, exist_ok=True)
    waiting = [file for file in files if not finished(out, file.name)]
    if waiting:
        done = _documents(set(files) - set(waiting))
        with workers_for(function, workers, reads) as crew:
            _map(waiting, out, crew, label, done)
    counts = Counts()
    with track(len(files), "counting", "shards") as advance:
        for file in files:
            counts.add(*count(out, file.name))
            advance()
    return counts


def _documents(files: Iterable[Path]) -> int:
    return sum(pq.read_metadata(file).num_rows for file in files)


def _map(files: Sequence[Path], out: Path, crew: Workers, label: str, done: int) -> None:
    folder = out / WORK / "results"
    with track(done + _documents(files), label, "documents", done=done) as advance:
        steps = _in_order(crew, _steps(files, folder))
        for shard, of_shard in itertools.groupby(steps, key=lambda step: step.shard):
            left = _documents([shard])  # runs of an earlier process are not made again
            for run, rows in _runs(of_shard):
                write_run(run, rows)
                advance(rows.num_rows)
                left -= rows.num_rows
            advance(left)
            runs = sorted((folder / shard.stem).glob("run-*.arrow"))
            publish_runs(out, shard.name, runs)
            drop_runs(runs)


def _steps(files: Sequence[Path], folder: Path) -> Iterator[_Step]:
    """Yield the batches of all runs that are not on disk, and the end of each shard."""
    for file in files:
        (folder / file.stem).mkdir(parents=True, exist_ok=True)
        for number, batches in enumerate(_run_inputs(file)):
            run = folder / file.stem / f"run-{number:05d}.arrow"
            if not run.is_file():
                yield from (_Step(file, run, batch) for batch in batches)
        yield _Step(file)


def _run_inputs(file: Path) -> Iterator[list[pa.RecordBatch]]:
    """Yield the batches of a shard by runs: of RUN_BYTES, and always the same ones."""
    batches: list[pa.RecordBatch] = []
    size = 0
    for read in parquet_batches(file, BATCH):
        for batch in _small(read):
            batches.append(batch)
            size += batch.nbytes
            if size >= RUN_BYTES:
                yield batches
                batches, size = [], 0
    if batches:
        yield batches


def _small(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Halve a batch until its text is small enough."""
    if batch.nbytes <= _BATCH_BYTES or batch.num_rows == 1:
        yield batch
    else:
        half = batch.num_rows // 2
        yield from _small(batch.slice(0, half))
        yield from _small(batch.slice(half))


def _in_order(crew: Workers, steps: Iterable[_Step]) -> Iterator[_Step]:
    """Yield the steps with results in place of documents, a bounded number under way."""
    running: deque[tuple[_Step, Result | None]] = deque()
    for step in steps:
        running.append((step, None if step.batch is None else crew.submit(step.batch)))
        if len(running) >= crew.window:
            yield _done(*running.popleft())
    while running:
        yield _done(*running.popleft())


def _done(step: _Step, result: Result | None) -> _Step:
    return step if result is None else replace(step, batch=result())


def _runs(steps: Iterable[_Step]) -> Iterator[tuple[Path, pa.Table]]:
    """Yield the results of each run of one shard, with the sum of their tallies."""
    for run, of_run in itertools.groupby(steps, key=lambda step: step.run):
        if run is not None:
            batches = [step.batch for step in of_run if step.batch is not None]
            tally = total(batch.schema for batch in batches)
            rows = pa.Table.from_batches(batches)
            yield run, rows.replace_schema_metadata(as_metadata(tally) if tally else None)
