"""Golden cases of every cleaner: positive, negative and known to fail (strict)."""

import json
from pathlib import Path

import pytest

from korean_rlhf.clean.boilerplate import strip_boilerplate
from korean_rlhf.clean.markup.namumark import namumark_to_text
from korean_rlhf.clean.markup.wikitext import wikitext_to_text
from korean_rlhf.clean.normalise import normalise
from korean_rlhf.clean.privacy import mask
from korean_rlhf.clean.quality import judge
from korean_rlhf.settings.clean import CleanSettings
from korean_rlhf.settings.loading import fill

GOLDEN = Path(__file__).parents[1] / "golden"
CLEANERS = {
    "namumark": namumark_to_text,
    "wikitext": wikitext_to_text,
    "normalise": normalise,
    "privacy": mask,
    "boilerplate": strip_boilerplate,
    "bylines": strip_boilerplate,
}
IDEMPOTENT = {"normalise", "privacy", "boilerplate", "bylines"}  # markup is taken away once only

AT_LEAST_SIXTY = {"namumark", "normalise", "privacy", "bylines"}


def cases(name):
    for line in (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").strip().split("\n"):
        case = json.loads(line)
        fails = case["expect"] == "fail"
        marks = [pytest.mark.xfail(strict=True, reason=case["why"])] if fails else []
        yield pytest.param(name, case, marks=marks, id=f"{name}: {case['label']}")


@pytest.mark.parametrize("name, case", [case for name in CLEANERS for case in cases(name)])
def test_cleaner_on_golden_case(name, case):
    cleaned = CLEANERS[name](case["original"])

    assert cleaned == case["cleaned"]
    if name in IDEMPOTENT:
        assert CLEANERS[name](cleaned) == cleaned, "cleaning twice must change nothing"


@pytest.mark.parametrize("name, case", list(cases("quality")))
def test_quality_on_golden_case(name, case):
    found = judge(case["original"], fill(CleanSettings, case.get("settings", {}), where="the case"))

    assert (found.reason if found else "") == case["reason"]


@pytest.mark.parametrize("name", [*CLEANERS, "quality"])
def test_every_golden_file_holds_negative_and_known_failing_cases(name):
    lines = (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").strip().split("\n")
    rows = [json.loads(line) for line in lines]

    assert len(rows) >= (60 if name in AT_LEAST_SIXTY else 25)
    assert any(row["expect"] == "fail" for row in rows)
    kept = [
        row for row in rows if row.get("cleaned", "") == row["original"] or row.get("reason") == ""
    ]
    assert len(kept) >= 5
