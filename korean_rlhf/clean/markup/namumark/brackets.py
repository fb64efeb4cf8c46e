"""Pair the brackets of a namumark page, once, in linear time."""

from __future__ import annotations

import re

from korean_rlhf.clean.markup.namumark.colours import COLOUR

STYLED = re.compile(rf"\{{\{{\{{(?:{COLOUR}(?:,{COLOUR})?|[+-][1-5])[ \n]", re.IGNORECASE)
"""How a coloured or sized text begins; the text follows."""
MARKUP = re.compile(rf"\{{\{{\{{#!(?:wiki|folding|if)\b|{STYLED.pattern}", re.IGNORECASE)
"""How a `{{{` begins that holds markup. Any other one holds literal text, escapes included."""

_BRACES = re.compile(r"\\.|\{\{\{|\}\}\}")
_LITERAL_BRACES = re.compile(r"\{\{\{|\}\}\}")
_SQUARES = re.compile(r"\\.|\{\{\{|\}\}\}|\[\*|\[\[|\]\]|\[|\]|\n[ \t]*\n")


def match_brackets(text: str) -> dict[int, int]:
    """Return, for each `{{{` and `[*` that is closed, where its closing bracket begins.

    >>> match_brackets("{{{#red 가[* 주]}}} }}} {{{")
    {0: 14, 9: 13}
    """
    braces = _match_braces(text)
    return dict(sorted((braces | _match_footnotes(text, braces)).items()))


def _match_braces(text: str) -> dict[int, int]:
    pairs: dict[int, int] = {}
    opened: list[tuple[int, bool]] = []  # where, and whether it holds literal text
    position = 0
    while True:
        literal = bool(opened) and opened[-1][1]
        found = (_LITERAL_BRACES if literal else _BRACES).search(text, position)
        if found is None:
            return pairs
        position = found.end()
        if found[0] == "{{{":
            opened.append((found.start(), literal or not MARKUP.match(text, found.start())))
        elif found[0] == "}}}" and opened:
            pairs[opened.pop()[0]] = found.start()


def _match_footnotes(text: str, braces: dict[int, int]) -> dict[int, int]:
    """Pair the `[*` with their `]`: never over a blank line or over the end of a `{{{`."""
    pairs: dict[int, int] = {}
    ends = {end for start, end in braces.items() if MARKUP.match(text, start)}
    opened: list[tuple[str, int]] = []
    position = 0
    while found := _SQUARES.search(text, position):
        token, start, position = found[0], found.start(), found.end()
        if token == "{{{":
            position = _enter(text, start, braces, opened)
        elif token == "}}}":
            if start in ends:
                _leave(opened, "{{{")
        elif token in ("[", "[[", "[*"):
            opened.append((token, start))
        elif token[0] == "]":
            position = start + _close(token, start, opened, pairs)
        elif token[0] == "\n":
            _drop_squares(opened)
            position = found.end() - 1  # two blank lines share a newline
    return pairs


def _enter(text: str, start: int, braces: dict[int, int], opened: list[tuple[str, int]]) -> int:
    """Go into a `{{{` of markup, over one of literal text; return where to go on."""
    if start not in braces:
        return start + 3
    if MARKUP.match(text, start):
        opened.append(("{{{", start))
        return start + 3
    return braces[start] + 3


def _leave(opened: list[tuple[str, int]], token: str) -> None:
    while opened and opened.pop()[0] != token:
        pass


def _drop_squares(opened: list[tuple[str, int]]) -> None:
    while opened and opened[-1][0] != "{{{":
        opened.pop()


def _close(token: str, start: int, opened: list[tuple[str, int]], pairs: dict[int, int]) -> int:
    """Close what `token` closes and return how many characters of it that took."""
    top = opened[-1][0] if opened else ""
    if token == "]]" and top == "[[":
        opened.pop()
        return 2
    if top == "[*":
        pairs[opened.pop()[1]] = start
    elif top == "[":
        opened.pop()
    return 1
