"""`dedup`: documents in, each text once out; a dropped document names the one that was kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from korean_rlhf.datacard import write_card
from korean_rlhf.dedup.clusters import (
    Corpus,
    Pairs,
    candidate_pairs,
    exact_clusters,
    gram_hashes,
    near_clusters,
    similarity,
)
from korean_rlhf.dedup.signatures import write_signatures
from korean_rlhf.engine import WORK, Counts, drop_work, publish, split_inputs
from korean_rlhf.progress import say, track
from korean_rlhf.rundir import open_stage
from korean_rlhf.settings.dedup import DedupSettings
from korean_rlhf.tables import documents_digest

Decisions = dict[int, tuple[str, str]]
"""Row of a dropped document -> reason and the id of the document kept."""


def deduplicate(
    inputs: Sequence[Path], out: Path, settings: DedupSettings, *, replace: bool = False
) -> None:
    """Write the documents of `inputs` without duplicates into the folder `out`.

    Of a cluster the longest text stays, then the one with the smallest id. Killed and started
    again, it goes on: shards and signatures that are written are not made again.
    """
    with open_stage(out, "dedup", settings=settings, inputs=inputs, replace=replace) as stage:
        if stage.finished:
            return
        shards = split_inputs(
            inputs, out, license=settings.license, shard_documents=settings.shard_documents
        )
        signatures = _signatures(shards, out, settings)
        stage.note_time()
        decisions, facts = _decide(Corpus.of(signatures), shards, settings)
        stage.note_time()
        counts = _write(shards, out, decisions)
        write_card(out, "dedup", counts.manifest())
        drop_work(out)
        stage.finish(counts=counts.manifest(), digest=documents_digest(out), **facts)
        say(counts.sentence("dedup"))


def _signatures(shards: Sequence[Path], out: Path, settings: DedupSettings) -> list[Path]:
    folder = out / WORK / "signatures"
    folder.mkdir(exist_ok=True)
    with track(len(shards), "hashing", "shards") as advance:
        for shard in shards:
            write_signatures(shard, folder, settings)
            advance()
    return [folder / shard.name for shard in shards]


def _decide(
    corpus: Corpus, shards: Sequence[Path], settings: DedupSettings
) -> tuple[Decisions, dict[str, int]]:
    """Return what is dropped and why, and how many pairs were compared."""
    exact = exact_clusters(corpus)
    near: dict[int, int] = {}
    candidates: Pairs = np.zeros((0, 2), np.int64)
    if settings.near:
        candidates = candidate_pairs(corpus, exact, settings.bands)
        near = near_clusters(_verified(candidates, shards, settings), corpus)
    decisions: Decisions = {}
    for reason, dropped in (("exact-duplicate", exact), ("near-duplicate", near)):
        for row, kept in dropped.items():
            final = near.get(kept, kept)  # the keeper of exact copies may itself be a near copy
            decisions[row] = (reason, str(corpus.ids[final].as_py()))
    return decisions, {"pairs_compared": len(candidates)}


def _verified(pairs: Pairs, shards: Sequence[Path], settings: DedupSettings) -> Pairs:
    """Return the pairs whose true similarity reaches the limit."""
    if not len(pairs):
        return pairs
    grams = _grams(np.unique(pairs), shards, settings.ngram)
    with track(len(pairs), "comparing", "pairs") as advance:
        close = []
        for left, right in pairs.tolist():
            close.append(similarity(grams[left], grams[right]) >= settings.min_similarity)
            advance()
    verified: Pairs = pairs[np.asarray(close, bool)]
    return verified


def _grams(
    rows: npt.NDArray[np.int64], shards: Sequence[Path], n: int
) -> dict[int, npt.NDArray[np.uint64]]:
    """Return the n-gram hashes of the documents in `rows`, read shard by shard."""
    grams: dict[int, npt.NDArray[np.uint64]] = {}
    first = 0
    for shard in shards:
        texts = pq.read_table(shard, columns=["text"])["text"]
        here = rows[(rows >= first) & (rows < first + len(texts))]
        for row in here.tolist():
            grams[row] = gram_hashes(texts[row - first].as_py(), n)
        first += len(texts)
    return grams


def _write(shards: Sequence[Path], out: Path, decisions: Decisions) -> Counts:
    """Publish every shard with the decisions about its documents."""
    (out / "dropped").mkdir(exist_ok=True)
    counts, first = Counts(), 0
    for shard in shards:
        table = pq.read_table(shard)
        found = [decisions.get(first + place, ("", "")) for place in range(table.num_rows)]
        for name, values in (("reason", [f[0] for f in found]), ("detail", [f[1] for f in found])):
            table = table.append_column(name, pa.array(values, pa.string()))
        publish(out, shard.name, table)
        reasons = [reason for reason, _ in found if reason]
        counts.add(table.num_rows - len(reasons), [(reason, 1) for reason in reasons])
        first += table.num_rows
    return counts
