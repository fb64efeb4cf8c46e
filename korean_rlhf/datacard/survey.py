"""What is in a corpus, measured in one pass over its shards with one batch in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from korean_rlhf.datacard.measures import HISTOGRAMS, SCRIPTS, characters_by_script, measures
from korean_rlhf.tables import parquet_batches

_ROWS = 256
Group = tuple[str, str]
"""Source and licence."""


@dataclass
class Survey:
    """Counts of a corpus folder."""

    documents: Counter[Group] = field(default_factory=Counter)
    characters: Counter[Group] = field(default_factory=Counter)
    left_out: Counter[Group] = field(default_factory=Counter)
    scripts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(SCRIPTS), np.int64))
    """Characters of the kept texts in the order of SCRIPTS."""
    histograms: dict[str, npt.NDArray[np.int64]] = field(
        default_factory=lambda: {
            name: np.zeros(len(one.edges) - 1, np.int64) for name, one in HISTOGRAMS.items()
        }
    )
    """Kept documents in each bin of HISTOGRAMS; what lies outside counts in the outermost bin."""


def survey(folder: Path) -> Survey:
    """Measure the kept and the dropped documents of a stage folder."""
    found = Survey()
    for batch in _batches(folder.glob("part-*.parquet"), ["source", "license", "text"]):
        _add(found, batch)
    for batch in _batches((folder / "dropped").glob("part-*.parquet"), ["source", "license"]):
        found.left_out.update(_groups(batch))
    return found


def _batches(shards: Iterable[Path], columns: list[str]) -> Iterator[pa.RecordBatch]:
    for shard in sorted(shards):
        yield from parquet_batches(shard, _ROWS, columns)


def _groups(batch: pa.RecordBatch) -> list[Group]:
    sources, licenses = batch["source"].to_pylist(), batch["license"].to_pylist()
    return [
        (source or "", license or "") for source, license in zip(sources, licenses, strict=True)
    ]


def _add(found: Survey, batch: pa.RecordBatch) -> None:
    if not batch.num_rows:
        return
    groups = _groups(batch)
    table = characters_by_script(batch["text"])
    found.documents.update(groups)
    for group, count in zip(groups, table.characters.tolist(), strict=True):
        found.characters[group] += count
    found.scripts += table.by_script.sum(axis=0)
    for name, values in measures(table).items():
        edges = HISTOGRAMS[name].edges
        inside = np.clip(values[np.isfinite(values)], edges[0], edges[-1])
        found.histograms[name] += np.histogram(inside, edges)[0]
