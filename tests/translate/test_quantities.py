from __future__ import annotations

import pytest

from korean_rlhf.translate.numerals import korean_forms, korean_numbers
from korean_rlhf.translate.quantities import changed_numbers

SAME = [
    ("It has 3 rooms.", "방이 3개예요."),
    ("It has 3 rooms.", "방이 세 개예요."),
    ("It has three rooms.", "방이 3개예요."),
    ("It has three rooms.", "방이 세 개예요."),
    ("twenty-five people", "스물다섯 명"),
    ("twenty-five people", "25명"),
    ("2 million people", "200만 명"),
    ("3.3 million people", "330만 명"),
    ("1,200 won", "1200원"),
    ("35,000 won", "3만 5천 원"),
    ("35,000 won", "3만5,000원"),
    ("150 million won", "1억 5천만 원"),
    ("10,000 won", "만 원"),
    ("two hundred years", "200년"),
    ("two thousand and five", "2005"),
    ("at 3 pm", "오후 3시에"),
    ("at 3 pm", "15시에"),
    ("at 5:00", "5시에"),
    ("at 5:30", "5시 30분에"),
    ("at seven-thirty", "7시 30분에"),
    ("on July 4", "7월 4일에"),
    ("on the 2nd of May 2024", "2024년 5월 2일에"),
    ("2024-05-02", "2024년 5월 2일"),
    ("in the 1990s", "1990년대에"),
    ("in the 90s", "1990년대에"),
    ("the 20th century", "20세기"),
    ("half of it", "절반"),
    ("half of it", "50%"),
    ("once a week", "일주일에 1번"),
    ("a dozen eggs", "달걀 12개"),
    ("the first one", "1번"),
    ("one of them", "그중 하나"),
    ("version 3.11.2", "3.11.2 버전"),
    ("2.50 dollars", "2.5달러"),
    ("a decimal number", "10진수"),
    ("Only for TLS 1.3.", "TLS 1.3만을 위한"),
    ("100 trillion won", "100조 원"),
    ("Nothing.", "아무것도 없어요."),
    ("Article 3", "제3조"),
]
CHANGED = [
    ("It has 3 rooms.", "방이 4개예요.", "lost 3; new 4"),
    ("It has 3 rooms.", "방이 있어요.", "lost 3"),
    ("It has rooms.", "방이 4개 있어요.", "new 4"),
    ("It has three rooms.", "방이 4개예요.", "lost 3; new 4"),
    ("2 million people", "20만 명", "lost 2000000; new 200000"),
    ("1,200 won", "1,300원", "lost 1200; new 1300"),
    ("on July 4", "7월 5일에", "lost 4; new 5"),
    ("on July 4", "8월 4일에", "lost 7; new 8"),
    ("at 3 pm", "오후 4시에", "lost 3; new 4"),
    ("version 3.11", "3.12 버전", "lost 3.11; new 3.12"),
]


@pytest.mark.parametrize(("source", "target"), SAME)
def test_the_same_numbers_in_another_dress(source: str, target: str):
    assert changed_numbers(source, target) == ""


@pytest.mark.parametrize(("source", "target", "said"), CHANGED)
def test_a_changed_number_is_named(source: str, target: str, said: str):
    assert changed_numbers(source, target) == said


@pytest.mark.parametrize("number", range(1, 100))
def test_every_number_below_a_hundred_is_known_in_words(number: int):
    words = korean_forms(number)

    for word in words:
        assert changed_numbers(f"{number} of them", f"{word} 개") == ""
    assert len(set(words)) == len(words) >= 2


def test_large_numbers_add_up():
    assert [each.whole for each in korean_numbers("1억 2,345만 6,789원")] == ["123456789"]
