"""Decisions carried out: shards of what stays, of what is dropped, and of what was cut."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import feather

from korean_rlhf.dedup.clusters import CONTAMINATED, KEPT, REASONS, Decisions
from korean_rlhf.dedup.contamination import Fingerprints
from korean_rlhf.dedup.corpus import Corpus, Part, Rows
from korean_rlhf.dedup.lines import Cut, Repeated, cut_repeated
from korean_rlhf.dedup.signatures import HITS
from korean_rlhf.disk import published
from korean_rlhf.engine import Counts, publish
from korean_rlhf.tables import write_parquet

CONTAMINATED_LIST = "contaminated.jsonl"
"""Every hit: id, benchmark, item, share."""
CUT = "cut"
"""Folder of the lines that were cut out, with the documents that they were cut from."""
DUPLICATES = "duplicates"
"""Folder of what each duplicate is one of: the id of the document that stays, the other corpus
that holds it ("" for this one), and the similarity to it."""
ONLY_REPEATED = "only-repeated-lines"
MOST_WRITERS = 2
"""Threads that write: each holds one shard, of which a copy or two are made."""
_DUPLICATE_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("keeper", pa.string()),
        ("kept_in", pa.string()),
        ("similarity", pa.float32()),
    ]
)
_CUT_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("documents", pa.int64()),
        ("reason", pa.string()),
    ]
)


@dataclass
class Written:
    """Counts of documents, and of what was cut out of them."""

    counts: Counts
    cut_pieces: int = 0
    cut_documents: int = 0
    cut_characters: int = 0

    def add(self, other: Written) -> None:
        """Count another shard."""
        self.counts.add(other.counts.kept, other.counts.dropped.items())
        self.cut_pieces += other.cut_pieces
        self.cut_documents += other.cut_documents
        self.cut_characters += other.cut_characters


@dataclass(frozen=True, slots=True)
class Cutting:
    """What is cut out, and how long a piece is at least."""

    repeated: Repeated
    least: int


def write_shards(
    corpus: Corpus,
    out: Path,
    decisions: Decisions,
    hits: Hits | None,
    cutting: Cutting | None,
    *,
    threads: int = 1,
) -> Written:
    """Publish our own shards with the decisions about their rows, one at a time in each thread."""
    for folder in ("dropped", DUPLICATES, *([CUT] if cutting is not None else [])):
        (out / folder).mkdir(exist_ok=True)

    def write(own: tuple[Part, int]) -> Written:
        return _write_shard(*own, corpus, out, decisions, hits, cutting)

    written = Written(Counts())
    with ThreadPoolExecutor(threads) as pool:
        for one in pool.map(write, _own(corpus)):
            written.add(one)
    return written


def _write_shard(
    part: Part,
    first: int,
    corpus: Corpus,
    out: Path,
    decisions: Decisions,
    hits: Hits | None,
    cutting: Cutting | None,
) -> Written:
    written = Written(Counts())
    rows = np.arange(first, first + part.count)
    table = pq.read_table(part.texts)
    keepers = _keepers(table["id"], rows, corpus, decisions)
    write_parquet(out / DUPLICATES / part.texts.name, keepers)
    table = _decided(table, rows, keepers, decisions, hits)
    if cutting is not None:
        table = _without_repeats(table, part, out, cutting, written)
    publish(out, part.texts.name, table)
    reasons = [reason for reason in table["reason"].to_pylist() if reason]
    written.counts.add(table.num_rows - len(reasons), [(reason, 1) for reason in reasons])
    return written


def _own(corpus: Corpus) -> Iterator[tuple[Part, int]]:
    for part, first in zip(corpus.parts, corpus.firsts.tolist(), strict=False):
        if not part.origin:
            yield part, first


def _keepers(ids: pa.ChunkedArray, rows: Rows, corpus: Corpus, decisions: Decisions) -> pa.Table:
    """Return a row for each duplicate among `rows`: which document stays instead of it."""
    places = np.flatnonzero(decisions.keepers[rows] >= 0)
    keepers = decisions.keepers[rows[places]]
    columns = [
        ids.take(pa.array(places)),
        corpus.names(keepers),
        [corpus.origin(keeper) for keeper in keepers.tolist()],
        decisions.similarities[rows[places]],
    ]
    return pa.table(columns, _DUPLICATE_SCHEMA)


def _decided(
    table: pa.Table, rows: Rows, keepers: pa.Table, decisions: Decisions, hits: Hits | None
) -> pa.Table:
    """Add reason and detail: the id of the document that stays, or the benchmark."""
    reasons, details = decisions.reasons[rows], [""] * len(rows)
    places = np.flatnonzero(decisions.keepers[rows] >= 0).tolist()
    for place, name in zip(places, keepers["keeper"].to_pylist(), strict=True):
        details[place] = name
    for place in np.flatnonzero(reasons == CONTAMINATED).tolist():
        details[place] = hits.worst(int(rows[place])) if hits is not None else ""
    said = pa.array([REASONS[reason] for reason in reasons], pa.string())
    return table.append_column("reason", said).append_column("detail", pa.array(details))


def _without_repeats(
    table: pa.Table, part: Part, out: Path, cutting: Cutting, written: Written
) -> pa.Table:
    """Cut repeated lines out of the kept rows; a document of nothing else is dropped as it was."""
    texts, reasons = table["text"].to_pylist(), table["reason"].to_pylist()
    ids, cuts = table["id"].to_pylist(), _CUT_SCHEMA.empty_table().to_pylist()
    for place, text in enumerate(texts):
        if reasons[place]:
            continue
        left, found = cut_repeated(text, cutting.repeated, cutting.least)
        if not found:
            continue
        cuts += [_cut_row(ids[place], cut) for cut in found]
        written.cut_documents += 1
        written.cut_characters += len(text) - len(left)
        if left.strip():
            texts[place] = left
        else:
            reasons[place] = ONLY_REPEATED
    written.cut_pieces += len(cuts)
    write_parquet(out / CUT / part.texts.name, pa.Table.from_pylist(cuts, _CUT_SCHEMA))
    return _with_column(_with_column(table, "text", texts), "reason", reasons)


def _cut_row(id: str, cut: Cut) -> dict[str, str | int]:
    return {"id": id, "text": cut.text, "documents": cut.documents, "reason": "repeated-line"}


def _with_column(table: pa.Table, name: str, values: Sequence[str]) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(place), pa.array(values, pa.string()))


class Hits:
    """The hits of all our own documents in benchmarks, read from the files of one shard each."""

    def __init__(self, corpus: Corpus, marks: Fingerprints) -> None:
        self._corpus, self._marks = corpus, marks
        self.rows, self.worst_places = self._gather()

    def _gather(self) -> tuple[Rows, npt.NDArray[np.int64]]:
        """Return the rows with a hit, and the benchmark << 32 | item of which each holds most."""
        rows, worst = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for part, first in _own(self._corpus):
            table = feather.read_table(part.signatures.with_suffix(HITS), memory_map=False)
            found = table["row"].to_numpy()
            order = np.lexsort((table["item"].to_numpy(), -table["share"].to_numpy(), found))
            places, firsts = np.unique(found[order], return_index=True)
            best = table.take(pa.array(order[firsts]))
            rows.append(places + first)
            benchmarks = best["benchmark"].to_numpy().astype(np.int64)
            worst.append((benchmarks << 32) | best["item"].to_numpy())
        return np.concatenate(rows), np.concatenate(worst)

    def worst(self, row: int) -> str:
        """Return the benchmark and item of which a row holds the largest share."""
        place = int(self.worst_places[np.searchsorted(self.rows, row)])
        file = self._marks.files[place >> 32]
        return f"{file.header.name} {file.label(place & 0xFFFFFFFF)}"

    def write(self, path: Path) -> int:
        """List every hit as a line of JSON; return how many."""
        count = 0
        with published(path) as draft, draft.open("w", encoding="utf-8") as file:
            for part, first in _own(self._corpus):
                for row in feather.read_table(part.signatures.with_suffix(HITS)).to_pylist():
                    file.write(json.dumps(self._line(row, first), ensure_ascii=False) + "\n")
                    count += 1
        return count

    def _line(self, row: dict[str, int | float], first: int) -> dict[str, str | float]:
        benchmark = self._marks.files[int(row["benchmark"])]
        return {
            "id": self._corpus.names(np.array([int(row["row"]) + first]))[0],
            "benchmark": benchmark.header.name,
            "item": benchmark.label(int(row["item"])),
            "share": round(float(row["share"]), 4),
        }


def mark_contaminated(hits: Hits, decisions: Decisions) -> None:
    """Decide that every document with a hit is dropped."""
    assert (decisions.reasons == KEPT).all()  # before any duplicate: a keeper must stay
    decisions.reasons[hits.rows] = CONTAMINATED
