"""What a reader yields, written into a stage folder that can be killed at any moment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from korean_rlhf.disk import read_json_object
from korean_rlhf.errors import BadInput
from korean_rlhf.progress import say, track
from korean_rlhf.records import Document, Drop
from korean_rlhf.rundir import Stage, atomic_write_text
from korean_rlhf.sources.reading import Bookmark, Dropped
from korean_rlhf.tables import DocumentWriter, UniqueIds, documents_digest, parquet_batches

POSITION = ".position.json"
"""What is safe on disk in an unfinished folder, and where the reader goes on."""
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Position:
    """How far a stage is: everything before the bookmark stands in these shards."""

    bookmark: Any = None
    """Of the reader; None before the first."""
    kept_shards: int = 0
    lost_shards: int = 0
    kept: int = 0
    lost: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


def read_position(folder: Path) -> Position:
    """Return how far an unfinished stage came, the beginning where nothing is safe yet."""
    if not (folder / POSITION).is_file():
        return Position()
    return Position(**read_json_object(folder / POSITION, fix="Delete the folder and run again."))


def write_documents(
    stage: Stage, found: Iterable[Document | Dropped | Bookmark], *, label: str, **facts: object
) -> None:
    """Write what a reader yields into the stage folder and finish the stage.

    At the first bookmark after a shard is full, all that is pending goes to disk with the bookmark.
    Killed and started again, `found` must begin behind `read_position(stage.folder).bookmark`; the
    shards are then those of an unbroken run.

    Raises:
        BadInput: the reader yields nothing.
    """
    position = read_position(stage.folder)
    _drop_later_shards(stage.folder, position)
    ids = _ids_of(stage.folder)
    with DocumentWriter(stage.folder) as writer:
        _restore(writer, position)
        with track(None, label, "pages", done=position.kept + position.lost) as advance:
            for item in found:
                if isinstance(item, Bookmark):
                    _keep_position(stage, writer, item, position)
                else:
                    _write(writer, item, ids)
                    advance()
    _finish(stage, writer, label, facts)


def _write(writer: DocumentWriter, item: Document | Dropped, ids: UniqueIds) -> None:
    if isinstance(item, Dropped):
        writer.drop(storable(item.document), item.drop)
    elif not item.license:
        writer.drop(storable(item), Drop("unknown-license"))
    else:
        writer.write(replace(storable(item), id=ids.unique(item.id)))


def _drop_later_shards(folder: Path, position: Position) -> None:
    """Delete the shards that were written after the position: they will be written again."""
    for place, safe in ((folder, position.kept_shards), (folder / "dropped", position.lost_shards)):
        for shard in place.glob("part-*.parquet"):
            if int(shard.stem.removeprefix("part-")) >= safe:
                shard.unlink()


def _ids_of(folder: Path) -> UniqueIds:
    """Return the ids given out so far: those in the shards, whatever their order was."""
    ids = UniqueIds()
    for shard in sorted(folder.glob("part-*.parquet")):
        for batch in parquet_batches(shard):
            for name in batch.column("id").to_pylist():
                ids.unique(name)
    return ids


def _restore(writer: DocumentWriter, position: Position) -> None:
    writer.kept.number, writer.kept.count = position.kept_shards, position.kept
    writer.lost.number, writer.lost.count = position.lost_shards, position.lost
    writer.reasons.update(position.reasons)


def _keep_position(
    stage: Stage, writer: DocumentWriter, bookmark: Bookmark, last: Position
) -> None:
    """Make all that came before the bookmark safe, once a shard of it was full."""
    if (writer.kept.number, writer.lost.number) == (last.kept_shards, last.lost_shards):
        return
    writer.flush()
    last.bookmark = bookmark.place
    last.kept_shards, last.kept = writer.kept.number, writer.kept.count
    last.lost_shards, last.lost = writer.lost.number, writer.lost.count
    last.reasons = dict(writer.reasons)
    atomic_write_text(stage.folder / POSITION, json.dumps(asdict(last), ensure_ascii=False))
    stage.note_time()


def _finish(stage: Stage, writer: DocumentWriter, label: str, facts: dict[str, object]) -> None:
    counts = writer.counts
    if not counts["in"]:
        raise BadInput(
            "There is nothing to read in the inputs. Check that they are the right ones."
        )
    stage.finish(counts=counts, digest=documents_digest(stage.folder), **facts)
    (stage.folder / POSITION).unlink(missing_ok=True)
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
