"""The records of a finished `translate` folder, source and translation side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from korean_rlhf import tables
from korean_rlhf.disk import read_json_object
from korean_rlhf.errors import BadInput, MissingInput
from korean_rlhf.rundir import MANIFEST, SETTINGS
from korean_rlhf.settings.loading import fill, read_toml
from korean_rlhf.settings.reading import ReadSettings
from korean_rlhf.translate.reading import Record, Unread, read_records

KEPT = ("instructions.jsonl", "comparisons.jsonl")
_PLACE = re.compile(r"^(message|response) (\d+): ")


@dataclass(frozen=True, slots=True)
class Text:
    """One message or response in both languages."""

    speaker: str
    english: str
    korean: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """One record in both languages, and why it was dropped."""

    id: str
    texts: tuple[Text, ...]
    reason: str = ""
    """"" for a record that was kept."""
    detail: str = ""
    at_fault: int = -1
    """Place in `texts` of the one at fault; -1 for none, or none that is known."""


def input_paths(folder: Path) -> list[Path]:
    """Return the files that a finished `translate` folder was made of, as its manifest says.

    Raises:
        MissingInput: the folder is not finished.
        BadInput: it was made by another stage.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise MissingInput(folder, "korean-rlhf translate")
    manifest = read_json_object(path, fix="Translate again.")
    if manifest.get("stage") != "translate":
        raise BadInput(f"{folder} was made by {manifest.get('stage')!r}, not by translate.")
    paths = (Path(str(item["path"])) for item in manifest.get("inputs", []))
    return [path for path in paths if path.suffix != ".toml"]


def read_pairs(folder: Path, inputs: Sequence[Path]) -> Iterator[Pairs]:
    """Yield the kept records of `folder` in the order of `inputs`, then those that were dropped.

    The Korean of the kept ones is in memory meanwhile, for their source is found by id.

    Raises:
        MissingInput: an input is not there any more.
    """
    kept = {str(row.get("id", "")): row for row in _rows(folder, KEPT)}
    for record in read_records(inputs, _reading(folder)):
        if isinstance(record, Unread):
            continue
        row = kept.get(record.id)
        if row is not None:
            yield Pairs(record.id, _side_by_side(_texts(_as_row(record)), _texts(row)))
    for row in _rows(folder, (tables.DROPPED,)):
        yield _dropped(row)


def _rows(folder: Path, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    for name in names:
        if (folder / name).is_file():
            yield from (row for _, row in tables.rows(folder / name))


def _reading(folder: Path) -> ReadSettings:
    """Return how the inputs of `folder` were read; a row that was bad then is in its drops."""
    said = read_toml(folder / SETTINGS)
    own = {field.name: said[field.name] for field in fields(ReadSettings) if field.name in said}
    return fill(ReadSettings, own | {"bad_rows": "drop"}, where=str(folder / SETTINGS))


def _as_row(record: Record) -> dict[str, Any]:
    return dict(tables.to_json(record))


def _texts(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (speaker, text) of the messages of a row, then of its responses."""
    messages = row.get("messages") or []
    found = [(str(each.get("role", "")), str(each.get("content", ""))) for each in messages]
    return found + [("response", str(text)) for text in row.get("responses") or []]


def _side_by_side(
    english: Sequence[tuple[str, str]], korean: Sequence[tuple[str, str]]
) -> tuple[Text, ...]:
    return tuple(
        Text(speaker, before, after)
        for (speaker, before), (_, after) in zip(english, korean, strict=False)
    )


def _dropped(row: dict[str, Any]) -> Pairs:
    """Return a dropped record: its detail names the text at fault."""
    english = _texts(row)
    korean = [str(text) for text in row.get("translations") or []]
    korean += [""] * (len(english) - len(korean))
    texts = _side_by_side(english, [("", text) for text in korean])
    detail = str(row.get("detail", ""))
    found = _PLACE.match(detail)
    place = int(found[2]) + (_asked(row) if found[1] == "response" else 0) if found else -1
    said = detail[found.end() :] if found else detail
    return Pairs(str(row.get("id", "")), texts, str(row.get("reason", "")), said, place)


def _asked(row: dict[str, Any]) -> int:
    return len(row.get("messages") or [])
