"""Measures of a text, and the thresholds below or above which it is no text worth learning from.

The default thresholds were set on Korean text after normalising and boilerplate: 6,000 articles of
the Korean Wikipedia as WikiExtractor left them, 1,870 petitions to the Blue House, and 20,000 film
reviews of Naver (NSMC), drawn at random. What lies beyond 99.9 % of the articles and petitions, and
beyond 99 % of the reviews, is where a threshold may begin; then what it drops was read.

                       99.9 % of articles, petitions; 99 % of reviews      threshold
    symbol-ratio       0.247, 0.233; 0.467                                  0.5
    digit-ratio        0.444, 0.220; 0.171                                  0.6
    repeated-lines     0.124, 0.000; 0.000                                  0.35
    repeated-ngrams    0.268, 0.765; 0.000                                  0.5
    hangul-ratio       0.232, 0.615 (0.1 %); 0.417 (1 %)                    0.3
    placeholders       31.6 (99 %: 8.3), 0; 0                               10

They drop 10.5 % of the articles (1.3 % of their characters: stubs of a line, and pages whose
formulas the extractor lost), 1.6 % of the petitions (0.9 %), and 44.3 % of the reviews (18.8 %),
nearly all of these for being shorter than 20 characters: a corpus of short texts wants a lower
min_characters.
"""

from __future__ import annotations

import functools
import re

import numpy as np
import numpy.typing as npt

from korean_rlhf.clean.leftovers import PLACEHOLDERS
from korean_rlhf.records import Drop
from korean_rlhf.settings.clean import CleanSettings

NGRAM = 10
"""Characters in one n-gram of repeated-ngrams."""
_SAMPLE = 20_000
"""Characters measured for repetition; a longer text repeats within its beginning, too."""
_SPAM = re.compile(
    r"바카라|카지노|토토사이트|먹튀|출장안마|출장마사지|스포츠토토|슬롯머신|슬롯사이트|파워볼|홀짝사이트|"
    r"비아그라|시알리스|조건만남|유흥업소|오피사이트|대포통장|작업대출|무료야동|성인용품|꽁머니|가입머니"
)
_SPACE, _SYLLABLE, _LETTER, _DIGIT, _SYMBOL = range(5)


@functools.cache
def _classes() -> npt.NDArray[np.uint8]:
    """Return the class of every character of Unicode."""
    table = np.full(0x110000, _SYMBOL, np.uint8)
    table[0x20000:0x32000] = _LETTER  # rare Hanja
    for code in range(0x10000):
        char = chr(code)
        if char.isspace():
            table[code] = _SPACE
        elif char.isalpha():
            table[code] = _LETTER
        elif char.isdigit():
            table[code] = _DIGIT
    table[0xAC00:0xD7A4] = _SYLLABLE
    return table


def measure(text: str) -> dict[str, float]:
    """Return every measure of `text` by name; nothing is dropped here.

    characters: without spaces. hangul-ratio: Hangul syllables over letters, 1.0 without letters.
    symbol-ratio, digit-ratio: over characters without spaces; a symbol is neither letter nor digit.
    repeated-lines: share of characters in lines already seen. repeated-ngrams: share of character
    10-grams already seen, spaces left out. spam-words, placeholders: per 1,000 characters.

    >>> measured = measure("서울 Seoul 2024!")
    >>> measured["characters"], round(measured["hangul-ratio"], 3), measured["digit-ratio"]
    (12.0, 0.286, 0.3333333333333333)
    """
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    classes = _classes()[codes]
    counts = np.bincount(classes, minlength=5)
    filled = int(len(codes) - counts[_SPACE])
    letters = int(counts[_SYLLABLE] + counts[_LETTER])
    return {
        "characters": float(filled),
        "hangul-ratio": float(counts[_SYLLABLE] / letters) if letters else 1.0,
        "symbol-ratio": float(counts[_SYMBOL] / max(1, filled)),
        "digit-ratio": float(counts[_DIGIT] / max(1, filled)),
        "repeated-lines": _repeated_lines(text),
        "repeated-ngrams": _repeated_ngrams(codes[classes != _SPACE][:_SAMPLE]),
        "spam-words": _spam_words(text),
        "placeholders": 1000.0 * sum(map(text.count, PLACEHOLDERS.values())) / max(1, len(text)),
    }


def _spam_words(text: str) -> float:
    """Return advertising words per 1,000 characters; 0.0 below three different ones.

    A text about one of these things names it again and again; an advertisement names them all.
    """
    found = _SPAM.findall(text)
    return 1000.0 * len(found) / len(text) if len(set(found)) >= 3 else 0.0


def _repeated_lines(text: str) -> float:
    seen: set[str] = set()
    repeated = total = 0
    for line in text.split("\n"):
        bare = line.strip()
        total += len(bare)
        if bare in seen:
            repeated += len(bare)
        seen.add(bare)
    return repeated / max(1, total)


def _repeated_ngrams(codes: npt.NDArray[np.uint32]) -> float:
    count = len(codes) - NGRAM + 1
    if count <= 0:
        return 0.0
    hashes = np.zeros(count, np.uint64)
    for place in range(NGRAM):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + codes[place : place + count]
    return 1.0 - len(np.unique(hashes)) / count


def judge(text: str, settings: CleanSettings) -> Drop | None:
    """Return why `text` is no text to learn from, None when it is one."""
    measured = measure(text)
    filled = int(measured["characters"])
    if filled == 0:
        return Drop("empty")
    if filled < settings.min_characters:
        return Drop("too-short", f"{filled} characters")
    if len(text) > settings.max_characters:
        return Drop("too-long", f"{len(text)} characters")
    if (value := measured["hangul-ratio"]) < settings.min_hangul_ratio:
        return Drop("foreign", f"hangul-ratio {value:.3f}")
    for reason, name, limit in _limits(settings):
        if measured[name] > limit:
            return Drop(reason, f"{name} {measured[name]:.3f}")
    return None


def _limits(settings: CleanSettings) -> tuple[tuple[str, str, float], ...]:
    return (
        ("symbols", "symbol-ratio", settings.max_symbol_ratio),
        ("digits", "digit-ratio", settings.max_digit_ratio),
        ("repeated-lines", "repeated-lines", settings.max_repeated_lines),
        ("spam", "spam-words", settings.max_spam_words),
        ("lost-formulas", "placeholders", settings.max_placeholders),
        ("repetitive", "repeated-ngrams", settings.max_repeated_ngrams),
    )
