"""Where the data of each task is: a local folder first, then the hub when it is allowed."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import BadInput, KoreanRLHFError, UnknownName
from korean_rlhf.evaluate import benchmarks, prose
from korean_rlhf.evaluate.catalogue import SOURCES as SOURCES
from korean_rlhf.evaluate.catalogue import Source
from korean_rlhf.rundir import input_digest

T = TypeVar("T")
PROSE = "prose"
"""The set whose size is told in bytes."""


class NoData(KoreanRLHFError):
    """The data of a task are not in the folder, and the hub is not allowed or has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOptions:
    """Where data may come from; crosses lm-eval as the task manager's metadata."""

    data: str = ""
    """Local folder, "" for none."""

    text: str = ""
    """File or stage folder for bits per byte, "" for heldout.txt in `data`."""

    hub: bool = False
    """Whether the Hugging Face hub may be asked."""

    items: int = 0
    """Items of each task but prose, drawn once and for all; 0 is all."""

    text_bytes: int = 300_000
    """Bytes of text for bits per byte, spread evenly over it."""

    shots: int = 0
    """Worked examples before each question, from another split."""

    seed: int = 1
    """Of the draw of the examples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Found data: a file and its sha256, or a set on the hub."""

    name: str
    path: Path | None = None
    digest: str = ""


def find_source(name: str) -> Source:
    """Return the source called `name`, or say which there are."""
    if name not in SOURCES:
        raise UnknownName("evaluation set", name, SOURCES)
    return SOURCES[name]


def locate(name: str, options: DataOptions) -> Located:
    """Return where the set `name` is, with a digest of the file.

    Raises:
        NoData: it is nowhere that `options` allow; the message says where to get it.
    """
    source = find_source(name)
    for path in _candidates(name, source, options):
        if path.exists():
            return Located(name=name, path=path, digest=input_digest(path))
    if options.hub and source.hub:
        return Located(name=name)
    place = f"in {options.data}" if options.data else "(no --data folder was given)"
    hub = f" or allow {source.hub} with --hub" if source.hub else ""
    raise NoData(f"No {source.files[0]} {place}. Get it from {source.where}{hub}.")


def rows(name: str, options: DataOptions) -> list[benchmarks.Row]:
    """Return the rows of the set `name`, thinned to `options.items` where that is not 0.

    Prose is not: `options.text_bytes` says how much of it is asked.
    """
    found = every_row(name, options)
    return found if name == PROSE else thin(found, options.items)


def every_row(name: str, options: DataOptions) -> list[benchmarks.Row]:
    """Return all rows of the set `name`.

    Raises:
        NoData: they cannot be had.
        BadInput: a file is not what it should be, or holds nothing to ask.
    """
    source, found = find_source(name), locate(name, options)
    if name == PROSE and found.path is not None:
        pieces = prose.read_pieces(found.path, most_bytes=options.text_bytes)
        return [{"text": piece} for piece in pieces]
    if found.path is None:
        items, place = _from_hub(source, source.hub_split), source.hub
    else:
        items, place = source.read(found.path), str(found.path)
    if not items:
        raise BadInput(f"{place}: no item of {name} in it. Get it again from {source.where}.")
    return items


def shot_rows(name: str, options: DataOptions) -> list[benchmarks.Row]:
    """Return the rows of the other split of the set `name`, from which examples are drawn.

    Raises:
        NoData: it has no other split, or that is nowhere that `options` allow.
        BadInput: a file is not what it should be.
    """
    source = find_source(name)
    if not source.shots and not source.hub_shots:
        raise NoData("the set has no other split to take examples from")
    place = f"in {options.data}" if options.data else "(no --data folder was given)"
    missing = ""
    for file in source.shots if options.data else ():
        path = Path(options.data) / file
        if path.exists():
            try:
                return (source.read_shots or source.read)(path)
            except benchmarks.NoFiles as problem:  # a folder of the asked split only
                missing = missing or problem.missing
    if options.hub and source.hub_shots:
        return _from_hub(source, source.hub_shots)
    missing = missing or f"{source.shots[0]} {place}"
    raise NoData(f"there is no {missing}, from which examples are taken")


def rows_digest(found: Sequence[benchmarks.Row]) -> str:
    """Return the sha256 of rows, wherever they came from."""
    text = json.dumps(list(found), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def thin(found: list[T], items: int) -> list[T]:
    """Return `items` of the rows in order, always the same ones; 0 or too many is all.

    Drawn by chance: sets that repeat their labels in a pattern would alias with even steps.
    """
    if items <= 0 or items >= len(found):
        return found
    chosen = random.Random(0).sample(range(len(found)), items)
    return [found[index] for index in sorted(chosen)]


def _candidates(name: str, source: Source, options: DataOptions) -> list[Path]:
    if name == PROSE and options.text:
        return [Path(options.text)]
    folders = [Path(options.data)] if options.data else []
    folders += [asset_dir("evals")] if source.packaged else []
    return [folder / file for folder in folders for file in source.files]


def _from_hub(source: Source, split: str) -> list[benchmarks.Row]:
    """Return the rows of one split of the hub's copy, as the reader of the file gives them."""
    found: list[benchmarks.Row] = []
    for part in source.hub_parts or ("",):
        kept = _download(source, part or source.hub_config, split)
        found += [{**row, "part": part} for row in kept] if part else kept
    if source.from_hub is None:
        return found
    name = Path(source.hub)
    return [source.from_hub(name, number, row) for number, row in enumerate(found, start=1)]


def _download(source: Source, config: str, split: str) -> list[benchmarks.Row]:
    import datasets

    try:
        found = datasets.load_dataset(source.hub, config or None, split=split)
    except Exception as problem:  # the hub's library raises many kinds: all mean "not there"
        raise NoData(
            f"The hub did not give {source.hub} ({problem}). Get it from {source.where}."
        ) from problem
    return [dict(row) for row in found]
