"""Kiwi's morphemes, from one analyser that all threads share.

Kiwi and its model take 2 seconds and 330 MB to load, so they are loaded at the first question, or
ahead of it, beside other work.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kiwipiepy import Kiwi


class Morpheme(NamedTuple):
    """A form and its part of speech, and where it begins in the text."""

    form: str
    tag: str
    start: int


def load_ahead() -> threading.Thread:
    """Begin to load the analyser; who is about to ask much joins the thread."""
    thread = threading.Thread(target=_loaded, name="kiwi", daemon=True)
    thread.start()
    return thread


def morphemes(line: str) -> tuple[Morpheme, ...]:
    """Return the morphemes of one line.

    >>> [each.tag for each in morphemes("3은 홀수")]
    ['SN', 'JX', 'NNG']
    """
    with _ONE_AT_A_TIME:
        tokens = _kiwi().tokenize(line)
    return tuple(Morpheme(token.form, token.tag, token.start) for token in tokens)


def split_sentences(line: str) -> list[tuple[str, tuple[Morpheme, ...]]]:
    """Return each sentence of one line with its morphemes; they count from the line's start."""
    with _ONE_AT_A_TIME:
        parts = _kiwi().split_into_sents(line, return_tokens=True)
    return [
        (part.text, tuple(Morpheme(token.form, token.tag, token.start) for token in part.tokens))
        for part in parts
    ]


_ONE_AT_A_TIME = threading.Lock()


def _loaded() -> None:
    with _ONE_AT_A_TIME:
        _kiwi().tokenize("가")


@lru_cache(maxsize=1)
def _kiwi() -> Kiwi:
    from kiwipiepy import Kiwi

    # Names of several words do not matter for endings, and cost 190 MB and 4 seconds.
    return Kiwi(num_workers=1, load_multi_dict=False)
