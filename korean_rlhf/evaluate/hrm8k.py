"""HRM8K: mathematics in Korean, every answer a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from korean_rlhf.evaluate import numerals
from korean_rlhf.evaluate.benchmarks.reading import Row, files_in, require, table, text
from korean_rlhf.evaluate.extraction import number
from korean_rlhf.evaluate.statements import boxed

PARTS = ("GSM8K", "KSM", "MATH", "MMMLU", "OMNI_MATH")
COLUMNS = ("question", "answer")


def hrm8k(folder: Path) -> list[Row]:
    """Read a folder of HRM8K's CSV files, as its dataset repository has them.

    "part" is the beginning of a file's name (gsm8k_test.csv: GSM8K).

    Raises:
        BadInput: there is no such file, or one lacks a column.
    """
    return [
        hrm8k_row(file, line, {**row, "part": file.stem.removesuffix("_test")})
        for file in files_in(folder, "*.csv")
        for line, row in table(file, ",", COLUMNS)
    ]


def hrm8k_row(name: Path, number: int, row: Mapping[str, Any]) -> Row:
    """Return a row of the hub's copy, or of a file, as the task asks it.

    Raises:
        BadRecord: it lacks a column.
    """
    require(name, number, row, (*COLUMNS, "part"))
    return {
        "part": str(row["part"]).upper(),
        "question": text(row, "question"),
        "answer": text(row, "answer"),
    }


def scores(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Return whether the number is right, and whether none was found: a `process_results`.

    A right answer that is no number must stand in a box as it is written.
    """
    gold, answer = numerals.parse(str(doc["answer"])), results[0]
    if gold is None:
        content = boxed(answer)
        right = content is not None and _packed(content) == _packed(str(doc["answer"]))
        return {"exact_match": float(right), "extract_failed": float(content is None)}
    found = number(answer)
    return {"exact_match": float(found == gold), "extract_failed": float(found is None)}


def _packed(text: str) -> str:
    return "".join(text.split()).strip("$")
