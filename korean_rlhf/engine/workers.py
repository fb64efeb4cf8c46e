"""Who works on the batches: this process, processes beside it, or a Ray cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeAlias

import pyarrow as pa

from korean_rlhf.children import die_with_parent
from korean_rlhf.engine import cluster
from korean_rlhf.errors import KoreanRLHFError
from korean_rlhf.settings.engine import EngineSettings

BatchFunction: TypeAlias = Callable[[pa.RecordBatch], pa.RecordBatch]
"""Documents in, the same number of rows of DROPPED_SCHEMA out; an empty reason keeps the row.

Columns beyond that schema are facts about the documents: they are published beside, by id. Figures
about the whole batch come with it as its tally (engine.tallied)."""
Result: TypeAlias = Callable[[], pa.RecordBatch]
"""Waits for one batch of results and returns it."""


class Workers(Protocol):
    """Takes batches, and gives results back in any order."""

    window: int
    """Batches to have under way: enough to keep all busy, few enough to fit into memory."""

    def submit(self, batch: pa.RecordBatch) -> Result:
        """Begin the work on a batch; the caller collects the result."""


@contextmanager
def running_on(settings: EngineSettings) -> Iterator[None]:
    """Do the work of map_shards and of Daft where the settings say, while the block lasts.

    A process can go from local to Ray once, and not back: Daft fixes its runner with its first
    query.

    Raises:
        MissingExtra: Ray is wanted and not installed.
        BadInput: there is no Ray cluster at the address.
    """
    if settings.engine == "local":
        yield
    else:
        with cluster.connected(settings.ray_address):
            yield


@contextmanager
def workers_for(
    function: BatchFunction, number: int, reads: Sequence[Path] = ()
) -> Iterator[Workers]:
    """Yield `number` workers (0: one for each core) that apply `function`, which reads `reads`."""
    if cluster.is_connected():
        yield cluster.RayWorkers(function, number, reads)
        return
    count = number or os.cpu_count() or 1
    if count == 1:
        yield _ThisProcess(function)
        return
    with process_pool(count) as pool:
        yield _Processes(pool, function, window=2 * count)


@contextmanager
def process_pool(count: int) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of processes that die with this one; what waits is forgotten at an error."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        count, mp_context=context, initializer=_begin_worker, initargs=(os.getpid(),)
    ) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _ThisProcess:
    window = 1

    def __init__(self, function: BatchFunction) -> None:
        self._function = function

    def submit(self, batch: pa.RecordBatch) -> Result:
        return lambda: self._function(batch)


class _Processes:
    def __init__(self, pool: ProcessPoolExecutor, function: BatchFunction, window: int) -> None:
        self._pool, self._function, self.window = pool, function, window

    def submit(self, batch: pa.RecordBatch) -> Result:
        with death_named():
            future = self._pool.submit(self._function, batch)

        def result() -> pa.RecordBatch:
            with death_named():
                return future.result()

        return result


@contextmanager
def death_named() -> Iterator[None]:
    """Say in one sentence what to do when a process of a pool was killed."""
    try:
        yield
    except BrokenProcessPool:
        raise KoreanRLHFError(
            "A worker process was killed, most often because memory ran out. Run the same command "
            "again with fewer --workers: it goes on where it was."
        ) from None


def _begin_worker(parent: int) -> None:
    """Die with the parent, and leave Ctrl-C to it: it ends the work and says so once."""
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
