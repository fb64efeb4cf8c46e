"""The crawl stage without a network: read an input, keep what has a licence, count the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from korean_rlhf.errors import BadInput, UnknownName
from korean_rlhf.progress import say, track
from korean_rlhf.records import Document, Drop
from korean_rlhf.rundir import Stage, open_stage
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources.files import read_files
from korean_rlhf.sources.namu import read_namu
from korean_rlhf.sources.reading import Dropped
from korean_rlhf.sources.warc import read_warc
from korean_rlhf.sources.wikipedia import read_wikipedia
from korean_rlhf.tables import DocumentWriter, UniqueIds, documents_digest

Reader: TypeAlias = Callable[[Path, ReadSettings], Iterator[Document | Dropped]]
STAGE = "crawl"
SOURCES: dict[str, Reader] = {
    "wikipedia-dump": read_wikipedia,
    "namu-dump": read_namu,
    "warc": read_warc,
    "files": read_files,
}
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectSettings(ReadSettings):
    """What a folder of raw documents was made with."""

    reader: str
    """Name in SOURCES."""


def collect(
    source: str, inputs: Sequence[Path], out: Path, settings: ReadSettings, replace: bool = False
) -> None:
    """Read `inputs` with the reader called `source` into the stage folder `out`.

    Documents without a licence are dropped as "unknown-license". Run again after a kill, it begins
    anew; finished, it does nothing.

    Raises:
        UnknownName: there is no such reader.
        MissingInput, BadInput, BadRecord: an input is not there, or is not what the reader reads.
    """
    if source not in SOURCES:
        raise UnknownName("source", source, SOURCES)
    reader = SOURCES[source]
    known = CollectSettings(
        reader=source,
        license=settings.license,
        source=settings.source,
        text_field=settings.text_field,
    )
    with open_stage(out, STAGE, settings=known, inputs=inputs, replace=replace) as stage:
        if not stage.finished:
            found = (item for path in inputs for item in reader(path, settings))
            write_documents(stage, found, label=f"crawl {source}")


def write_documents(
    stage: Stage, found: Iterable[Document | Dropped], *, label: str, **facts: object
) -> None:
    """Write what a reader yields into the stage folder and finish the stage."""
    for leftover in (*stage.folder.glob("*.parquet"), *stage.folder.glob("dropped/*.parquet")):
        leftover.unlink()
    ids = UniqueIds()
    with DocumentWriter(stage.folder) as writer, track(None, label, "pages") as advance:
        for item in found:
            if isinstance(item, Dropped):
                writer.drop(storable(item.document), item.drop)
            elif not item.license:
                writer.drop(storable(item), Drop("unknown-license"))
            else:
                writer.write(replace(storable(item), id=ids.unique(item.id)))
            advance()
    counts = writer.counts
    if not counts["in"]:
        raise BadInput(
            "There is nothing to read in the inputs. Check that they are the right ones."
        )
    stage.finish(counts=counts, digest=documents_digest(stage.folder), **facts)
    lost = ", ".join(f"{reason} {number}" for reason, number in counts["dropped"].items())
    say(f"{label}: {counts['out']} documents in {stage.folder}; dropped: {lost or 'none'}")
    if "unknown-license" in counts["dropped"]:
        say("Pages without a known licence are kept out; --license says it for them.")


def storable(document: Document) -> Document:
    r"""Return `document` without half characters (\ud800-\udfff), which UTF-8 cannot hold."""
    if not LONE_SURROGATE.search(document.text + document.title):
        return document
    title = LONE_SURROGATE.sub("\ufffd", document.title)
    return replace(document, text=LONE_SURROGATE.sub("\ufffd", document.text), title=title)
