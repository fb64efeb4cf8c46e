"""`dedup`: documents in, each text once out; a dropped document names the one that was kept."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from korean_rlhf.datacard import write_card
from korean_rlhf.dedup.clusters import KEPT, Decisions, drop_exact, drop_near
from korean_rlhf.dedup.contamination import Fingerprints
from korean_rlhf.dedup.corpus import Corpus, Part
from korean_rlhf.dedup.hashing import hashed, hashing
from korean_rlhf.dedup.lines import count_repeated, write_hashes
from korean_rlhf.dedup.signatures import SUFFIX, fits
from korean_rlhf.dedup.writing import (
    CONTAMINATED_LIST,
    MOST_WRITERS,
    Cutting,
    Hits,
    Written,
    mark_contaminated,
    write_shards,
)
from korean_rlhf.engine import WORK, Counts, drop_work, is_split, split_inputs
from korean_rlhf.progress import say, track
from korean_rlhf.rundir import MANIFEST, open_stage
from korean_rlhf.settings.dedup import DedupSettings
from korean_rlhf.tables import documents_digest

SIGNATURES = "signatures"
"""Folder of the signatures that are kept (`--signatures`)."""


def deduplicate(
    inputs: Sequence[Path], out: Path, settings: DedupSettings, *, replace: bool = False
) -> None:
    """Write the documents of `inputs` without duplicates into the folder `out`.

    Killed and started again, it goes on: shards and signatures that are written are not made again.
    """
    read = [*inputs, *settings.against, *settings.decontaminate]
    relevant = dataclasses.replace(settings, workers=0)  # the result is the same with any number
    with open_stage(out, "dedup", settings=relevant, inputs=read, replace=replace) as stage:
        if not stage.finished:
            marks = Fingerprints.of(settings.decontaminate)
            corpus = _corpus(inputs, out, settings, marks)
            stage.note_time()
            written, facts = _decide_and_write(corpus, out, settings, marks)
            stage.note_time()
            digest = _described(written.counts, out)
            if settings.signatures:
                hashed(sorted(out.glob("part-*.parquet")), out / SIGNATURES, settings)
            counts = written.counts
            stage.finish(counts=counts.manifest(), digest=digest, **facts)
            say(counts.sentence("dedup"))
        drop_work(out)  # last: until the manifest is written, a killed run goes on with it


def _described(counts: Counts, out: Path) -> str:
    """Write the data card; return the digest of the documents, which is made beside it."""
    with ThreadPoolExecutor(1) as thread:
        digest = thread.submit(documents_digest, out)
        write_card(out, "dedup", counts.manifest())
        return digest.result()


def _corpus(
    inputs: Sequence[Path], out: Path, settings: DedupSettings, marks: Fingerprints | None
) -> Corpus:
    """Return the rows of the other corpora and our own, all hashed."""
    others = [
        part
        for number, path in enumerate(settings.against)
        for part in _other_parts(path, out / WORK / f"against-{number}", settings)
    ]
    own = _split_and_hashed(inputs, out, settings, marks, license=settings.license)
    return Corpus([*others, *own], settings.keep)


def _other_parts(path: Path, folder: Path, settings: DedupSettings) -> list[Part]:
    """Return the shards of another corpus, by the signatures that it kept or hashed in `folder`."""
    shards = sorted(path.glob("part-*.parquet")) if (path / MANIFEST).is_file() else []
    kept = [path / SIGNATURES / shard.with_suffix(SUFFIX).name for shard in shards]
    if shards and all(fits(file, settings) for file in kept):
        say(f"dedup: {path} is compared by the signatures that it kept.")
    else:
        return _split_and_hashed([path], folder, settings, origin=str(path))
    return [Part.of(*files, str(path)) for files in zip(kept, shards, strict=True)]


def _split_and_hashed(
    inputs: Sequence[Path],
    folder: Path,
    settings: DedupSettings,
    marks: Fingerprints | None = None,
    *,
    license: str = "",
    origin: str = "",
) -> list[Part]:
    """Return the inputs as shards with signatures, each shard hashed while the next is read."""
    signatures = folder / WORK / SIGNATURES
    if not is_split(folder):
        shutil.rmtree(signatures, ignore_errors=True)  # the shards they were made of are gone
    with hashing(signatures, settings, marks, origin=origin) as work:
        split_inputs(
            inputs,
            folder,
            license=license,
            shard_documents=settings.shard_documents,
            ready=work.add,
        )
        return work.parts()


def _decide_and_write(
    corpus: Corpus, out: Path, settings: DedupSettings, marks: Fingerprints | None
) -> tuple[Written, dict[str, Any]]:
    """Publish every shard; return counts, and facts for the manifest."""
    decisions, facts = Decisions.none(corpus.size), dict[str, Any]()
    hits = Hits(corpus, marks) if marks is not None else None
    if hits is not None:
        facts["contaminated_hits"] = hits.write(out / CONTAMINATED_LIST)
        facts["contaminated_documents"] = len(hits.rows)
        if settings.contaminated == "drop":
            mark_contaminated(hits, decisions)
    drop_exact(corpus, decisions)
    if settings.near:
        scratch = out / WORK / "grams"
        facts["pairs_compared"] = drop_near(corpus, decisions, settings, scratch)
    cutting = _cutting(corpus, decisions, out, settings) if settings.lines else None
    written = write_shards(
        corpus, out, decisions, hits, cutting, threads=min(MOST_WRITERS, settings.processes)
    )
    if cutting is not None:
        facts |= {
            "cut_pieces": written.cut_pieces,
            "cut_documents": written.cut_documents,
            "cut_characters": written.cut_characters,
        }
    return written, facts


def _cutting(corpus: Corpus, decisions: Decisions, out: Path, settings: DedupSettings) -> Cutting:
    """Return the lines that stand in too many of the documents that stay."""
    folder, files = out / WORK / "lines", []
    folder.mkdir(exist_ok=True)
    with track(len(corpus.parts), "counting lines", "shards") as advance:
        for part, first in zip(corpus.parts, corpus.firsts.tolist(), strict=False):
            if not part.origin:
                stays = decisions.reasons[first : first + part.count] == KEPT
                texts = pq.read_table(part.texts, columns=["text"])["text"]
                files.append(folder / f"{part.texts.stem}.npy")
                chosen = (text.as_py() for text, is_in in zip(texts, stays, strict=True) if is_in)
                write_hashes(chosen, files[-1], settings.line_characters)
            advance()
    return Cutting(count_repeated(files, settings.line_documents), settings.line_characters)
