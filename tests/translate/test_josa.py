from __future__ import annotations

import importlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.records import Drop
from korean_rlhf.translate.josa import PAIRS, choose, repair
from korean_rlhf.translate.josa.pairs import FORM
from korean_rlhf.translate.protect import restore
from korean_rlhf.translate.spoken import read_aloud
from tests.golden.cases import cases, rows

FORMS = re.compile(f"[()/]|{FORM}")
josa_repair = importlib.import_module("korean_rlhf.translate.josa.repair")


@pytest.mark.parametrize("case", cases("josa_seams"))
def test_golden(case: dict[str, Any]):
    restored = restore(case["original"], tuple(case["spans"]))
    assert not isinstance(restored, Drop)

    assert repair(restored.text, restored.seams, case.get("reach", "seams")) == case["repaired"]


@pytest.mark.parametrize("case", rows("josa_seams"), ids=lambda case: case["label"])
def test_repairing_twice_changes_nothing(case: dict[str, Any]):
    restored = restore(case["original"], tuple(case["spans"]))
    assert not isinstance(restored, Drop)
    reach = case.get("reach", "seams")
    once = repair(restored.text, restored.seams, reach)
    spans = sorted(case["spans"], key=once.find)
    if any(once.count(span) != 1 for span in spans):
        pytest.skip("the span cannot be found again by its text")
    seams = tuple((once.index(span), once.index(span) + len(span)) for span in spans)

    assert repair(once, seams, reach) == once


KOREAN = st.text(alphabet="가나다사과수박책이은는을를와로에서 .,!?\n'\"()", max_size=30)


@given(KOREAN)
def test_a_text_without_seams_and_double_forms_is_left_alone(text: str):
    if "(" in text:
        return

    assert repair(text, ()) == text


WORDS = rows("josa_words")


@pytest.mark.parametrize("case", WORDS, ids=lambda case: f"{case['word']} {case['pair']}")
def test_a_word_takes_its_particle(case: dict[str, str]):
    one, two = case["pair"].split("/")

    assert choose((one, two), read_aloud(case["word"]).finals[0]) == case["form"]


MIXED = st.text(alphabet="가을마은는이를와과로API JSON3510%.,km()[]'\"*`\n", max_size=40)


@given(MIXED)
def test_nothing_but_particles_changes(text: str):
    """Whatever is mended, the text without the forms of particles stays as it is."""
    repaired = repair(text, (), "foreign")

    assert FORMS.sub("", repaired) == FORMS.sub("", text)
    assert repair(text, (), "off") == text


@given(KOREAN)
def test_a_text_without_foreign_words_needs_no_kiwi(text: str):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(josa_repair, "morphemes", lambda line: pytest.fail("Kiwi was asked"))

        repair(text.replace("(", ""), (), "foreign")


@given(st.sampled_from(["`JSON`", "`API`", "`SQL`", "3", "10%"]), st.sampled_from(PAIRS), KOREAN)
def test_only_the_particle_behind_a_seam_changes(span: str, pair: tuple[str, str], rest: str):
    rest = " " + rest.replace("(", "")
    for form in pair:
        text = f"값은 {span}{form}{rest}"
        seams = ((3, 3 + len(span)),)
        found = repair(text, seams)

        assert found in (f"값은 {span}{pair[0]}{rest}", f"값은 {span}{pair[1]}{rest}")
        assert found == repair(found, seams)
