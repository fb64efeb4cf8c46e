"""The crawl stage without a network: read an input, keep what has a licence, count the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeAlias

from korean_rlhf.errors import UnknownName
from korean_rlhf.records import Document
from korean_rlhf.rundir import open_stage
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources.files import read_files
from korean_rlhf.sources.namu import read_namu
from korean_rlhf.sources.reading import Bookmark, Dropped
from korean_rlhf.sources.warc import read_warc
from korean_rlhf.sources.wikipedia import read_wikipedia
from korean_rlhf.sources.writing import read_position, write_documents

Reader: TypeAlias = Callable[[Path, ReadSettings], Iterator[Document | Dropped | Bookmark]]
STAGE = "crawl"
SOURCES: dict[str, Reader] = {
    "wikipedia-dump": read_wikipedia,
    "namu-dump": read_namu,
    "warc": read_warc,
    "files": read_files,
}
FROM_BOOKMARK: dict[str, Callable[[Path, ReadSettings, Any], Iterator[Any]]] = {
    "wikipedia-dump": read_wikipedia,
}
"""Readers that go on from a bookmark of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectSettings(ReadSettings):
    """What a folder of raw documents was made with."""

    reader: str
    """Name in SOURCES."""


def collect(
    source: str, inputs: Sequence[Path], out: Path, settings: ReadSettings, replace: bool = False
) -> None:
    """Read `inputs` with the reader called `source` into the stage folder `out`.

    Documents without a licence are dropped as "unknown-license". Run again after a kill, it goes on
    from the reader's last bookmark, or with the input that was being read; finished, it does
    nothing. The number of workers changes nothing in what is written.

    Raises:
        UnknownName: there is no such reader.
        MissingInput, BadInput, BadRecord: an input is not there, or is not what the reader reads.
    """
    if source not in SOURCES:
        raise UnknownName("source", source, SOURCES)
    values = {field.name: getattr(settings, field.name) for field in fields(ReadSettings)}
    known = CollectSettings(reader=source, **values | {"workers": 0})
    with open_stage(out, STAGE, settings=known, inputs=inputs, replace=replace) as stage:
        if not stage.finished:
            place = read_position(out).bookmark
            found = _read(source, inputs, settings, place)
            write_documents(stage, found, label=f"crawl {source}")


def _read(
    source: str, inputs: Sequence[Path], settings: ReadSettings, place: Any
) -> Iterator[Document | Dropped | Bookmark]:
    """Yield what the reader finds in all inputs; a bookmark names the input and a place in it."""
    first, inside = place or (0, None)
    for number, path in enumerate(inputs):
        if number < first:
            continue
        found = (
            FROM_BOOKMARK[source](path, settings, inside)
            if number == first and inside is not None
            else SOURCES[source](path, settings)
        )
        for item in found:
            yield Bookmark([number, item.place]) if isinstance(item, Bookmark) else item
        yield Bookmark([number + 1, None])
