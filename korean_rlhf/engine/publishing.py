"""Shards of results: kept documents and dropped ones, sorted by id, written whole."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from korean_rlhf.engine.tallies import as_metadata, total
from korean_rlhf.tables import (
    DOCUMENT_FIELDS,
    DOCUMENT_SCHEMA,
    DROPPED_SCHEMA,
    RowGroups,
    merged,
    parquet_batches,
    parquet_writer,
)

MEASURES = "measures"
"""Folder inside a stage folder for facts about every document that came in, by id."""
WORK = ".work"
"""Folder inside a stage folder for what only an unfinished stage needs."""
_REASONS_AT_ONCE = 1 << 16


def publish(out: Path, name: str, rows: pa.Table) -> None:
    """Write one shard of results: the dropped rows first, so that a kept file means "finished".

    `rows` are of DROPPED_SCHEMA; an empty reason keeps the row. Their tally is kept as metadata of
    the file of dropped rows.
    """
    _publish(out, name, [rows.sort_by("id")], total([rows.schema]))


def publish_runs(out: Path, name: str, runs: Sequence[Path]) -> None:
    """Publish one shard from sorted runs (tables.write_run), with few rows in memory."""
    _publish(out, name, merged(runs), total(map(_schema, runs)))


def _schema(run: Path) -> pa.Schema:
    with pa.OSFile(str(run), "rb") as file, pa.ipc.open_stream(file) as stream:
        return stream.schema


def _publish(out: Path, name: str, tables: Iterable[pa.Table], tally: Mapping[str, int]) -> None:
    lost_schema = DROPPED_SCHEMA.with_metadata(as_metadata(tally)) if tally else DROPPED_SCHEMA
    # The file of kept rows is the outer block: it takes its name last.
    with (
        parquet_writer(out / name, DOCUMENT_SCHEMA) as kept,
        parquet_writer(out / "dropped" / name, lost_schema) as dropped,
        ExitStack() as opened,
    ):
        facts: RowGroups | None = None
        for rows in tables:
            beside = _facts(rows)
            if beside.num_columns > 1:
                facts = facts or opened.enter_context(_facts_writer(out, name, beside.schema))
                facts.write(beside)
            stays = pc.equal(rows["reason"], "")
            kept.write(rows.filter(stays).select(list(DOCUMENT_FIELDS)))
            dropped.write(rows.filter(pc.invert(stays)).select(DROPPED_SCHEMA.names))


def _facts(rows: pa.Table) -> pa.Table:
    """Return the id with the columns that are no part of a document."""
    beside = [name for name in rows.column_names if name not in DROPPED_SCHEMA.names]
    return rows.select(["id", *beside]).replace_schema_metadata(None)


def _facts_writer(out: Path, name: str, schema: pa.Schema) -> AbstractContextManager[RowGroups]:
    (out / MEASURES).mkdir(exist_ok=True)
    return parquet_writer(out / MEASURES / name, schema)


def finished(out: Path, name: str) -> bool:
    """Whether the shard of results called `name` is published."""
    return (out / name).is_file()


def count(out: Path, name: str) -> tuple[int, list[tuple[str, int]], Counter[str]]:
    """Return the kept rows, the dropped ones by reason and the tally of one finished shard."""
    reasons: Counter[str] = Counter()
    for batch in parquet_batches(out / "dropped" / name, _REASONS_AT_ONCE, ["reason"]):
        for row in pc.value_counts(batch["reason"]).to_pylist():
            reasons[str(row["values"])] += row["counts"]
    tally = total([pq.read_schema(out / "dropped" / name)])
    return pq.read_metadata(out / name).num_rows, list(reasons.items()), tally


def drop_work(out: Path) -> None:
    """Delete what only an unfinished stage needs."""
    shutil.rmtree(out / WORK, ignore_errors=True)
