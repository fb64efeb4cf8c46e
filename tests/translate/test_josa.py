from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.records import Drop
from korean_rlhf.translate.josa import PAIRS, repair
from korean_rlhf.translate.protect import restore

GOLDEN = Path(__file__).parent.parent / "golden" / "josa_seams.jsonl"


def cases() -> list[Any]:
    found = []
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        marks = [pytest.mark.xfail(strict=True)] if case["expect"] == "fail" else []
        found.append(pytest.param(case, id=case["label"], marks=marks))
    return found


@pytest.mark.parametrize("case", cases())
def test_golden(case: dict[str, Any]):
    restored = restore(case["original"], tuple(case["spans"]))
    assert not isinstance(restored, Drop)

    assert repair(restored.text, restored.seams) == case["repaired"]


@pytest.mark.parametrize("case", [pytest.param(case.values[0], id=case.id) for case in cases()])
def test_repairing_twice_changes_nothing(case: dict[str, Any]):
    restored = restore(case["original"], tuple(case["spans"]))
    assert not isinstance(restored, Drop)
    once = repair(restored.text, restored.seams)
    spans = sorted(case["spans"], key=once.find)
    if any(once.count(span) != 1 for span in spans):
        pytest.skip("the span cannot be found again by its text")
    seams = tuple((once.index(span), once.index(span) + len(span)) for span in spans)

    assert repair(once, seams) == once


KOREAN = st.text(alphabet="가나다사과수박책이은는을를와로에서 .,!?\n'\"()", max_size=30)


@given(KOREAN)
def test_a_text_without_seams_and_double_forms_is_left_alone(text: str):
    if "(" in text:
        return

    assert repair(text, ()) == text


@given(st.sampled_from(["`JSON`", "`API`", "`SQL`", "3", "10%"]), st.sampled_from(PAIRS), KOREAN)
def test_only_the_particle_behind_a_seam_changes(span: str, pair: tuple[str, str], rest: str):
    rest = " " + rest.replace("(", "")
    for form in pair:
        text = f"값은 {span}{form}{rest}"
        seams = ((3, 3 + len(span)),)
        found = repair(text, seams)

        assert found in (f"값은 {span}{pair[0]}{rest}", f"값은 {span}{pair[1]}{rest}")
        assert found == repair(found, seams)
