from __future__ import annotations

from typing import Any

import pytest

from korean_rlhf.translate.protect import cut, outline_change, protect, restore
from tests.golden.cases import cases, rows


@pytest.mark.parametrize("case", cases("protect"))
def test_spans_and_prose(case: dict[str, Any]):
    found = protect(case["original"])

    assert list(found.originals) == case["spans"]
    if "prose" in case:
        assert list(cut(found, sentences=True).prose) == case["prose"]


@pytest.mark.parametrize("case", rows("protect"), ids=lambda case: case["label"])
def test_nothing_is_lost_on_any_way(case: dict[str, Any]):
    found = protect(case["original"], numbers=True)
    parts = cut(found, sentences=True)

    assert restore(found.masked, found.spans).text == case["original"]
    assert parts.join(parts.prose) == found.masked
    assert outline_change(found, found.masked) == ""
