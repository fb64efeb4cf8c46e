"""Measures of the words of a text: how many, how long, and whether they are those of prose.

The measures that need no list are those of Rae et al. 2021 (Gopher, arXiv:2112.11446, appendix
A1.1) as datatrove 0.10 computes them.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from korean_rlhf.clean.quality.characters import (
    DIGIT,
    LETTER,
    PUNCTUATION,
    SYLLABLE,
)
from korean_rlhf.clean.quality.hashes import Hashes, among
from korean_rlhf.clean.quality.words import Words

_FINEWEB = frozenset("의 다 이 는 에 을 한 년 하 은 를 했 고 에서 가 있 으로 인 월 로 되".split())
"""Morphemes of FineWeb-2's Korean settings, configs/kor_Hang.yml."""
_EOJEOLS = frozenset(
    "수 이 그 있다. 등 및 또는 그리고 하지만 그러나 있는 한 것이다. 되었다. 것은 것을 "
    "것이 때 더 가장 많은 모든 다른 위해 대한 대해 통해 따라 후 두 첫 같은 함께 했다. "
    "한다. 이후 다시 것 없는 하는 된 등의 중 안 너무 정말 잘 왜 내 제 우리 좀 진짜 다 못 "
    "합니다. 있습니다. 이런 그런".split()
)
"""Frequent ones of encyclopedia articles, petitions and film reviews."""
STOP_WORDS = {"eojeol": _EOJEOLS, "morpheme": _FINEWEB, "character": _FINEWEB}
"""By unit of words."""
PARTICLES = "은는이가을를의에도로과와서고다며면지만한인된할들까게나라요네려니음함됨자야"
"""Last syllables of most eojeols in prose: particles (조사) and endings (어미)."""


def word_measures(text: str, words: Words, unit: str) -> dict[str, float]:
    """Return the measures of words.

    words: those that are more than punctuation; mean-word-length: their characters. alphabetic-
    words: share of all words that hold a letter. hashes-per-word, ellipses-per-word: # and ... or …
    over all words. stop-words: different ones of STOP_WORDS.

    >>> from korean_rlhf.clean.quality.characters import Characters
    >>> from korean_rlhf.clean.quality.words import eojeols
    >>> text = "그는 값을 치르고 갔다 ..."
    >>> measured = word_measures(text, eojeols(Characters.of(text)), "eojeol")
    >>> measured["words"], measured["mean-word-length"], measured["alphabetic-words"]
    (4.0, 2.25, 0.8)
    """
    every = max(1, len(words))
    spoken = (words.ends - words.starts)[_holds(words, PUNCTUATION, without=True)]
    alphabetic = _holds(words, LETTER)
    return {
        "words": float(len(spoken)),
        "mean-word-length": float(spoken.mean()) if len(spoken) else 0.0,
        "alphabetic-words": int(np.count_nonzero(alphabetic)) / every,
        "hashes-per-word": text.count("#") / every,
        "ellipses-per-word": (text.count("...") + text.count("…")) / every,
        "stop-words": float(_stop_words(words, unit)),
    }


def _holds(words: Words, flag: int, *, without: bool = False) -> npt.NDArray[np.bool_]:
    """Return for each word whether one of its characters has the flag, or has it not."""
    if not len(words):
        return np.zeros(0, np.bool_)
    wanted = (words.flags & flag) == 0 if without else (words.flags & flag) != 0
    held: npt.NDArray[np.bool_] = np.logical_or.reduceat(wanted, words.starts)
    return held


def _stop_words(words: Words, unit: str) -> int:
    if not len(words):
        return 0
    return int(np.count_nonzero(among(_stop_hashes(unit), np.sort(words.hashes))))


@functools.cache
def _stop_hashes(unit: str) -> Hashes:
    return Words.of(sorted(STOP_WORDS[unit])).hashes


def particle_ratio(words: Words) -> float:
    """Return the share of eojeols with a Hangul syllable that end in a particle or an ending.

    What follows the last letter or digit is left out. Lists of names and of search words have few.

    >>> from korean_rlhf.clean.quality.characters import Characters
    >>> from korean_rlhf.clean.quality.words import eojeols
    >>> particle_ratio(eojeols(Characters.of("준호는 은행에 갔다.")))
    1.0
    >>> particle_ratio(eojeols(Characters.of("연필 구름 책상")))
    0.0
    """
    if not len(words):
        return 0.0
    places = np.flatnonzero(words.flags & (LETTER | DIGIT))
    last = (
        places.take(np.searchsorted(places, words.ends) - 1, mode="clip") if len(places) else places
    )
    # Elsewhere than in its word: that has neither letter nor digit.
    last = last[(last >= words.starts[: len(last)]) & (last < words.ends[: len(last)])]
    last = last[(words.flags[last] & SYLLABLE) != 0]
    if not len(last):
        return 0.0
    return int(np.count_nonzero(_is_particle()[words.codes[last]])) / len(last)


@functools.cache
def _is_particle() -> npt.NDArray[np.bool_]:
    table = np.zeros(0x10000, np.bool_)
    table[[ord(syllable) for syllable in PARTICLES]] = True
    return table
