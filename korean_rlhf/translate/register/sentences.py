"""The speech level of each sentence of a text, and of the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from korean_rlhf.translate.morphemes import split_sentences
from korean_rlhf.translate.register.endings import PLAIN, POLITE, Level, ending

_QUOTED = re.compile(
    r"[\"“][^\"”\n]*[\"”]|‘[^’\n]*’|「[^」\n]*」|『[^』\n]*』|(?<!\w)'[^'\n]*'(?!\w)"
)
_APART = re.compile(r"^\s*(?:(?:[-*+•·]|\d+[.)]|[①-⑳])\s|#{1,6} |>|\|)")
"""A list item, a heading, a quotation, a row of a table: each has a style of its own."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and how it ends."""

    text: str
    level: Level
    request: bool
    """It asks the reader to do something: 하세요, 해 줘, 하라, 하기, 할 것, or a question."""
    ended: bool
    """It has an ending, a nominal ending or a noun at its end, as a whole sentence has."""


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of `text`, each with its speech level.

    >>> [sentence.level for sentence in sentences("비가 와요. 우산을 챙기십시오. 간다!")]
    ['haeyo', 'hapsyo', 'haera']
    """
    lines = unicodedata.normalize("NFC", text).splitlines()
    return [sentence for line in lines if line.strip() for sentence in _of_line(line)]


def own_sentences(text: str) -> list[Sentence]:
    r"""Return what the writer says in running text: no list items, headings or quotations.

    A text that has nothing else is returned whole.

    >>> [sentence.level for sentence in own_sentences("# 제목이다\n“가자.”라고 말했어요.")]
    ['haeyo']
    """
    lines = [line for line in text.splitlines() if line.strip() and not _APART.match(line)]
    own = sentences("\n".join(_QUOTED.sub("말", line) for line in lines))
    return own if any(each.level for each in own) else sentences(text)


def text_register(text: str) -> str:
    """Return the speech level of `text`, "mixed" for several, "" for none.

    >>> text_register("책을 읽었어요. 재미있었어요."), text_register("책을 읽었어요. 재미있다.")
    ('haeyo', 'mixed')
    """
    levels = {sentence.level for sentence in own_sentences(text)} - {""}
    return levels.pop() if len(levels) == 1 else "mixed" if levels else ""


def is_mixed(found: Sequence[Sentence]) -> bool:
    """Whether polite and plain sentences stand side by side.

    해요체 beside 하십시오체 is not counted: careful speakers mix the two.
    """
    levels = {sentence.level for sentence in found}
    return bool(levels & POLITE) and bool(levels & PLAIN)


@lru_cache(maxsize=4096)
def _of_line(line: str) -> tuple[Sentence, ...]:
    """Return the sentences of one line; several checks ask for the same."""
    found = []
    for text, morphemes in split_sentences(line):
        question = text.rstrip("\"'”’)]」』 ").endswith("?")
        found.append(Sentence(text, *ending(morphemes, question=question)))
    return tuple(found)
