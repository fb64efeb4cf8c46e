"""Golden cases of every cleaner: positive, negative and known to fail (strict)."""

import pytest

from korean_rlhf.clean.boilerplate import strip_boilerplate
from korean_rlhf.clean.markup.namumark import namumark_to_text
from korean_rlhf.clean.markup.wikitext import wikitext_to_text
from korean_rlhf.clean.normalise import normalise
from korean_rlhf.clean.privacy import mask
from korean_rlhf.clean.quality import judge
from korean_rlhf.settings.clean import CleanSettings
from korean_rlhf.settings.loading import fill
from tests.golden.cases import cases, rows

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


def named(name):
    return cases(name, name, label=name + ": {label}")


@pytest.mark.parametrize("name, case", [case for name in CLEANERS for case in named(name)])
def test_cleaner_on_golden_case(name, case):
    cleaned = CLEANERS[name](case["original"])

    assert cleaned == case["cleaned"]
    if name in IDEMPOTENT:
        assert CLEANERS[name](cleaned) == cleaned, "cleaning twice must change nothing"


@pytest.mark.parametrize("name, case", named("quality"))
def test_quality_on_golden_case(name, case):
    found = judge(case["original"], fill(CleanSettings, case.get("settings", {}), where="the case"))

    assert (found.reason if found else "") == case["reason"]


@pytest.mark.parametrize("name", [*CLEANERS, "quality"])
def test_every_golden_file_holds_negative_and_known_failing_cases(name):
    found = rows(name)

    assert len(found) >= (60 if name in AT_LEAST_SIXTY else 25)
    assert any(row["expect"] == "fail" for row in found)
    kept = [
        row for row in found if row.get("cleaned", "") == row["original"] or row.get("reason") == ""
    ]
    assert len(kept) >= 5
