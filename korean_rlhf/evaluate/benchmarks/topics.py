"""What a short text is about or thinks: YNAT (news headlines) and NSMC (film reviews)."""

from __future__ import annotations

import csv
from pathlib import Path

from korean_rlhf.evaluate.benchmarks.reading import Row, label, records, table, text

TOPICS = ("IT과학", "경제", "사회", "생활문화", "세계", "스포츠", "정치")
"""In the order of their numbers on the hub."""
SENTIMENTS = {"0": 0, "1": 1}


def klue_ynat(path: Path) -> list[Row]:
    """Read YNAT: a JSON array of {title, label}; the label is the topic's name."""
    return [klue_ynat_row(path, line, row) for line, row in records(path, ("title", "label"))]


def klue_ynat_row(path: Path, line: int, row: Row) -> Row:
    """Return a row of YNAT; the file names the topic, the hub numbers it."""
    known = {name.lower(): at for at, name in enumerate(TOPICS)}
    known |= {str(at): at for at in range(len(TOPICS))}
    return {"title": text(row, "title"), "label": label(path, line, row, "label", known)}


def nsmc(path: Path) -> list[Row]:
    """Read NSMC: id, document, label (1 liked the film); quotes in it are letters.

    Three reviews of the test set are empty. They stay: leaving them out would be another set.
    """
    return [
        {"document": text(row, "document"), "label": label(path, line, row, "label", SENTIMENTS)}
        for line, row in table(path, "\t", ("document", "label"), quoting=csv.QUOTE_NONE)
    ]
