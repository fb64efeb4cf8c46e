"""Which label a written answer settles on: golden cases, and what is never made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.evaluate.labelwords import label
from tests.golden.cases import cases, rows

ROWS = rows("labelwords")


@pytest.mark.parametrize("row", cases("labelwords"))
def test_label_of_golden_case(row):
    place = label(row["original"], row["words"])

    assert (None if place is None else row["words"][place]) == row["read"]


def test_the_golden_file_holds_negative_and_known_failing_cases():
    assert len(ROWS) >= 55
    assert len({row["label"] for row in ROWS}) == len(ROWS)
    assert sum(row["read"] is None for row in ROWS) >= 15
    assert {row["expect"] for row in ROWS} == {"pass", "fail"}


FORMS = ["{}", "{}입니다.", "정답: {}", "답은 {}입니다.", "이 글의 감정은 {}입니다.", "**{}**"]


@given(st.lists(st.sampled_from(["기쁨", "슬픔", "화남", "놀람"]), min_size=2, unique=True),
       st.sampled_from(FORMS), st.data())  # fmt: skip
def test_every_label_in_every_form_is_read(words, form, data):
    place = data.draw(st.integers(0, len(words) - 1))

    assert label(form.format(words[place]), words) == place


@given(st.text(alphabet="가나다라 .,?!\n:=()[]{}\\*'\"없안아닌0123", max_size=60))
def test_a_text_without_a_label_has_none(text):
    assert label(text, ["긍정", "부정"]) is None


@pytest.mark.parametrize(("blank", "read"), [(" ", 1), ("\t ", 1), ("\n", 0), (" \n", 0)])
def test_a_loop_of_blanks_says_no_more_than_one_blank(blank, read):
    told = "긍정{}이 아닙니다. 부정입니다."

    assert label(told.format(blank), ["긍정", "부정"]) == read
    assert label(told.format(blank * 20_000), ["긍정", "부정"]) == read  # hours, tried each way
