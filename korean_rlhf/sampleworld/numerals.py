"""Korean numbers as they are spoken: 한 개, 두 마리, 스무 살, 세 시 반."""

from __future__ import annotations

from functools import lru_cache

_UNITS = ("", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉")
_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_BEFORE_COUNTER = {"하나": "한", "둘": "두", "셋": "세", "넷": "네"}
_SINO = ("", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")


def native(number: int) -> str:
    """Return the native numeral of 1..99.

    >>> native(3), native(21)
    ('셋', '스물하나')
    """
    return _TENS[number // 10] + _UNITS[number % 10]


def counted(number: int) -> str:
    """Return the native numeral of 1..99 as it stands before a counter (단위 명사).

    >>> [counted(number) for number in (1, 2, 3, 4, 5, 11, 20, 21)]
    ['한', '두', '세', '네', '다섯', '열한', '스무', '스물한']
    """
    tens, unit = _TENS[number // 10], _UNITS[number % 10]
    if number == 20:
        return "스무"
    return tens + _BEFORE_COUNTER.get(unit, unit)


def sino(number: int) -> str:
    """Return the Sino-Korean numeral of 1..999.

    >>> sino(7), sino(10), sino(30), sino(125)
    ('칠', '십', '삼십', '백이십오')
    """
    hundreds, rest = divmod(number, 100)
    tens, unit = divmod(rest, 10)
    words = ""
    for digit, place in ((hundreds, "백"), (tens, "십")):
        if digit:
            words += ("" if digit == 1 else _SINO[digit]) + place
    return words + _SINO[unit]


@lru_cache(maxsize=1)
def number_words() -> dict[str, int]:
    """Return every native spelling of 1..40, before a counter or alone, with its value."""
    words = {native(number): number for number in range(1, 41)}
    return words | {counted(number): number for number in range(1, 41)}
