"""`clean`: raw documents in; clean ones, dropped ones with a reason, and a data card out."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from korean_rlhf.clean import privacy, quality
from korean_rlhf.clean.cleaners import clean_and_note
from korean_rlhf.datacard import write_card
from korean_rlhf.engine import drop_work, map_shards, split_inputs, tallied
from korean_rlhf.progress import say
from korean_rlhf.records import Document, Drop
from korean_rlhf.rundir import open_stage
from korean_rlhf.settings.clean import CleanSettings
from korean_rlhf.tables import DROPPED_SCHEMA, document_row, documents_digest, from_batch


def clean(
    inputs: Sequence[Path], out: Path, settings: CleanSettings, *, replace: bool = False
) -> None:
    """Clean the documents of `inputs` into the folder `out`.

    Killed and started again, it goes on with the first unfinished shard.
    """
    relevant = _without_workers(settings)
    models = quality.check_models(settings)
    every = [*inputs, *models]
    with open_stage(out, "clean", settings=relevant, inputs=every, replace=replace) as stage:
        if not stage.finished:
            shards = split_inputs(
                inputs, out, license=settings.license, shard_documents=settings.shard_documents
            )
            stage.note_time()
            function = functools.partial(clean_batch, settings=relevant)
            counts = map_shards(
                shards, out, function, label="cleaning", workers=settings.workers, reads=models
            )
            masked = dict.fromkeys(privacy.MARKS.values(), 0) | counts.tally
            write_card(out, "clean", counts.manifest(), masked=masked)
            stage.finish(counts=counts.manifest(), digest=documents_digest(out), masked=masked)
            say(counts.sentence("clean"))
        drop_work(out)  # last: until the manifest is written, a killed run goes on with it


def _without_workers(settings: CleanSettings) -> CleanSettings:
    """Return the settings that the result depends on: not how many processes make it."""
    return replace(settings, workers=0)


def clean_batch(batch: pa.RecordBatch, settings: CleanSettings) -> pa.RecordBatch:
    """Clean one batch of documents; a dropped one keeps the text that it came with.

    There is a column for each measure when the settings ask for it. The tally says how much
    personal data was taken out of the documents that stay.
    """
    rows: list[dict[str, str | float]] = []
    masked: Counter[str] = Counter()
    for document in from_batch(batch):
        noted = clean_and_note(document, settings)
        masked.update(noted.masked)
        columns = {column_name(name): value for name, value in noted.measures.items()}
        rows.append({**_row(document, noted.found), **columns})
    return tallied(pa.RecordBatch.from_pylist(rows, schema=_schema(settings)), masked)


def _row(document: Document, found: Document | Drop) -> dict[str, str]:
    """Return what became of a document as a row of DROPPED_SCHEMA."""
    if isinstance(found, Drop):
        return document_row(document) | {"reason": found.reason, "detail": found.detail}
    return document_row(found) | {"reason": "", "detail": ""}


def _schema(settings: CleanSettings) -> pa.Schema:
    """Return DROPPED_SCHEMA, with a column for each measure; null is "never measured"."""
    if not settings.measures:
        return DROPPED_SCHEMA
    names = map(column_name, quality.measure_names(settings))
    return pa.schema([*DROPPED_SCHEMA, *(pa.field(name, pa.float64()) for name in names)])


def column_name(measure: str) -> str:
    """Return the column of a measure, fit for SQL.

    >>> column_name("top-2-gram")
    'top_2_gram'
    """
    return measure.replace("-", "_")
