"""Shards of results: kept documents and dropped ones, sorted by id, written whole."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from korean_rlhf.tables import (
    DOCUMENT_FIELDS,
    DOCUMENT_SCHEMA,
    DROPPED_SCHEMA,
    merged,
    parquet_batches,
    parquet_writer,
)

WORK = ".work"
"""Folder inside a stage folder for what only an unfinished stage needs."""
_REASONS_AT_ONCE = 1 << 16


def publish(out: Path, name: str, rows: pa.Table) -> None:
    """Write one shard of results: the dropped rows first, so that a kept file means "finished".

    `rows` are of DROPPED_SCHEMA; an empty reason keeps the row.
    """
    _publish(out, name, [rows.sort_by("id")])


def publish_runs(out: Path, name: str, runs: Sequence[Path]) -> None:
    """Publish one shard from sorted runs (tables.write_run), with few rows in memory."""
    _publish(out, name, merged(runs))


def _publish(out: Path, name: str, tables: Iterable[pa.Table]) -> None:
    # The file of kept rows is the outer block: it takes its name last.
    with (
        parquet_writer(out / name, DOCUMENT_SCHEMA) as kept,
        parquet_writer(out / "dropped" / name, DROPPED_SCHEMA) as dropped,
    ):
        for rows in tables:
            stays = pc.equal(rows["reason"], "")
            kept.write(rows.filter(stays).select(list(DOCUMENT_FIELDS)))
            dropped.write(rows.filter(pc.invert(stays)))


def finished(out: Path, name: str) -> bool:
    """Whether the shard of results called `name` is published."""
    return (out / name).is_file()


def count(out: Path, name: str) -> tuple[int, list[tuple[str, int]]]:
    """Return the kept rows and the dropped ones by reason of one finished shard."""
    reasons: Counter[str] = Counter()
    for batch in parquet_batches(out / "dropped" / name, _REASONS_AT_ONCE, ["reason"]):
        for row in pc.value_counts(batch["reason"]).to_pylist():
            reasons[str(row["values"])] += row["counts"]
    return pq.read_metadata(out / name).num_rows, list(reasons.items())


def drop_work(out: Path) -> None:
    """Delete what only an unfinished stage needs."""
    shutil.rmtree(out / WORK, ignore_errors=True)
