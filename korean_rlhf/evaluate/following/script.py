"""Which letters, digits and signs an answer is written with."""

from __future__ import annotations

import unicodedata

from korean_rlhf.evaluate.following.graphemes import clusters, is_emoji
from korean_rlhf.evaluate.following.parameters import Parameters, within
from korean_rlhf.translate.numerals import holds_word, korean_forms

_COMMAS = frozenset(",，、､﹐،")


def hangul_only(answer: str, parameters: Parameters) -> bool:
    """Whether every letter is Hangul; digits only where `digits` says so.

    Blanks, punctuation, emoji and other signs are no letters. ㎏ and Ⅳ are made of letters, ① of a
    digit (NFKC).

    >>> hangul_only("봄이 왔다! 🌸", {"digits": False}), hangul_only("제2장", {"digits": False})
    (True, False)
    """
    parts = unicodedata.normalize("NFKC", answer)
    letters = [char for char in parts if char.isalpha()]
    pure = bool(letters) and all(_is_of(char, "HANGUL") for char in letters)
    return pure and (parameters["digits"] or not _has_digit(parts))


def no_latin(answer: str, parameters: Parameters) -> bool:
    """Whether the answer has no letter of the Latin alphabet, not even in ㎏ or ℃."""
    return not any(_is_of(char, "LATIN") for char in unicodedata.normalize("NFKC", answer))


def no_digits(answer: str, parameters: Parameters) -> bool:
    """Whether the answer has no digit: neither 3 nor ③, ½ or Ⅲ; 삼 and 三 are letters."""
    return not _has_digit(answer)


def no_commas(answer: str, parameters: Parameters) -> bool:
    """Whether the answer has no comma, also not the full-width or the Japanese one."""
    return not _COMMAS & set(answer)


def korean_numerals(answer: str, parameters: Parameters) -> bool:
    """Whether each of `values` is said in Korean words (스물다섯, 이십오), and no digit stands.

    >>> korean_numerals("사과 세 개와 배 스무 개", {"values": [3, 20]})
    True
    >>> korean_numerals("사과 3개와 배 스무 개", {"values": [3, 20]})
    False
    """
    said = all(
        any(holds_word(form, answer) for form in korean_forms(value))
        for value in parameters["values"]
    )
    return said and not _has_digit(answer)


def emoji(answer: str, parameters: Parameters) -> bool:
    """Whether the answer has that many emoji; joined ones (👩‍🍳) are one."""
    return within(sum(map(is_emoji, clusters(answer))), parameters)


def _has_digit(text: str) -> bool:
    return any(unicodedata.category(char) in ("Nd", "Nl", "No") for char in text)


def _is_of(char: str, script: str) -> bool:
    return unicodedata.name(char, "").startswith(script + " ")
