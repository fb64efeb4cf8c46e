"""Tables of namumark -> rows "a | b"."""

from __future__ import annotations

import re
from collections.abc import Callable

from korean_rlhf.clean.markup.namumark.colours import COLOUR_NAME
from korean_rlhf.clean.markup.namumark.page import Page, skip_spaces
from korean_rlhf.clean.markup.rows import readable_row

CAPTION = re.compile(r"\|([^|\n]{1,200})\|(?=[^|\n][^\n]*\|\|[ \t]*(?:\n|$))")
"""`|title|first cell||...||`: a table with a caption. A line such as "|x| < 1" is none."""

_NAME = "align|bgcolor|bordercolor|color|width|height|class|padding|background|style"
_OPTION = re.compile(
    rf"\s*<(?:-\d+|[\^v]?\|\d+|[:()]|#[^<>]*|{COLOUR_NAME}"
    rf"|(?:table|row|col)? ?(?:{_NAME})\s*=[^<>]*|(?:table|row|col)?(?:nopad|keepall))>",
    re.IGNORECASE,
)
_CELL_PARTS = re.compile(r"\\.|\|\||\{\{\{|\[\*")
_LINE_REST = re.compile(r"[ \t]*(?:\n|$)")

Blocks = Callable[[Page, int, int, int], list[str]]


def render_table(
    page: Page, start: int, end: int, depth: int, blocks: Blocks
) -> tuple[list[str], int]:
    """Return the rows of the table at `start` and where it ends."""
    lines: list[str] = []
    position, first = start, start
    if caption := CAPTION.match(page.text, start, end):
        lines += blocks(page, *caption.span(1), depth + 1)
        position = first = caption.end() - 2  # the first cell begins where "||" would have ended
    while position < end and (page.text.startswith("||", position) or position == first):
        cells, position, closed = _row(page, position, end)
        shown = [_cell(page, *cell, depth, blocks) for cell in cells]
        lines += readable_row(shown)
        position += 1
        if not closed:
            break
        after = skip_spaces(page.text, position, end)  # a table in a list is indented
        position = after if page.text.startswith("||", after) else position
    return lines, position


def _row(page: Page, start: int, end: int) -> tuple[list[tuple[int, int]], int, bool]:
    """Return the cells of one row, where the row ends, and whether it was closed by `||`."""
    cells: list[tuple[int, int]] = []
    position = _skip_bars(page.text, start + 2, end)
    while True:
        bars = _next_bars(page, position, end)
        if bars < 0:
            stop = page.line_end(position, end)
            return [*cells, (position, stop)], stop, False
        cells.append((position, bars))
        position = _skip_bars(page.text, bars + 2, end)
        if rest := _LINE_REST.match(page.text, position, end):
            return cells, min(position + len(rest[0].rstrip("\n")), end), True


def _skip_bars(text: str, position: int, end: int) -> int:
    """Return where a run of `||`, a cell that spans columns, ends."""
    while position + 2 <= end and text.startswith("||", position):
        position += 2
    return position


def _next_bars(page: Page, start: int, end: int) -> int:
    """Return where the next `||` outside of bracket pairs is, else -1."""
    known_from, known_to = page.no_bars
    if known_from <= start and end <= known_to:
        return -1
    position = start
    while found := _CELL_PARTS.search(page.text, position, end):
        if found[0] == "||":
            return found.start()
        position = found.end()
        if found[0][0] != "\\":
            position = max(page.after(found.start(), end), position)
    page.no_bars = (start, end)
    return -1


def _cell(page: Page, start: int, end: int, depth: int, blocks: Blocks) -> list[str]:
    """Return the lines of one cell that are not blank, without its options."""
    while option := _OPTION.match(page.text, start, end):
        start = option.end()
    return [line.strip() for line in blocks(page, start, end, depth + 1) if line.strip()]
