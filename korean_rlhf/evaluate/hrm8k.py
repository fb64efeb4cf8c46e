"""HRM8K: mathematics in Korean, every answer a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from korean_rlhf.errors import BadInput
from korean_rlhf.evaluate import numerals
from korean_rlhf.evaluate.benchmarks import Row, table, text
from korean_rlhf.evaluate.extraction import number
from korean_rlhf.evaluate.statements import boxed

COLUMNS = ("question", "answer")


def hrm8k(folder: Path) -> list[Row]:
    """Read a folder of HRM8K's CSV files, as its dataset repository has them.

    "subset" is the beginning of a file's name (gsm8k_test.csv: gsm8k).

    Raises:
        BadInput: there is no such file, or one lacks a column.
    """
    files = sorted(folder.rglob("*.csv"))
    if not files:
        raise BadInput(f"{folder}: no .csv file. Put HRM8K's files there.")
    return [
        {
            "subset": file.stem.removesuffix("_test").lower(),
            "question": text(row, "question"),
            "answer": text(row, "answer"),
        }
        for file in files
        for _, row in table(file, ",", COLUMNS)
    ]


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
