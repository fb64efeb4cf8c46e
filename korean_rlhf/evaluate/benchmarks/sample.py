"""The held-out questions of the sample world."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from korean_rlhf import tables
from korean_rlhf.errors import BadRecord
from korean_rlhf.evaluate.benchmarks.reading import Row, text


def sample_choices(path: Path) -> list[Row]:
    """Read the sample world's held-out questions with four answers to choose from."""
    rows = []
    for number, row in tables.rows(path):
        choices, answer = row.get("choices"), row.get("answer")
        known = isinstance(answer, int) and answer in range(4)
        if not isinstance(choices, list) or len(choices) != 4 or not known:
            raise BadRecord(path, number, "needs four choices and an answer from 0 to 3")
        rows.append(
            {
                "question": text(row, "question"),
                "choices": [unicodedata.normalize("NFC", str(choice)) for choice in choices],
                "label": answer,
            }
        )
    return rows
