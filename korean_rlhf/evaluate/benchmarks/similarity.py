"""How like two sentences are in meaning, from 0 to 5: KLUE-STS and KorSTS."""

from __future__ import annotations

import csv
from pathlib import Path

from korean_rlhf.evaluate.benchmarks.reading import (
    Row,
    label,
    number,
    records,
    require,
    table,
    text,
)

MOST = 5.0
SAME = 3.0
"""From here on KLUE calls two sentences alike; in its own file the binary label is that."""


def klue_sts(path: Path) -> list[Row]:
    """Read KLUE-STS: a JSON array of {sentence1, sentence2, labels}."""
    columns = ("sentence1", "sentence2", "labels")
    return [klue_sts_row(path, line, row) for line, row in records(path, columns)]


def klue_sts_row(path: Path, line: int, row: Row) -> Row:
    """Return a row of KLUE-STS; the file and the hub spell it alike.

    The score is `real-label`, the mean of the annotators that KLUE's own correlation is against;
    `label` is that mean rounded.
    """
    labels = row["labels"]
    require(path, line, labels, ("real-label", "binary-label"))
    return {
        "sentence1": text(row, "sentence1"),
        "sentence2": text(row, "sentence2"),
        "score": number(path, line, labels, "real-label", MOST),
        "label": label(path, line, labels, "binary-label", {"0": 0, "1": 1}),
    }


def korsts(path: Path) -> list[Row]:
    """Read KorSTS (STS-B in Korean); quotes in it are letters, not markup."""
    columns = ("score", "sentence1", "sentence2")
    rows = []
    for line, row in table(path, "\t", columns, quoting=csv.QUOTE_NONE):
        score = number(path, line, row, "score", MOST)
        sentences = {name: text(row, name) for name in ("sentence1", "sentence2")}
        rows.append({**sentences, "score": score, "label": int(score >= SAME)})
    return rows
