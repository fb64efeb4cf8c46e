"""Every check on our own sentences: what it must name, what it must leave alone, what it misses."""

from __future__ import annotations

from typing import Any

import pytest

from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.checks import CHECKS, Pair, faults
from korean_rlhf.translate.checks.explained import EXPLAINED
from korean_rlhf.translate.protect import protect
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
