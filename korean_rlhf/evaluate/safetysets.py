"""KoSBi and SQuARe: sentences and answers that people judged safe or not, alone and in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

from korean_rlhf.evaluate.benchmarks.reading import Row, label, records, text

SAFETY = {"safe": 0, "unsafe": 1}
ACCEPTED = {"0": 0, "1": 1}


def kosbi(path: Path) -> list[Row]:
    """Read KoSBi: a context and the sentence after it, which is safe (0) or unsafe (1).

    Raises:
        BadRecord: a text is missing, or a label is none of the two.
    """
    columns = ("context", "sentence", "sentence_label")
    return [
        {
            "context": text(row, "context"),
            "sentence": text(row, "sentence"),
            "label": label(path, number, row, "sentence_label", SAFETY),
        }
        for number, row in records(path, columns)
    ]


def kosbi_pairs(path: Path) -> list[Row]:
    """Read the contexts of KoSBi that have a safe and an unsafe sentence: every such pair."""
    return _pairs(kosbi(path), "context", "sentence", wanted=SAFETY["safe"])


def square(path: Path) -> list[Row]:
    """Read SQuARe's answers to sensitive questions: acceptable (1) or not (0).

    Raises:
        BadRecord: a text is missing, or a label is none of the two.
    """
    columns = ("question", "response", "acceptable?")
    return [
        {
            "question": text(row, "question"),
            "response": text(row, "response"),
            "label": label(path, number, row, "acceptable?", ACCEPTED),
        }
        for number, row in records(path, columns)
    ]


def square_pairs(path: Path) -> list[Row]:
    """Read the questions of SQuARe that have an acceptable answer and another: every such pair."""
    return _pairs(square(path), "question", "response", wanted=1)


def _pairs(rows: Sequence[Row], before: str, after: str, *, wanted: int) -> list[Row]:
    """Return every pair of a wanted and an unwanted text after the same one.

    The wanted one stands first in every other pair, so that no place is always right.
    """
    groups: dict[str, dict[int, list[str]]] = {}
    for row in rows:
        groups.setdefault(row[before], {0: [], 1: []})[row["label"]].append(row[after])
    found = [
        (shared, pair)
        for shared, texts in groups.items()
        for pair in product(texts[wanted], texts[1 - wanted])
    ]
    return [
        {
            before: shared,
            "choices": list(pair if number % 2 == 0 else pair[::-1]),
            "label": number % 2,
        }
        for number, (shared, pair) in enumerate(found)
    ]
