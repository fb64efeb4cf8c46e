"""Find rows of one request whose translations were exchanged or shifted.

Ids cannot show it when the engine puts a text under the wrong id. What shows it is the content:
numbers, marks, names, questions and lengths that fit the row of another better than their own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from korean_rlhf.hangul import FINALS, FIRST, is_syllable
from korean_rlhf.translate.commonwords import korean_beginnings
from korean_rlhf.translate.numerals import korean_numbers
from korean_rlhf.translate.protect import MARK
from korean_rlhf.translate.quantities import changed_numbers

MARGIN = 1.5
"""How much better two rows must fit when exchanged.

Measured on batches of 8 rows of JHE and of the Python manual: 0 and 0.1 % of rows in their own
place are suspected, 91 and 93 % of exchanged rows found. At 3.0 it is 0 %, and 76 and 75 %.
"""
UNSAID = 0.25
"""What a listed word or a name counts against a text that does not seem to say it."""

_LEADS = "g kk n d tt r m b pp s ss  j jj ch k t p h".split(" ")
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split(" ")
_TAILS = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l",
    "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t",
]  # fmt: skip
_WORD = re.compile(r"[A-Za-z]{2,}")
_NO_NAMES = frozenset(
    """
    The This That These Those There Then They Their It Its Is Are Was Were If In On At As An
    And But For From To Of Or So Some My Our Your His Her He She We You What When Where
    Which Who Why How Can Could Do Does Did Has Have Had Will Would Should May Might Must
    Not No Now One Two All Any Each Every Because With After Before Please Let
    """.split()
)
_ALIKE = str.maketrans({"b": "p", "g": "k", "d": "t", "l": "r", "j": "c", "v": "p", "f": "p"})


def swapped(sources: Sequence[str], targets: Sequence[str]) -> dict[int, str]:
    """Return, by place, the rows that fit the translation of another row better than their own.

    `targets` are the masked translations; "" stands for a row without one.

    >>> swapped(["She has 3 dogs.", "Is it 7 km?"], ["7km인가요?", "개가 3마리 있어요."])
    {0: "fits 'Is it 7 km?'", 1: "fits 'She has 3 dogs.'"}
    """
    places = [place for place, target in enumerate(targets) if target]
    fits = {(i, j): fit(sources[i], targets[j]) for i in places for j in places}
    found: dict[int, str] = {}
    for i in places:
        for j in places:
            if j <= i or sources[i] == sources[j]:
                continue
            gain = fits[i, j] + fits[j, i] - fits[i, i] - fits[j, j]
            if gain >= MARGIN:
                found.setdefault(i, f"fits {sources[j][:40]!r}")
                found.setdefault(j, f"fits {sources[i][:40]!r}")
    return found


def fit(source: str, target: str) -> float:
    """Return how well a Korean text fits an English one, by what survives any translation."""
    score = 0.0
    english, korean = _seen(source), _seen(target)
    plain, said = english.plain, korean.plain
    if english.digits or korean_numbers(said):
        score += -1.0 if changed_numbers(plain, said) else 1.0
    if english.marks or korean.marks:
        score += 1.0 if english.marks == korean.marks else -1.0
    score += 0.5 if english.asks == korean.asks else -0.5
    score += _words_said(plain, said)
    if english.filled and korean.filled:
        score -= abs(math.log(2.0 * len(said) / len(plain)))  # Korean is about half as long
    return score


class _Seen(NamedTuple):
    """What is compared of one text, whatever the other is."""

    plain: str
    marks: tuple[str, ...]
    asks: bool
    digits: bool
    filled: bool


@lru_cache(maxsize=4096)  # a text is compared with every other of its request
def _seen(text: str) -> _Seen:
    plain = MARK.sub(" ", text)
    return _Seen(
        plain=plain,
        marks=tuple(sorted(MARK.findall(text))),
        asks=plain.rstrip().endswith("?"),
        digits=bool(re.search(r"\d", plain)),
        filled=bool(plain.strip()),
    )


def _words_said(plain: str, korean: str) -> float:
    """Return the evidence of names and common words: said counts more than left unsaid."""
    score, sound = 0.0, romanised(korean)
    common, names = _telling_words(plain)
    for beginnings in common:
        score += 1.0 if any(each in korean for each in beginnings) else -UNSAID
    for word, bones in names:
        score += 1.0 if word in korean or bones in sound else -UNSAID
    return score


@lru_cache(maxsize=4096)  # a text is compared with every other of its request
def _telling_words(plain: str) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, str], ...]]:
    """Return how the common words of an English text begin in Korean, and its names as they sound.

    A word that stands twice counts once.
    """
    listed = {word: korean_beginnings(word) for word in sorted(set(_WORD.findall(plain)))}
    names = (
        (word, skeleton(word))
        for word, beginnings in listed.items()
        if not beginnings and word[0].isupper() and word not in _NO_NAMES
    )
    return (
        tuple(beginnings for beginnings in listed.values() if beginnings),
        tuple((word, bones) for word, bones in names if len(bones) > 1),
    )


@lru_cache(maxsize=4096)
def romanised(text: str) -> str:
    """Return the consonant skeleton of Korean words as they sound, for comparing names.

    >>> romanised("민지는 서울에")
    'mncnnsr'
    """
    return "".join(_syllable(char) for char in text if is_syllable(char))


@lru_cache(maxsize=4096)
def skeleton(name: str) -> str:
    """Return the consonants of a name in Latin letters, alike sounds made one.

    >>> skeleton("Minji"), skeleton("Seoul")
    ('mnc', 'sr')
    """
    letters = name.lower().replace("ch", "c").replace("sh", "s").replace("ph", "p")
    letters = re.sub(r"[aeiouwyh]", "", letters.replace("ng", "n"))
    return re.sub(r"(.)\1+", r"\1", letters.translate(_ALIKE))


def _syllable(char: str) -> str:
    index = ord(char) - FIRST
    lead, tail = _LEADS[index // (21 * FINALS)], _TAILS[index % FINALS]
    return skeleton(lead) + skeleton(tail)
