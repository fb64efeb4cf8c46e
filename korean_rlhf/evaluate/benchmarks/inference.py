"""Does a hypothesis follow from a premise: KLUE-NLI and KorNLI."""

from __future__ import annotations

import csv
from pathlib import Path

from korean_rlhf.evaluate.benchmarks.reading import Row, json_array, label, table, text

INFERENCE = {"entailment": 0, "neutral": 1, "contradiction": 2}


def klue_nli(path: Path) -> list[Row]:
    """Read KLUE-NLI: a JSON array of {premise, hypothesis, gold_label}."""
    rows = json_array(path)
    return [
        {
            "premise": text(row, "premise"),
            "hypothesis": text(row, "hypothesis"),
            "label": label(path, number, row, "gold_label", INFERENCE),
        }
        for number, row in enumerate(rows, start=1)
    ]


def kornli(path: Path) -> list[Row]:
    """Read KorNLI (XNLI in Korean); quotes in it are letters, not markup."""
    columns = ("sentence1", "sentence2", "gold_label")
    return [
        {
            "premise": text(row, "sentence1"),
            "hypothesis": text(row, "sentence2"),
            "label": label(path, line, row, "gold_label", INFERENCE),
        }
        for line, row in table(path, "\t", columns, quoting=csv.QUOTE_NONE)
    ]
