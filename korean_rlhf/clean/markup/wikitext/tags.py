"""Tags of a MediaWiki page: which hold text of their own, which are shown, which only shape."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_SILENT = (
    "references gallery score timeline imagemap templatestyles section includeonly graph mapframe "
    "maplink hiero indicator inputbox categorytree dynamicpagelist charinsert languages rp"
).split()
_LITERAL = "nowiki pre source syntaxhighlight".split()
_FORMULA = "math chem ce".split()
_OPENING = re.compile(
    r"<!--|<(?P<name>ref|"
    + "|".join([*_SILENT, *_LITERAL, *_FORMULA])
    + r")(?=[\s/>])(?P<rest>[^<>]*)>",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\0-\2]")

SHAPE = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)(?=[\s/>])[^<>]*>")
"""Any other tag."""
_LINES = frozenset(
    "div p blockquote center poem dd dt ul ol dl h1 h2 h3 h4 h5 h6 table tr caption".split()
)
_WORDS = frozenset(
    "b i u s em strong small big span font sup sub del ins strike abbr code tt kbd samp var cite q "
    "dfn bdi bdo mark nobr ruby rb rbc rtc noinclude onlyinclude data time wbr thead tbody tfoot "
    "col colgroup nowiki translate tvar a".split()
)
CELL = "\3"
"""Stands between the cells of a table that is written in HTML."""
_MARKS = {"br": "\n", "hr": "\n", "li": "\n- ", "td": CELL, "th": CELL, "rt": "("}
_CLOSING_MARKS = {"rt": ")", "li": "\n"}


@dataclass(frozen=True, slots=True)
class Piece:
    """What a tag held that is no wikitext: code, a formula, a note."""

    name: str
    inside: str


def shape_of(found: re.Match[str]) -> str | None:
    r"""Return what a tag leaves in the text, None when MediaWiki knows no such tag.

    >>> shape_of(SHAPE.match("<div class=a>")), shape_of(SHAPE.match("<b>")), SHAPE.match("< b")
    ('\n', '', None)
    """
    closing, name = found[1], found[2].lower()
    marks = _CLOSING_MARKS if closing else _MARKS
    if name in marks:
        return marks[name]
    if name in _LINES:
        return "\n"
    return "" if name in _WORDS or name in _MARKS else None


def take_pieces(text: str) -> tuple[str, list[Piece]]:
    """Take comments out, and put marks for tags whose inside is no wikitext.

    A tag that is never closed goes, and what follows it stays; so does an unclosed comment's text.
    """
    text = _CONTROLS.sub("", text)
    parts: list[str] = []
    pieces: list[Piece] = []
    endless: set[str] = set()
    position = 0
    while found := _OPENING.search(text, position):
        parts.append(text[position : found.start()])
        name = (found["name"] or "--").lower()
        inside, position = (None, found.end()) if name in endless else _inside(text, found, name)
        if inside is None:
            endless.add(name) if name != "ref" else None
            parts.append("<!--" if name == "--" else "")
        elif name == "--":
            position = _after_comment(text, found.start(), position)
        else:
            parts.append(f"\1{len(pieces)}\2")
            pieces.append(Piece(name, inside))
    return "".join(parts) + text[position:], pieces


def _inside(text: str, found: re.Match[str], name: str) -> tuple[str | None, int]:
    """Return what stands in the tag, None when it is never closed, and where to go on."""
    if name == "--":
        close = text.find("-->", found.end())
        return (None, found.end()) if close < 0 else ("", close + 3)
    if found["rest"].endswith("/"):
        return "", found.end()
    ending = _ENDINGS[name].search(text, found.end())
    if ending is None or ending[0][1] != "/":
        return None, found.end()
    return text[found.end() : ending.start()], ending.end()


_ENDINGS = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in (*_SILENT, *_LITERAL, *_FORMULA)
}
_ENDINGS["ref"] = re.compile(r"</ref\s*>|<ref(?=[\s>])[^<>]*(?<!/)>", re.IGNORECASE)
"""A note in a note: the first was never closed."""


def _after_comment(text: str, start: int, stop: int) -> int:
    """Return where to go on after a comment: one that fills its line takes the line away."""
    begins = text.rfind("\n", max(0, start - 80), start) + 1
    alone = (begins or start < 80) and not text[begins:start].strip(" \t")
    return stop + 1 if alone and text.startswith("\n", stop) else stop


def shown_piece(piece: Piece) -> str | None:
    """Return what a piece other than a note shows, None when it is left out."""
    if piece.name in _FORMULA:
        return f"${piece.inside.strip()}$" if piece.inside.strip() else None
    if piece.name == "nowiki":
        return html.unescape(piece.inside)
    if piece.name not in _LITERAL:
        return None
    lines = html.unescape(piece.inside).strip("\n")
    return f"\n{lines}\n" if "\n" in lines else lines
