"""Lines of the page around the text: golden cases."""

import json
from pathlib import Path

import pytest

from korean_rlhf.clean.markup.furniture import strip_furniture

GOLDEN = Path(__file__).parents[1] / "golden/furniture.jsonl"
ROWS = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


def cases():
    for row in ROWS:
        fails = row["expect"] == "fail"
        marks = [pytest.mark.xfail(strict=True, reason=row["why"])] if fails else []
        yield pytest.param(row, marks=marks, id=row["label"])


@pytest.mark.parametrize("row", cases())
def test_furniture_on_golden_case(row):
    cleaned = strip_furniture(row["original"])

    assert cleaned == row["cleaned"]
    assert strip_furniture(cleaned) == cleaned, "cleaning twice must change nothing"


def test_the_golden_file_holds_negative_and_known_failing_cases():
    kept = [row for row in ROWS if row["original"] == row["cleaned"] and row["expect"] == "pass"]

    assert len(ROWS) >= 50 and len(kept) >= 15
    assert sum(row["expect"] == "fail" for row in ROWS) >= 3
