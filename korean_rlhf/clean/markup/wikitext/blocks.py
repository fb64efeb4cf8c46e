"""Lines of MediaWiki markup: headings, lists, rules, tables, paragraphs."""

from __future__ import annotations

import re

from korean_rlhf.clean.markup.wikitext.inline import render_inline
from korean_rlhf.clean.markup.wikitext.page import Page
from korean_rlhf.clean.markup.wikitext.tables import render_table
from korean_rlhf.clean.markup.wikitext.tags import CELL

_ITEM = re.compile(r"[*#:;]+[ \t]*")
_RULE = re.compile(r"-{4,}")
_TABLE = re.compile(r"[ \t:]*(?=\{\|)")
_SPACES = re.compile(r"[ \t]{2,}")
_TITLE_TAIL = re.compile(r"(?:[ \t]|\x01[0-9]+\x02)*+\Z")
"""Spaces and footnotes, which may stand behind the last "=" of a heading."""


def render_blocks(page: Page, start: int, end: int, depth: int = 0) -> list[str]:
    """Return the lines that a reader sees of page.text[start:end]."""
    lines, position, text = list[str](), start, page.text
    while position < end:
        bars = _TABLE.match(text, position, end)
        if bars and (pair := page.pair(bars.end(), end)):
            lines += ["", *render_table(page, bars.end(), pair.close, depth, render_blocks), ""]
            position = pair.close + pair.width
            position += text.startswith("\n", position)
            continue
        stop = page.line_end(position, end)
        lines += _line(page, position, stop, depth)
        position = stop + 1
    return lines


def _line(page: Page, start: int, stop: int, depth: int) -> list[str]:
    """Render a heading, a list item, a rule or a line of a paragraph."""
    text = page.text
    if start == stop:
        return [""]
    first = text[start]
    if first == "=" and (span := _heading(text, start, stop)):
        return ["", _flat(render_inline(page, *span, depth, render_blocks))]
    if first in "*#:;" and (item := _ITEM.match(text, start, stop)):
        return _item(page, item, stop, depth)
    if first == "-" and (rule := _RULE.match(text, start, stop)):
        return ["", *(_line(page, rule.end(), stop, depth) if rule.end() < stop else [])]
    return _tidy(render_inline(page, start, stop, depth, render_blocks))


def _item(page: Page, item: re.Match[str], stop: int, depth: int) -> list[str]:
    """Render a list item: "-" and an indent; one of ":" or ";" alone has no mark."""
    marks = item[0].rstrip()
    shown = [
        line for line in _tidy(render_inline(page, item.end(), stop, depth, render_blocks)) if line
    ]
    if not shown:
        return []
    if marks[-1] in ":;":
        return shown
    level = len(marks) - marks.count(":") - marks.count(";")
    return ["  " * (min(level, 10) - 1) + "- " + shown[0], *shown[1:]]


def _heading(text: str, start: int, stop: int) -> tuple[int, int] | None:
    """Return where the title of `== title ==` begins and ends."""
    if "\n" in text[start:stop] or stop - start > 2000:
        return None
    line = text[start:stop]
    title_end = line.rfind("=") + 1
    if not _TITLE_TAIL.match(line, title_end):
        return None
    line = line[:title_end]
    level = min(len(line) - len(line.lstrip("=")), len(line) - len(line.rstrip("=")), 6)
    if level == 0 or len(line) <= 2 * level:
        return None
    return start + level, start + len(line) - level


def _tidy(shown: str) -> list[str]:
    """Return lines with single spaces; the cells of a table in HTML become "a | b"."""
    lines = []
    for line in shown.split("\n"):
        cells = [cell.strip() for cell in line.split(CELL)] if CELL in line else [line.strip()]
        lines.append(_SPACES.sub(" ", " | ".join(cell for cell in cells if cell)))
    return lines


def _flat(shown: str) -> str:
    return " ".join(shown.split())
