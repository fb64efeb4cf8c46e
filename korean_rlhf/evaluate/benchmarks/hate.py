"""Hateful or not: BEEP! and APEACH."""

from __future__ import annotations

import csv
from pathlib import Path

from korean_rlhf.evaluate.benchmarks.reading import Row, label, table, text

HATE = {"none": 0, "offensive": 1, "hate": 2}
APEACH = {"default": 0, "spoiled": 1}


def beep(path: Path) -> list[Row]:
    """Read BEEP!: film news comments, hate in three grades."""
    return [
        {"comments": text(row, "comments"), "label": label(path, line, row, "hate", HATE)}
        for line, row in table(path, "\t", ("comments", "hate"), quoting=csv.QUOTE_NONE)
    ]


def apeach(path: Path) -> list[Row]:
    """Read APEACH: written sentences, hateful (Spoiled) or not (Default)."""
    return [
        {"text": text(row, "text"), "label": label(path, line, row, "class", APEACH)}
        for line, row in table(path, ",", ("text", "class"))
    ]
