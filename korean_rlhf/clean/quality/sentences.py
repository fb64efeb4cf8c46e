"""Measures of sentences: how long they are, and how many are said again."""

from __future__ import annotations

import numpy as np

from korean_rlhf.clean.analyser import kiwi
from korean_rlhf.clean.quality.characters import SPACE, TERMINAL, Characters
from korean_rlhf.clean.quality.hashes import Places, standing_twice
from korean_rlhf.clean.quality.words import Words

_NEWLINE, _ELLIPSIS = ord("\n"), ord("…")


def sentence_measures(characters: Characters, words: Words, unit: str) -> dict[str, float]:
    """Return the measures of sentences; with morphemes Kiwi finds them, else their marks do.

    sentences: how many. mean-sentence-length: their characters without spaces. duplicate-sentences:
    characters in sentences that came before over those of all, without spaces. `words` are eojeols.

    >>> from korean_rlhf.clean.quality.words import eojeols
    >>> text = Characters.of("비가 왔다. 추웠다. 비가 왔다.")
    >>> found = sentence_measures(text, eojeols(text), "eojeol")
    >>> found["sentences"], round(found["mean-sentence-length"], 2), found["duplicate-sentences"]
    (3.0, 4.67, 0.35714285714285715)
    """
    total = len(words.codes)
    if not total:
        return {"sentences": 0.0, "mean-sentence-length": 0.0, "duplicate-sentences": 0.0}
    ends = _ends_by_kiwi(characters) if unit == "morpheme" else _ends_by_marks(characters)
    # As places in the text without spaces; a sentence of spaces only has no end of its own there.
    filled = np.cumsum((characters.flags & SPACE) == 0)
    bounds = np.unique(np.concatenate(([0], filled[ends - 1], [total])))
    starts, stops = bounds[:-1], bounds[1:]
    return {
        "sentences": float(len(starts)),
        "mean-sentence-length": total / len(starts),
        "duplicate-sentences": _again(words, starts, stops) / total,
    }


def _again(words: Words, starts: Places, stops: Places) -> int:
    """Return the characters of stretches that came before."""
    found = words.rolling.between(starts, stops)
    if not len(standing_twice(found)):
        return 0
    is_again = np.ones(len(found), np.bool_)
    is_again[np.unique(found, return_index=True)[1]] = False
    return int((stops - starts)[is_again].sum())


def _ends_by_marks(characters: Characters) -> Places:
    """Return the places behind a line, and behind a mark with a space after it."""
    codes, flags = characters.codes, characters.flags
    marks = ((flags & TERMINAL) != 0) | (codes == _ELLIPSIS)
    marks[:-1] &= (flags[1:] & SPACE) != 0
    return np.flatnonzero(marks | (codes == _NEWLINE)) + 1


def _ends_by_kiwi(characters: Characters) -> Places:
    """Return the places behind a sentence as the analyser splits it."""
    found = kiwi().split_into_sents(characters.text)
    return np.asarray([sentence.end for sentence in found], np.int64)
