"""Golden cases: a JSON object a line. A known mistake (`"expect": "fail"`) must fail, strictly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent


def rows(name: str) -> list[dict[str, Any]]:
    """Return the cases of tests/golden/`name`.jsonl."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def cases(name: str, *before: Any, label: str = "{label}", **only: Any) -> list[Any]:
    """Return the cases as parameters of a test.

    Args:
        name: Of the file.
        before: Parameters that stand before each case.
        label: Id of a case, with its keys in braces.
        only: Keys and values of the cases that are wanted.
    """
    found = []
    for case in rows(name):
        known = pytest.mark.xfail(strict=True, reason=case.get("why", ""))
        marks = [known] if case["expect"] == "fail" else []
        if all(case[key] == value for key, value in only.items()):
            id = label.format(**case).encode("unicode_escape").decode()
            found.append(pytest.param(*before, case, id=id, marks=marks))
    return found
