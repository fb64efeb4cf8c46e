"""How near an answer is to its references: by character, by eojeol, by morpheme, by n-gram.

Every score lies in 0..1. Of several references it is the best that counts, never the share of them
that is reached.
"""

from __future__ import annotations

import functools
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from korean_rlhf.clean.analyser import kiwi

Score: TypeAlias = Callable[[str, str], float]
"""Of an answer and one reference."""

KORQUAD_MARKS = str.maketrans(dict.fromkeys("'\"《》<>〈〉()‘’", " "))
PUNCTUATION = str.maketrans("", "", string.punctuation)
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
QUOTES = str.maketrans(dict.fromkeys("「」『』“”", " "))
POINTS = str.maketrans("", "", "·…。")
GRAMMAR = re.compile(r"J|E|VCP|S[FPSEOWB]")
"""Kiwi's tags of josa (the copula 이다 is one in school grammar), eomi, and marks; not of numbers,
Latin letters and Hanja."""


def korquad_form(text: str) -> str:
    """Return `text` as KorQuAD's evaluate-v1.0.py compares it.

    Quotes and some brackets become blanks, ASCII punctuation vanishes, letters are lowered, blanks
    become one. Corner brackets, curly double quotes and the middle dot stay: it overlooks them.

    >>> korquad_form("《서울》의  'N타워'.")
    '서울 의 n타워'
    """
    return " ".join(text.translate(KORQUAD_MARKS).lower().translate(PUNCTUATION).split())


def plain_form(text: str) -> str:
    """Return `text` as `korquad_form` does, of NFC, with more marks taken for what they are.

    Full-width letters become ASCII; 「」『』“” become blanks, and ·…。 vanish.

    >>> plain_form("『３·１ 운동』…")
    '31 운동'
    """
    folded = unicodedata.normalize("NFC", text).translate(FULL_WIDTH)
    return korquad_form(folded.translate(QUOTES).translate(POINTS))


def exact_match(answer: str, reference: str) -> float:
    """Return 1 where both are the same in KorQuAD's form, else 0."""
    return float(korquad_form(answer) == korquad_form(reference))


def character_f1(answer: str, reference: str) -> float:
    """Return the F1 of the bags of characters, blanks left out, as KorQuAD's script computes it.

    >>> character_f1("서울특별시", "서울시")
    0.7499999999999999
    """
    return bag_f1(_characters(korquad_form(answer)), _characters(korquad_form(reference)))


def plain_exact_match(answer: str, reference: str) -> float:
    """Return 1 where both are the same in the plain form, else 0."""
    return float(plain_form(answer) == plain_form(reference))


def plain_character_f1(answer: str, reference: str) -> float:
    """Return the F1 of the bags of characters of the plain forms."""
    return bag_f1(_characters(plain_form(answer)), _characters(plain_form(reference)))


def eojeol_f1(answer: str, reference: str) -> float:
    """Return the F1 of the bags of eojeol (what blanks part) of the plain forms.

    >>> eojeol_f1("서울 특별시는", "서울 특별시")
    0.5
    """
    return bag_f1(plain_form(answer).split(), plain_form(reference).split())


def morpheme_f1(answer: str, reference: str) -> float:
    """Return the F1 of the bags of morphemes, josa and eomi dropped.

    >>> morpheme_f1("서울특별시에서였다", "서울특별시")
    1.0
    """
    return bag_f1(morphemes(answer), morphemes(reference))


def chrf(answer: str, reference: str) -> float:
    """Return chrF (Popović 2015, character n-grams up to 6, beta 2), by sacrebleu."""
    return float(_chrf().sentence_score(answer, [reference]).score) / 100


def best(score: Score, answer: str, references: Sequence[str]) -> float:
    """Return the score against the reference that it fits best.

    >>> best(character_f1, "한글날", ["세종대왕", "한글날"])
    1.0

    Raises:
        ValueError: there is no reference.
    """
    return max(score(answer, reference) for reference in references)


def bag_f1(answer: Iterable[str], reference: Iterable[str]) -> float:
    """Return the F1 of two bags; 0 where they share nothing, even where both are empty."""
    mine, theirs = Counter(answer), Counter(reference)
    shared = (mine & theirs).total()
    if not shared:
        return 0.0
    precision, recall = shared / mine.total(), shared / theirs.total()
    return 2 * precision * recall / (precision + recall)


@functools.lru_cache(maxsize=65536)
def morphemes(text: str) -> tuple[str, ...]:
    """Return the morphemes of `text` that carry meaning; all of them where none does.

    >>> morphemes("세종대왕이 만들었다")
    ('세종', '대왕', '만들')
    """
    found: list[Any] = kiwi().tokenize(unicodedata.normalize("NFC", text))
    kept = [token.form for token in found if not GRAMMAR.match(token.tag)]
    return tuple(kept or (token.form for token in found))


def _characters(text: str) -> str:
    return text.replace(" ", "")


@functools.cache
def _chrf() -> Any:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()
