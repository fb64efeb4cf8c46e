"""Shards hashed while later ones are still read: here, or in processes beside this one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from korean_rlhf.dedup.contamination import Fingerprints
from korean_rlhf.dedup.corpus import Part
from korean_rlhf.dedup.signatures import (
    SUFFIX,
    hash_group,
    publish_signatures,
    write_signatures,
)
from korean_rlhf.engine import death_named, process_pool
from korean_rlhf.progress import track
from korean_rlhf.settings.dedup import DedupSettings

_WORTH_BYTES = 8 * 1024 * 1024
"""Shards on disk from which on processes are begun: with less they cost more than they save."""
_AHEAD = 2
"""Shards that may wait for their signatures: the results of one take some megabytes."""


class Hashing:
    """Takes shards as they are written; the signatures of each are published once, in order.

    Processes hash single row groups and send the signatures back, so that one shard keeps all of
    them busy; this process writes every file.
    """

    def __init__(
        self,
        folder: Path,
        settings: DedupSettings,
        marks: Fingerprints | None,
        origin: str,
        opened: ExitStack,
    ) -> None:
        self._folder, self._settings, self._marks = folder, settings, marks
        self._origin, self._opened = origin, opened
        self._shards: list[Path] = []
        self._running: deque[tuple[Path, list[Future[tuple[pa.Table, pa.Table]]]]] = deque()
        self._pool: ProcessPoolExecutor | None = None
        self._bytes = 0

    def add(self, shard: Path) -> None:
        """Begin the work on a shard; where too many wait, the first of them is awaited."""
        self._shards.append(shard)
        target = self._target(shard)
        if target.is_file():
            return
        self._bytes += shard.stat().st_size
        pool = self._processes()
        if pool is None:
            write_signatures(shard, target, self._settings, self._marks)
            return
        self._running.append((target, self._submitted(pool, shard)))
        while len(self._running) > _AHEAD:
            self._publish_first()

    def parts(self) -> list[Part]:
        """Wait for all; return the shards with their signatures."""
        count = len(self._shards)
        with track(count, "hashing", "shards", done=count - len(self._running)) as advance:
            while self._running:
                self._publish_first()
                advance()
        return [Part.of(self._target(shard), shard, self._origin) for shard in self._shards]

    def _target(self, shard: Path) -> Path:
        return self._folder / shard.with_suffix(SUFFIX).name

    def _processes(self) -> ProcessPoolExecutor | None:
        """Return the processes, begun with enough work; None while this one does it alone."""
        count = self._settings.processes
        if self._pool is None and count > 1 and self._bytes >= _WORTH_BYTES:
            self._pool = self._opened.enter_context(process_pool(count))
        return self._pool

    def _submitted(
        self, pool: ProcessPoolExecutor, shard: Path
    ) -> list[Future[tuple[pa.Table, pa.Table]]]:
        groups = range(pq.read_metadata(shard).num_row_groups)
        is_marked = self._marks is not None
        with death_named():
            return [
                pool.submit(hash_group, shard, group, self._settings, is_marked=is_marked)
                for group in groups
            ]

    def _publish_first(self) -> None:
        target, futures = self._running.popleft()
        with death_named():
            results = [future.result() for future in futures]
        publish_signatures(target, results, self._settings, is_marked=self._marks is not None)


@contextmanager
def hashing(
    folder: Path,
    settings: DedupSettings,
    marks: Fingerprints | None = None,
    *,
    origin: str = "",
) -> Iterator[Hashing]:
    """Yield what hashes shards into `folder`; its processes end with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        yield Hashing(folder, settings, marks, origin, opened)


def hashed(shards: Sequence[Path], folder: Path, settings: DedupSettings) -> list[Part]:
    """Return shards that are there already with their signatures, written to `folder` once."""
    with hashing(folder, settings) as work:
        for shard in shards:
            work.add(shard)
        return work.parts()
