"""Jamo in three encodings: conjoining (U+1100), compatibility (U+3131), half-width (U+FFA1)."""

from __future__ import annotations

import re
import unicodedata

from korean_rlhf.hangul import LEADS, TAILS, VOWELS, compose

_HALF = re.compile(r"[\uffa1-\uffdc]+")
_CONJOINING = re.compile(r"[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]+")
_MODERN = re.compile(r"[\u1100-\u1112\u1161-\u1175\u11a8-\u11c2]+")
_PAIRS = "ㄱㅅㄳ ㄴㅈㄵ ㄴㅎㄶ ㄹㄱㄺ ㄹㅁㄻ ㄹㅂㄼ ㄹㅅㄽ ㄹㅌㄾ ㄹㅍㄿ ㄹㅎㅀ ㅂㅅㅄ"
_TAIL_PAIRS = {item[:2]: item[2] for item in _PAIRS.split()}


def _names(start: int, end: int) -> dict[int, str]:
    """Map half-width letters to compatibility letters by their Unicode names."""
    table = {}
    for code in range(start, end):
        name = unicodedata.name(chr(code), "").removeprefix("HALFWIDTH ")
        if name.startswith("HANGUL LETTER"):
            table[code] = unicodedata.lookup(name)
    return table


_HALF_TO_LETTER = _names(0xFFA1, 0xFFDD)
_TO_LETTER = (
    {0x1100 + place: letter for place, letter in enumerate(LEADS)}
    | {0x1161 + place: letter for place, letter in enumerate(VOWELS)}
    | {0x11A7 + place: letter for place, letter in enumerate(TAILS) if letter}
)


def to_compatibility(text: str) -> str:
    """Return `text` with modern conjoining jamo that stand alone as compatibility jamo.

    To be used after NFC has composed those that belong together. Old Hangul is left as it is.

    >>> to_compatibility("ᄏᄏᄏ")
    'ㅋㅋㅋ'
    """
    return _CONJOINING.sub(_to_letters, text)


def _to_letters(found: re.Match[str]) -> str:
    return found[0].translate(_TO_LETTER) if _MODERN.fullmatch(found[0]) else found[0]


def compose_halfwidth(text: str) -> str:
    """Return `text` with half-width jamo composed into syllables, as a keyboard would.

    >>> compose_halfwidth("ﾾￂﾤﾡￚ ﾻﾻ")
    '한그 ㅋㅋ'
    """
    return _HALF.sub(lambda found: _compose(found[0].translate(_HALF_TO_LETTER)), text)


def _compose(letters: str) -> str:
    """Compose a run of compatibility jamo; a consonant goes to the next vowel if there is one."""
    shown, place = "", 0
    while place < len(letters):
        lead, vowel = letters[place], letters[place + 1 : place + 2]
        if lead not in LEADS or not vowel or vowel not in VOWELS:
            shown, place = shown + lead, place + 1
            continue
        tail = _tail(letters, place + 2)
        shown += compose(lead, vowel, tail[0])
        place += 2 + tail[1]
    return shown


def _tail(letters: str, place: int) -> tuple[str, int]:
    """Return the final consonant at `place` and how many letters it takes."""
    for width in (2, 1):
        part, after = letters[place : place + width], letters[place + width : place + width + 1]
        tail = _TAIL_PAIRS.get(part, "") if width == 2 else part
        if len(part) == width and tail in TAILS[1:] and not (after and after in VOWELS):
            return tail, width
    return "", 0
