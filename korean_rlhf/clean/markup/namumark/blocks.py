"""Lines of namumark: headings, lists, quotes, rules, comments, tables."""

from __future__ import annotations

import re

from korean_rlhf.clean.markup.namumark.inline import render_inline
from korean_rlhf.clean.markup.namumark.lists import ITEM, Numbering
from korean_rlhf.clean.markup.namumark.page import DEEPEST, Page, skip_spaces
from korean_rlhf.clean.markup.namumark.tables import CAPTION, render_table

_RULE = re.compile(r"-{4,9}")
_QUOTE = re.compile(r">{1,8}")


def render_blocks(page: Page, start: int, end: int, depth: int = 0) -> list[str]:
    """Return the lines that a reader sees of page.text[start:end]."""
    text, lines, numbering, position = page.text, list[str](), Numbering(), start
    while position < end:
        first = text[position]
        filled = skip_spaces(text, position, end)
        if text.startswith("||", filled) or (first == "|" and CAPTION.match(text, position, end)):
            rows, position = render_table(page, filled, end, depth, render_blocks)
            lines += rows
            continue
        if text.startswith("##", position):  # a comment
            position = page.newline(position, end) + 1
            continue
        if first == ">":
            quoted, position = _render_quote(page, position, end, depth)
            lines += quoted
            continue
        stop = page.line_end(position, end)
        lines += _render_line(page, position, stop, depth, numbering)
        position = stop + 1
    return lines


def _render_line(page: Page, start: int, stop: int, depth: int, numbering: Numbering) -> list[str]:
    """Render a heading, a rule, a list item or a line of a paragraph."""
    text = page.text
    if start == stop:
        numbering.clear()
        return [""]
    if text[start] == "=" and (span := _heading(text, start, stop)):
        title = render_inline(page, *span, depth, render_blocks).strip()
        return ["", title] if title else []
    if text[start] == "-" and _RULE.fullmatch(text, start, stop):
        return [""]
    if item := ITEM.match(text, start, stop):
        shown = render_inline(page, item.end(), stop, depth, render_blocks).strip()
        mark = numbering.mark(item)
        return (mark + shown).rstrip().split("\n") if shown or item[2] != "*" else []
    if text[start] != " ":
        numbering.clear()
    return _paragraph(page, start, stop, depth)


def _paragraph(page: Page, start: int, stop: int, depth: int) -> list[str]:
    """Render a line of text; one that shows nothing, such as `[목차]`, leaves no empty line."""
    lines = render_inline(page, start, stop, depth, render_blocks).split("\n")
    if page.text.startswith("{{{", start):  # its own lines, perhaps of a programme, stay indented
        return lines if any(line.strip() for line in lines) else []
    literal = page.text.find("\n", start, stop) >= 0  # else every newline is a [br]
    lines = [line.lstrip(" ") for line in (lines[:1] if literal else lines)] + lines[1:] * literal
    return lines if lines != [""] or not page.text[start:stop].strip() else []


def _heading(text: str, start: int, stop: int) -> tuple[int, int] | None:
    """Return where the title of `== title ==` or `==# title #==` begins and ends."""
    line = text[start:stop].rstrip()
    level = len(line) - len(line.lstrip("="))
    tail = len(line) - len(line.rstrip("="))
    if not (1 <= level <= 6 and level == tail and len(line) > 2 * level and "\n" not in line):
        return None
    begin, close = start + level, start + len(line) - level
    if text[begin] == "#" and text[close - 1] == "#" and close - begin > 2:
        begin, close = begin + 1, close - 1
    return begin, close


def _render_quote(page: Page, start: int, end: int, depth: int) -> tuple[list[str], int]:
    """Render the lines that begin with ">" as a page of their own; return also where they end."""
    inner, position = [], start
    while position < end and page.text[position] == ">":
        stop = page.line_end(position, end)
        inner.append(_QUOTE.sub("", page.text[position:stop], count=1))
        position = stop + 1
    if depth >= DEEPEST:
        return inner, position
    quote = Page("\n".join(inner), footnotes=page.footnotes)
    return render_blocks(quote, 0, len(quote.text), depth + 1), position
