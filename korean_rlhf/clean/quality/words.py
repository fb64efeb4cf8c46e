"""What counts as a word of Korean: an eojeol, a character or a morpheme."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np

from korean_rlhf.clean.analyser import kiwi
from korean_rlhf.clean.quality.characters import (
    SPACE,
    Characters,
    Codes,
    Flags,
    code_points,
    flags_of,
)
from korean_rlhf.clean.quality.hashes import Hashes, Places, RollingHashes, mixed


class Words:
    """The words of a text, joined without anything between them.

    codes, flags: (characters,) of the joined words and what each is. starts, ends: (words,) place
    of the first character of each word, and behind its last; none is empty.
    """

    def __init__(self, codes: Codes, flags: Flags, starts: Places, ends: Places) -> None:
        self.codes, self.flags, self.starts, self.ends = codes, flags, starts, ends
        self.rolling = RollingHashes(codes)

    @classmethod
    def of(cls, texts: Sequence[str]) -> Words:
        """Join a list of words that are not empty."""
        codes = code_points("".join(texts))
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        ends = np.cumsum(lengths)
        return cls(codes, flags_of(codes), ends - lengths, ends)

    @functools.cached_property
    def hashes(self) -> Hashes:
        """Return the hash of each word."""
        return mixed(self.rolling.between(self.starts, self.ends))

    def __len__(self) -> int:
        return len(self.ends)


def eojeols(characters: Characters) -> Words:
    """Return what stands between spaces.

    >>> found = eojeols(Characters.of("서울은 한국의 수도이다."))
    >>> (found.ends - found.starts).tolist()
    [3, 3, 5]
    """
    filled = np.flatnonzero((characters.flags & SPACE) == 0)
    codes, flags = characters.codes.take(filled), characters.flags.take(filled)
    # A word begins at the first character, and where something stands before it: spaces.
    starts = np.append(0, np.flatnonzero(filled[1:] - filled[:-1] != 1) + 1)[: len(codes)]
    ends = np.append(starts[1:], len(codes))[: len(starts)]
    return Words(codes, flags, starts, ends)


def single_characters(characters: Characters) -> Words:
    """Return every character that is no space."""
    filled = (characters.flags & SPACE) == 0
    codes = characters.codes[filled]
    places = np.arange(len(codes))
    return Words(codes, characters.flags[filled], places, places + 1)


def morphemes(characters: Characters) -> Words:
    """Return the pieces that Kiwi cuts NFC text into, as they stand in it.

    A piece that stands for two morphemes (했: 하 + 었) is given once for each, as FineWeb-2 counts.
    """
    return Words.of(morpheme_texts(characters.text))


def morpheme_texts(text: str) -> list[str]:
    """Return the pieces that Kiwi cuts `text` into.

    >>> morpheme_texts("서울은 한국의 수도이다.")
    ['서울', '은', '한국', '의', '수도', '이', '다', '.']
    """
    text = unicodedata.normalize("NFC", text)
    pieces = (text[token.start : token.end].strip() for token in kiwi().tokenize(text))
    return [piece for piece in pieces if piece]


WORDS: dict[str, Callable[[Characters], Words]] = {
    "eojeol": eojeols,
    "character": single_characters,
    "morpheme": morphemes,
}
"""By the name that the setting `words` gives."""
