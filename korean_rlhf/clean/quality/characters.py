"""Classes of characters, looked up for a whole text at once."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Codes: TypeAlias = npt.NDArray[np.uint32]
"""Unicode code points, one a character."""
Flags: TypeAlias = npt.NDArray[np.uint8]
"""What each character is: SPACE, SYLLABLE, ... added up."""

SPACE, LETTER, DIGIT, PUNCTUATION, SYLLABLE, HANJA, LATIN, TERMINAL = (1 << bit for bit in range(8))
_KNOWN = 0x40000
"""No letter, digit or space is encoded beyond it."""
_HANJA_RANGES = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x33480))
_LATIN_RANGES = ((0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x250), (0x1E00, 0x1F00), (0xFF21, 0xFF5B))
_CONTROLS = (*range(9), 11, 12, *range(13, 32), *range(127, 160))
_PUNCTUATION = (
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«´»–—’“”„…∶━►、。〈〉《》「」【】！％（），．１：；？～"
)
"""The marks that CCNet takes away before it compares lines; its full-width 1 is no slip of ours."""
_TERMINAL_RANGES = (
    "21 2e 3f 589 61d-61f 6d4 700-702 7f9 837 839 83d-83e 964-965 104a-104b 1362 1367-1368 166e "
    "1735-1736 17d4-17d6 17d9-17da 1803 1809 1944-1945 1aa8-1aab 1b5a-1b5b 1b5e-1b5f 1b7d-1b7e "
    "1c3b-1c3c 1c7e-1c7f 203c-203d 2047-2049 2e2e 2e3c 2e53-2e54 3002 a4ff a60e-a60f a6f3 a6f7 "
    "a876-a877 a8ce-a8cf a92f a9c8-a9c9 aa5d-aa5f aaf0-aaf1 abeb fe52 fe56-fe57 ff01 ff0e ff1f "
    "ff61 10a56-10a57 10f55-10f59 10f86-10f89 11047-11048 110be-110c1 11141-11143 111c5-111c6 "
    "111cd 111de-111df 11238-11239 1123b-1123c 112a9 1144b-1144c 115c2-115c3 115c9-115d7 "
    "11641-11642 1173c-1173e 11944 11946 11a42-11a43 11a9b-11a9c 11c41-11c42 11ef7-11ef8 "
    "11f43-11f44 16a6e-16a6f 16af5 16b37-16b38 16b44 16e98 1bc9f 1da88"
)
"""Code points that end a sentence in some script, in hexadecimal."""


def _terminal_codes() -> list[int]:
    codes: list[int] = []
    for word in _TERMINAL_RANGES.split():
        first, _, last = word.partition("-")
        codes += range(int(first, 16), int(last or first, 16) + 1)
    return codes


TERMINAL_MARKS = frozenset(map(chr, _terminal_codes()))
"""Characters that end a sentence; an ellipsis is none of them."""


@functools.cache
def _table() -> Flags:
    """Return the flags of every code point."""
    table = np.zeros(0x110000, np.uint8)
    characters = [chr(code) for code in range(_KNOWN)]
    for flag, test in ((SPACE, str.isspace), (LETTER, str.isalpha), (DIGIT, str.isdigit)):
        found = np.fromiter(map(test, characters), np.bool_, _KNOWN)
        table[:_KNOWN] |= found.astype(np.uint8) * np.uint8(flag)
    _mark(table, PUNCTUATION, [*map(ord, _PUNCTUATION), *_CONTROLS, *_terminal_codes()])
    _mark(table, TERMINAL, _terminal_codes())
    table[0xAC00:0xD7A4] |= SYLLABLE
    for first, last in _HANJA_RANGES:
        table[first:last] |= HANJA
    for first, last in _LATIN_RANGES:
        table[first:last] |= LATIN
    table[(table & LETTER) == 0] &= np.uint8(0xFF ^ (HANJA | LATIN))
    return table


def _mark(table: Flags, flag: int, codes: Iterable[int]) -> None:
    table[list(codes)] |= np.uint8(flag)


def code_points(text: str) -> Codes:
    """Return the code point of every character of `text`."""
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)


def flags_of(codes: Codes) -> Flags:
    """Return what each character is."""
    return _table()[codes]


@dataclass(frozen=True, slots=True)
class Characters:
    """A text as code points, with what each is; looked up once for all measures."""

    text: str
    codes: Codes
    flags: Flags

    @classmethod
    def of(cls, text: str) -> Characters:
        """Look up every character of `text`."""
        codes = code_points(text)
        return cls(text, codes, flags_of(codes))


def script_measures(characters: Characters) -> dict[str, float]:
    """Return how many characters a text has, and how much of it is which script.

    characters: without spaces. hangul-ratio, hanja-ratio, latin-ratio: over all letters; without a
    letter the first is 1.0, the others 0.0, as there is nothing foreign in numbers. symbol-ratio,
    digit-ratio: over characters without spaces; a symbol is neither letter nor digit.

    >>> measured = script_measures(Characters.of("서울 Seoul 2024!"))
    >>> measured["characters"], round(measured["hangul-ratio"], 3), measured["digit-ratio"]
    (12.0, 0.286, 0.3333333333333333)
    """
    bins = np.bincount(characters.flags, minlength=256)
    spaces, letters, digits, syllables, hanja, latin = (
        int(bins[_HOLDING[flag]].sum()) for flag in (SPACE, LETTER, DIGIT, SYLLABLE, HANJA, LATIN)
    )
    filled = len(characters.codes) - spaces
    return {
        "characters": float(filled),
        "hangul-ratio": syllables / letters if letters else 1.0,
        "hanja-ratio": hanja / letters if letters else 0.0,
        "latin-ratio": latin / letters if letters else 0.0,
        "symbol-ratio": (filled - letters - digits) / max(1, filled),
        "digit-ratio": digits / max(1, filled),
    }


_HOLDING = {1 << bit: np.flatnonzero(np.arange(256) & (1 << bit)) for bit in range(8)}
"""Which of the 256 sums of flags hold a flag."""
