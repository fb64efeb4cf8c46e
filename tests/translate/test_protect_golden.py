from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf.translate.protect import cut, outline_change, protect, restore

GOLDEN = Path(__file__).parent.parent / "golden" / "protect.jsonl"


def cases() -> list[Any]:
    found = []
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        marks = [pytest.mark.xfail(strict=True)] if case["expect"] == "fail" else []
        found.append(pytest.param(case, id=case["label"], marks=marks))
    return found


@pytest.mark.parametrize("case", cases())
def test_spans_and_prose(case: dict[str, Any]):
    found = protect(case["original"])

    assert list(found.originals) == case["spans"]
    if "prose" in case:
        assert list(cut(found, sentences=True).prose) == case["prose"]


@pytest.mark.parametrize("case", [pytest.param(case.values[0], id=case.id) for case in cases()])
def test_nothing_is_lost_on_any_way(case: dict[str, Any]):
    found = protect(case["original"], numbers=True)
    parts = cut(found, sentences=True)

    assert restore(found.masked, found.spans).text == case["original"]
    assert parts.join(parts.prose) == found.masked
    assert outline_change(found, found.masked) == ""
