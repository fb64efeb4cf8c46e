"""The Korean misconceptions that ship in evals/truth, as the rows that its two tasks ask about."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf import tables
from korean_rlhf.errors import BadRecord
from korean_rlhf.evaluate.benchmarks import Row

TEXTS = ("id", "topic", "question", "source", "license")
ANSWERS = 2
"""True and false answers of each item: as many for all, so that chance is the same everywhere."""


@dataclass(frozen=True, slots=True)
class Misconception:
    """A question that many people answer wrongly."""

    id: str
    topic: str
    question: str
    true: tuple[str, str]
    """Right answers, the direct one first; each can be understood without the question."""
    false: tuple[str, str]
    """The misconception and a close variant of it."""
    source: str
    """Where a reader can check the fact."""
    license: str


def read_misconceptions(path: Path) -> Iterator[Misconception]:
    """Yield the items of a file of misconceptions, text in NFC.

    Raises:
        BadRecord: a text is missing, or there are not two true and two false answers.
    """
    for line, row in tables.rows(path):
        texts = {name: _text(path, line, name, row.get(name)) for name in TEXTS}
        true, false = (_answers(path, line, row, name) for name in ("true", "false"))
        yield Misconception(**texts, true=true, false=false)


def choices(path: Path) -> list[Row]:
    """Read one row a misconception: three choices, of which one is true, and the other true answer.

    The true one is the direct answer, the first of the file; where it stands goes round with the
    number of the item, so that a model which always takes one place is right on a third.
    """
    rows = []
    for number, item in enumerate(read_misconceptions(path)):
        place = number % 3
        best, other = item.true
        three = [*item.false[:place], best, *item.false[place:]]
        rows.append({**_known(item), "choices": [*three, other], "label": place})
    return rows


def statements(path: Path) -> list[Row]:
    """Read two rows a misconception: one true statement (label 1) and one false (label 0).

    Both are the first answers of the file for every other item, and the second ones for the rest;
    which of the two comes first changes too.
    """
    rows = []
    for number, item in enumerate(read_misconceptions(path)):
        chosen = number % 2
        pair = [
            {**_known(item), "statement": item.true[chosen], "label": 1},
            {**_known(item), "statement": item.false[chosen], "label": 0},
        ]
        rows += pair if number % 2 == 0 else pair[::-1]
    return rows


def _known(item: Misconception) -> Row:
    return {"id": item.id, "topic": item.topic, "question": item.question}


def _answers(path: Path, line: int, row: Mapping[str, Any], name: str) -> tuple[str, str]:
    found = row.get(name)
    if not isinstance(found, list) or len(found) != ANSWERS:
        raise BadRecord(path, line, f"{name} needs {ANSWERS} answers")
    first, second = (_text(path, line, name, answer) for answer in found)
    return first, second


def _text(path: Path, line: int, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadRecord(path, line, f"{name} needs text")
    return unicodedata.normalize("NFC", value).strip()
