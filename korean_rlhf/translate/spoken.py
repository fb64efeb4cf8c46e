"""How a Latin word, a unit or an address ends when a Korean reads it aloud: what its josa hangs on.

There is no rule without exceptions, so the commonest exceptions are listed. The rules were read off
the loanwords of the 국립국어원 notation (외래어 표기법) and words that stand in manuals.
"""

from __future__ import annotations

import re

from korean_rlhf import hangul

NONE, KIYEOK, NIEUN, RIEUL, MIEUM, PIEUP, SIOS, IEUNG = 0, 1, 4, 8, 16, 17, 19, 21
"""Indices among the finals of a syllable, as in korean_rlhf.hangul."""

UNITS = {
    **dict.fromkeys(("km", "m", "cm", "mm", "km/h", "l", "ml", "m²", "km²"), NONE),  # 미터, 리터
    **dict.fromkeys(("g", "kg", "mg"), MIEUM),  # 그램
    **dict.fromkeys(("kb", "mb", "gb", "tb", "kib", "mib", "gib", "b"), NONE),  # 바이트
    **dict.fromkeys(("hz", "khz", "mhz", "ghz", "kcal", "°c", "°f"), NONE),  # 헤르츠, 칼로리, 도
    "mph": RIEUL,  # 마일
    "t": NIEUN,  # 톤
}
WORDS = {
    **dict.fromkeys(("type", "group", "backup"), PIEUP),
    **dict.fromkeys(("theme", "bit", "audit", "edit", "hub", "github", "kebab"), NONE),
    **dict.fromkeys(("jpeg", "jpg"), KIYEOK),
    **dict.fromkeys(("column", "com", "some"), MIEUM),
    **dict.fromkeys(("sign", "design"), NIEUN),
    **dict.fromkeys(("dog", "bug", "log", "tag", "flag", "recipe", "cache", "apache"), NONE),
    **dict.fromkeys(("chat", "format", "input", "output", "great", "sweet", "tweet"), SIOS),
    **dict.fromkeys(("apple", "google", "kindle"), RIEUL),
    **dict.fromkeys(("kr", "jr"), RIEUL),  # 케이알
    "mr": NONE,
}
ENDINGS: tuple[tuple[str, int], ...] = (
    (r"ng", IEUNG),  # 스프링
    (r"ll?e?|[^aeiouy]le", RIEUL),  # 파일, 구글, 모듈
    (r"mm?e?|lm", MIEUM),  # 네임, 필름
    (r"nn?e?", NIEUN),  # 라인, 머신
    (r"(?:[aiou]|e)ck|[aeiou]c|(?<=[^aeiou])ook|book", KIYEOK),  # 블록, 뮤직, 북
    (r"(?<![aeiou])[aeiou]pp?", PIEUP),  # 앱, 스텝
    (r"(?:^|[^aeiou])[aeou]b|^web", PIEUP),  # 웹, 탭
    (r"(?<![aeiou])[aeiou]tt?", SIOS),  # 넷, 커밋
)
"""Endings of a word and their final; any other ending closes with a vowel (코드, 리스트, 서버)."""

_ENDINGS = tuple((re.compile(f"(?:{pattern})$"), final) for pattern, final in ENDINGS)
_LETTERS = {"L": RIEUL, "M": MIEUM, "N": NIEUN, "R": RIEUL}  # 엘, 엠, 엔, 알
_MARKUP = " \t\"'”’)]}>〉》」』*_`~.,;:!?/\\"
_UNIT = re.compile(r"\d[\d,.]*\s?([A-Za-z°²/]+)$")
_LATIN = re.compile(r"[A-Za-z]+$")


def spoken_final(span: str) -> int | None:
    """Return the final of the last sound of `span`: 0 for none, 8 for ㄹ; None when unknown.

    A formula and a {placeholder} are unknown: nobody can say yet how they will be read.

    >>> [spoken_final(word) for word in ("서울", "10%", "5 kg", "`file`", "API", "HTML", "{name}")]
    [8, 0, 16, 8, 0, 8, None]
    """
    if span.startswith(("{", "$", "%", "\\", "<")) or "\n" in span:
        return None
    word = span.rstrip(_MARKUP).removesuffix("(").rstrip(_MARKUP)
    unit = _UNIT.search(word)
    if unit and unit[1].lower() in UNITS:
        return UNITS[unit[1].lower()]
    latin = _LATIN.search(word)
    if latin:
        return latin_final(latin[0])
    return hangul.final_index(word)


def latin_final(word: str) -> int:
    """Return the final of a word in Latin letters: as a word, or letter by letter.

    >>> [latin_final(word) for word in ("Python", "server", "KBS", "URL", "list", "web", "com")]
    [4, 0, 0, 8, 0, 17, 16]
    """
    known = WORDS.get(word.lower())
    if known is not None:
        return known
    if word.isupper() or not re.search(r"[aeiouy]", word.lower()):
        return _LETTERS.get(word[-1].upper(), NONE)
    for ending, final in _ENDINGS:
        if ending.search(word.lower()):
            return final
    return NONE
