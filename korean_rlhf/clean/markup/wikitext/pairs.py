"""Pair the brackets of a MediaWiki page, once, in linear time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_TOKEN = re.compile(
    r"\{{2,}|\}{2,}|\[\[|\]\]|^[ \t:]*\{\||^[ \t]*\|\}(?!\})|\n[ \t]*\n", re.MULTILINE
)


class Pair(NamedTuple):
    """Where a bracket is closed, and of how many characters each end of it is."""

    close: int
    width: int


@dataclass(slots=True)
class _Open:
    """A bracket, or a run of braces, that is not closed yet."""

    kind: str
    start: int
    count: int
    under: str
    """For a link, the kind of the first bracket below it that is none."""


def match_brackets(text: str) -> dict[int, Pair]:
    """Return the closing end of each `[[`, `{{`, `{{{` and `{|` that has one, by its beginning.

    A closing end may leave links behind it open, never a template; a table leaves both. A link ends
    at a blank line. So a mark that finds no partner is text and hides nothing after it.

    >>> match_brackets("[[가|{{나}}]] {{ ]] }}")
    {4: Pair(close=7, width=2), 0: Pair(close=9, width=2), 12: Pair(close=18, width=2)}
    """
    pairs: dict[int, Pair] = {}
    opened: list[_Open] = []
    tables = 0
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token[0] == "}":
            _close_braces(found.start(), len(token), opened, pairs)
        elif token == "]]":
            if opened and opened[-1].kind == "[":
                pairs[opened.pop().start] = Pair(found.start(), 2)
        elif token[0] == "\n":
            _drop_links(opened)
        elif token.endswith("|}"):
            tables -= _close_table(found.end() - 2, opened, pairs) if tables else 0
        elif token.endswith("{|"):
            opened.append(_Open("|", found.end() - 2, 2, ""))
            tables += 1
        else:
            opened.append(_Open(token[0], found.start(), len(token), _below(opened)))
    return pairs


def _below(opened: list[_Open]) -> str:
    """Return the kind of the topmost bracket that is no link."""
    if not opened:
        return ""
    return opened[-1].under if opened[-1].kind == "[" else opened[-1].kind


def _drop_links(opened: list[_Open]) -> None:
    while opened and opened[-1].kind == "[":
        opened.pop()


def _close_braces(start: int, count: int, opened: list[_Open], pairs: dict[int, Pair]) -> None:
    """Close templates ("{{") and parameters ("{{{"), the innermost first."""
    while count >= 2 and _below(opened) == "{":
        _drop_links(opened)
        top = opened[-1]
        width = 3 if min(count, top.count) >= 3 else 2
        pairs[top.start + top.count - width] = Pair(start, width)
        top.count -= width
        start, count = start + width, count - width
        if top.count < 2:
            opened.pop()


def _close_table(start: int, opened: list[_Open], pairs: dict[int, Pair]) -> int:
    """Close the innermost table, over what is still open in it; return 1."""
    while opened[-1].kind != "|":
        opened.pop()
    pairs[opened.pop().start] = Pair(start, 2)
    return 1
