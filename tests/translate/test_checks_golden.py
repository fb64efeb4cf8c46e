"""Every check on our own sentences: what it must name, what it must leave alone, what it misses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import korean_rlhf
from korean_rlhf.settings.select import KINDS
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.asking import REFUSED as REBUILD_FAILED
from korean_rlhf.translate.checks import CHECKS, Pair, faults
from korean_rlhf.translate.checks.explained import EXPLAINED
from korean_rlhf.translate.protect import protect
from korean_rlhf.translate.reading.rows import UNREADABLE
from korean_rlhf.translate.selecting import reason_of
from tests.golden.cases import cases, rows

LINES = rows("translation_checks")


def reasons(case: dict[str, Any]) -> list[str]:
    protected = protect(case["original"])
    masked = case["translation"]
    for number, span in enumerate(protected.spans):
        masked = masked.replace(span, f"⟦{number}⟧", 1)
    pair = Pair(
        source=case["original"],
        target=case["translation"],
        masked_source=protected.masked,
        masked_target=masked,
        spans=protected.spans,
        speaker=case["speaker"],
    )
    settings = TranslateSettings(model="m", register=case.get("register", "any"))
    return [fault.reason for fault in faults(pair, settings)]


@pytest.mark.parametrize("case", cases("translation_checks"))
def test_golden(case: dict[str, Any]):
    if case["reason"]:
        assert case["reason"] in reasons(case)
    else:
        assert reasons(case) == []


def test_every_check_has_cases_and_an_explanation():
    named = [case["reason"] for case in LINES]

    assert [reason for reason in CHECKS if named.count(reason) < 3] == []
    assert [reason for reason in CHECKS if reason not in EXPLAINED] == []
    assert named.count("") >= 50


def test_every_reason_that_the_stage_gives_is_explained():
    paths = (Path(korean_rlhf.__file__).parent / "translate").rglob("*.py")
    said = re.compile(r'Drop\(\s*"([a-z-]+)"')
    given = {reason for path in paths for reason in said.findall(path.read_text("utf-8"))}
    given |= {UNREADABLE, REBUILD_FAILED, *map(reason_of, KINDS)}

    assert len(given) > 15
    assert sorted(given - EXPLAINED.keys()) == []
