"""How a number in digits ends: in Sino-Korean, and behind a name (MP3, 빅3) in English as well.

A native reading (열, 스물) needs a counter behind it, and the particle then hangs on the counter.
"""

from __future__ import annotations

import re

from korean_rlhf.translate.spoken.finals import IEUNG, KIYEOK, NIEUN, NONE, PIEUP
from korean_rlhf.translate.spoken.symbols import DIGITS, ENGLISH_DIGITS

NUMBER = re.compile(r"(?<![\d,.])\d(?:[\d,]*\d)?(?:\.\d+)*$")
_FRACTION = re.compile(r"(?<![\d/.])\d+\s?[/／⁄]\s?\d+$")
# MP3, Python 3; 빅3, 포트리스 3, but not 제3 nor the numbers of 값은 3 and 24 대 3.
_NAMED = re.compile(
    r"[A-Za-z]\)?[\s_-]?$|[가-힣](?<!제)$|[가-힣](?<![은는이가을를과와에의로도만서며고면대]) $"
)


def number_finals(text: str) -> tuple[int, ...]:
    """Return the finals that the number at the end of `text` may have, the likeliest first.

    A fraction has none: 1/2 is read 이분의 일 or 일 나누기 이.

    >>> number_finals("3"), number_finals("1,000"), number_finals("MP3"), number_finals("1/2")
    ((16,), (4,), (16, 0), ())
    """
    number = NUMBER.search(text)
    if not number or _FRACTION.search(text):
        return ()
    sino = sino_final(number[0])
    if not _NAMED.search(text, 0, number.start()):
        return (sino,)
    english = english_final(number[0])
    return (sino,) if sino == english else (sino, english)


def sino_final(number: str) -> int:
    """Return how a number ends in Sino-Korean: 10 is 십, 300 삼백, 3.10 삼점 일영.

    >>> [sino_final(number) for number in ("0", "10", "20000", "100000000", "3.14")]
    [21, 17, 4, 1, 0]
    """
    digits = number.replace(",", "")
    zeros = len(digits) - len(digits.rstrip("0"))
    by_digit = "." in digits or digits.startswith("0")
    if by_digit or zeros == 0:
        return DIGITS[digits[-1]]
    for least, final in _SCALES:
        if zeros >= least:
            return final
    return DIGITS["0"]


def english_final(number: str) -> int:
    """Return how a number ends in English words: 3 쓰리, 10 텐, 13 써틴, 20 트웬티, 100 헌드레드.

    >>> [english_final(number) for number in ("3", "10", "13", "20", "21", "3.11")]
    [0, 4, 4, 0, 4, 4]
    """
    whole = number.replace(",", "").rpartition(".")[2]
    tail = int(whole[-2:])
    if whole.endswith("0"):
        return NIEUN if tail == 10 else NONE
    if 10 < tail < 20:
        return NONE if tail == 12 else NIEUN
    return ENGLISH_DIGITS[whole[-1]]


_SCALES = ((16, IEUNG), (12, NONE), (8, KIYEOK), (3, NIEUN), (2, KIYEOK), (1, PIEUP))
"""Zeros at the end: 경, 조, 억, 천 and 만, 백, 십."""
