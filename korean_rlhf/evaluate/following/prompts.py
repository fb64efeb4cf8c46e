"""The prompts of evals/following and the constraints that each states."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

from korean_rlhf import tables
from korean_rlhf.errors import BadRecord, KoreanRLHFError
from korean_rlhf.evaluate.benchmarks import Row
from korean_rlhf.evaluate.following.registry import check_constraint


def following(path: Path) -> list[Row]:
    """Read prompts with their constraints.

    The constraints come as JSON text: a table has one set of columns, their parameters have many.

    Raises:
        BadRecord: a key is missing, or a constraint is not asked as it can be; with the line.
    """
    rows = []
    for number, row in tables.rows(path):
        for key in ("id", "prompt", "reference"):
            if not isinstance(row.get(key), str) or not row[key].strip():
                raise BadRecord(path, number, f"needs {key!r}, a text")
        _check(path, number, row.get("constraints"))
        rows.append(
            {
                "id": row["id"],
                "prompt": unicodedata.normalize("NFC", row["prompt"]),
                "reference": row["reference"],
                "constraints": json.dumps(row["constraints"], ensure_ascii=False),
            }
        )
    return rows


def _check(path: Path, number: int, constraints: Any) -> None:
    if not isinstance(constraints, list) or not constraints:
        raise BadRecord(path, number, "needs 'constraints', a list of {name, parameters}")
    for constraint in constraints:
        if not isinstance(constraint, dict) or set(constraint) != {"name", "parameters"}:
            raise BadRecord(path, number, f"{constraint!r} is no {{name, parameters}}")
        try:
            check_constraint(constraint["name"], constraint["parameters"])
        except KoreanRLHFError as problem:
            raise BadRecord(path, number, str(problem)) from None
