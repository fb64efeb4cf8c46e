"""What written answers settle on: golden cases, and what can never be extracted."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.evaluate.extraction import choice, number
from korean_rlhf.evaluate.numerals import numbers, parse, word_number
from tests.golden.cases import cases, rows

ROWS = rows("extraction")


@pytest.mark.parametrize("row", cases("extraction", kind="choice"))
def test_choice_of_golden_case(row):
    assert choice(row["original"], row["count"], row.get("texts", ())) == row["extracted"]


@pytest.mark.parametrize("row", cases("extraction", kind="number"))
def test_number_of_golden_case(row):
    expected = None if row["extracted"] is None else Fraction(row["extracted"])

    assert number(row["original"]) == expected


def test_the_golden_file_holds_negative_and_known_failing_cases():
    assert len(ROWS) >= 150
    assert len({(row["kind"], row["label"]) for row in ROWS}) == len(ROWS)
    assert sum(row["extracted"] is None for row in ROWS) >= 50
    assert {row["expect"] for row in ROWS} == {"pass", "fail"}


LABELS = ["ABCDE", "①②③④⑤", "가나다라마", "12345"]
FORMS = ["정답은 {}번입니다.", "정답: {}", "답은 {}번이다.", "최종 정답은 ({})입니다.", "{}번"]


@given(st.sampled_from(LABELS), st.integers(0, 4), st.integers(2, 5), st.sampled_from(FORMS))
def test_every_label_in_every_form_is_read_and_no_choice_is_made_up(labels, place, count, form):
    expected = place if place < count else None

    assert choice(form.format(labels[place]), count) == expected


@given(st.text(max_size=60), st.integers(2, 5))
def test_any_text_gives_a_choice_of_the_question_or_none(text, count):
    found = choice(text, count, ["사과", "배"])

    assert found is None or 0 <= found < count
    assert number(text) is None or isinstance(number(text), Fraction)


@given(st.integers(-(10**9), 10**9))
def test_whole_numbers_are_read_with_and_without_commas(value):
    assert number(f"정답은 {value}개입니다.") == value
    assert number(f"\\boxed{{{value:,}}}") == value


@given(st.integers(1, 99))
def test_spelled_numbers_are_read(value):
    tens = ["", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"][value // 10]
    ones = ["", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"][value % 10]
    digits = ["", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"]
    many = value // 10
    sino = (digits[many] if many > 1 else "") + ("십" if many else "") + digits[value % 10]

    assert word_number(tens + ones) == word_number(sino) == value


@pytest.mark.parametrize(
    "text, value",
    [("3만 5천", 35000), ("1억 2천만 5백", 120000500), ("2만", 20000), ("5백", 500), ("3천", 3000)],
)
def test_digits_with_scales_are_one_number(text, value):
    assert parse(text) == value


@pytest.mark.parametrize("text", ["억만", "만억", "이이", "십십", "천백천", "사과", ""])
def test_what_is_no_number_word_is_none(text):
    assert word_number(text) is None


def test_numbers_stand_in_order():
    assert list(numbers("3개와 1/2, -4 그리고 1,000")) == [3, Fraction(1, 2), -4, 1000]
