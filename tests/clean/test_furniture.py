"""Lines of the page around the text: golden cases."""

import pytest

from korean_rlhf.clean.markup.furniture import strip_furniture
from tests.golden.cases import cases, rows

ROWS = rows("furniture")


@pytest.mark.parametrize("row", cases("furniture"))
def test_furniture_on_golden_case(row):
    cleaned = strip_furniture(row["original"])

    assert cleaned == row["cleaned"]
    assert strip_furniture(cleaned) == cleaned, "cleaning twice must change nothing"


def test_the_golden_file_holds_negative_and_known_failing_cases():
    kept = [row for row in ROWS if row["original"] == row["cleaned"] and row["expect"] == "pass"]

    assert len(ROWS) >= 50 and len(kept) >= 15
    assert sum(row["expect"] == "fail" for row in ROWS) >= 3
