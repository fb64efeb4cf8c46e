"""Questions about a passage, and sentences against common sense: Belebele and KoCommonGEN."""

from __future__ import annotations

from pathlib import Path

from korean_rlhf.evaluate.benchmarks.reading import Row, label, records, require, text

ANSWERS = {str(at + 1): at for at in range(4)}
"""Both sets number the right one of four from 1."""
BELEBELE_CHOICES = tuple(f"mc_answer{number}" for number in range(1, 5))
BELEBELE_COLUMNS = (
    "link",
    "flores_passage",
    "question",
    *BELEBELE_CHOICES,
    "correct_answer_num",
)
COMMONGEN_COLUMNS = ("concept_set", "1", "2", "3", "4", "gold")


def belebele(path: Path) -> list[Row]:
    """Read Belebele: one JSON object a line; questions about one passage share its link."""
    return [belebele_row(path, line, row) for line, row in records(path, BELEBELE_COLUMNS)]


def belebele_row(path: Path, line: int, row: Row) -> Row:
    """Return a row of Belebele; the file and the hub spell it alike."""
    require(path, line, row, BELEBELE_COLUMNS)
    return {
        "link": text(row, "link"),
        "passage": text(row, "flores_passage"),
        "question": text(row, "question"),
        "choices": [text(row, name) for name in BELEBELE_CHOICES],
        "label": label(path, line, row, "correct_answer_num", ANSWERS),
    }


def kocommongen(path: Path) -> list[Row]:
    """Read KoCommonGEN v2: one JSON object a line; concepts are joined with #."""
    return [
        {
            "concepts": text(row, "concept_set").split("#"),
            "choices": [text(row, name) for name in "1234"],
            "label": label(path, line, row, "gold", ANSWERS),
        }
        for line, row in records(path, COMMONGEN_COLUMNS)
    ]
