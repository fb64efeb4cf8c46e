"""The sound at the end of a span or of a text, as far as anybody can know it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from korean_rlhf.hangul import final_index, is_syllable
from korean_rlhf.translate.spoken.finals import NONE, PIEUP
from korean_rlhf.translate.spoken.latin import latin_finals
from korean_rlhf.translate.spoken.numbers import number_finals
from korean_rlhf.translate.spoken.symbols import HANJA, MONEY, SIGNS, UNITS


@dataclass(frozen=True, slots=True)
class Reading:
    """Finals that a word may be spoken with."""

    finals: tuple[int, ...]
    """0 for a vowel, 8 for ㄹ; several where Korean is not of one mind (MP3: 쓰리, 삼); none where
    nobody can say yet, as for {name} or a formula."""
    sure: bool = True
    """Whether spelling tells; a guess is good enough where the translator saw a mark only."""

    def __or__(self, other: Reading) -> Reading:
        """Return both readings, this one first; unknown with something unknown."""
        if not (self.finals and other.finals):
            return UNKNOWN
        finals = tuple(dict.fromkeys(self.finals + other.finals))
        return Reading(finals, self.sure and other.sure)


UNKNOWN = Reading(())

MARKUP = " \t\"'”’)]}>〉》」』*_`~.,;:!?/\\"
"""Signs that nobody reads aloud."""
_UNIT = re.compile(
    r"(?:(?<![A-Za-z\d.,])(?<![A-Za-z]-)\d[\d,.]*|[십백천만억조])\s?([A-Za-z°²³µμ/]+[23]?)$"
)
_BARE_UNIT = re.compile(r"(?<![A-Za-z])(?:[mck]m|[mk]g|ml|[kMG]Hz|k?cal)$")
_UNKNOWN_UNIT = re.compile(
    r"\d\s?[a-z]{1,3}$|\d [A-Z]$|\d[A-Z][a-z]$|\d[JKN]$"
)  # 210Po is 폴로늄 210
_VARIABLE = re.compile(r"(?<![A-Za-z])[a-zα-ω]\d$")
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)$")
_MONEY = re.compile(r"([$€£₩¥])\s?\d[\d,.]*$")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+$")
_NO_SPEECH = ("{", "$", "%", "\\", "<")


def read_aloud(span: str) -> Reading:
    """Return how a protected span ends: code, an address, a number with its unit.

    >>> [read_aloud(word).finals for word in ("10%", "5 kg", "`file`", "API", "HTML", "{name}")]
    [(0,), (16,), (8,), (0,), (8,), ()]
    """
    if "\n" in span or (span.startswith(_NO_SPEECH) and not _MONEY.search(span)):
        return UNKNOWN
    return read_end(span.rstrip(MARKUP).removesuffix("("))


def read_end(text: str) -> Reading:
    """Return how the last word of `text` ends.

    >>> [read_end(text).finals for text in ("서울", "Python 3", "$100", "C#", "20 °C", "🙂")]
    [(8,), (16, 0), (0,), (17, 0), (0,), ()]
    """
    word = text.rstrip(MARKUP)
    if not word:
        return UNKNOWN
    last = word[-1]
    if last == "#":
        return Reading((PIEUP, NONE))  # 샵, 샤프
    if is_syllable(last):
        return Reading((final_index(last) or NONE,))
    if last in SIGNS or last in HANJA:
        return Reading((SIGNS[last] if last in SIGNS else HANJA[last],))
    return _of_number(word) or _of_latin(word)


def _of_number(word: str) -> Reading | None:
    """Return how a number, with its unit or its currency, ends; None for another word."""
    money = _MONEY.search(word)
    if money:
        return Reading((MONEY[money[1]],))
    if _ORDINAL.search(word):
        return Reading((NONE,))  # 퍼스트, 세컨드
    unit = _UNIT.search(word)
    for name in (unit[1], unit[1].lstrip("kMGTmnhdμµ")) if unit else ():
        if name in UNITS:
            return Reading((UNITS[name],))
    bare = _BARE_UNIT.search(word)
    if bare:
        return Reading((UNITS[bare[0]],))
    if not (word[-1].isascii() and word[-1].isdigit()):
        return None
    return Reading(number_finals(word), sure=not _VARIABLE.search(word))  # x2 may be x²


def _of_latin(word: str) -> Reading:
    latin = _LATIN.search(word)
    if not latin:
        return UNKNOWN
    finals, sure = latin_finals(latin[0])
    return Reading(finals, sure and not _UNKNOWN_UNIT.search(word))
