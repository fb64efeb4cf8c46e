"""Tables of MediaWiki -> rows "a | b"."""

from __future__ import annotations

import re
from collections.abc import Callable

from korean_rlhf.clean.markup.rows import readable_row
from korean_rlhf.clean.markup.wikitext.page import DEEPEST, GAP, Page

Blocks = Callable[[Page, int, int, int], list[str]]

BLANK = f" \t{GAP}"
_MARK = re.compile(r"\n[ \t:]*(?:\|\+|\|-|[|!](?!\}))|\|\||!!|\{\{|\[\[|\{\|")
_VALUE = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s|\"']*+)"
_ATTRIBUTES = re.compile(
    rf"[ \t]*(?:(?:[\w:-]++[ \t]*+=[ \t]*+{_VALUE}|nowrap)[ \t;,]*+)*+\|(?![|\n])", re.IGNORECASE
)
"""What stands before the bar of `| style="..." | text`; "| 가 | 나 |" has none."""


def render_table(page: Page, start: int, close: int, depth: int, blocks: Blocks) -> list[str]:
    """Return the caption and the rows of the table at `start`, one a line.

    A cell that spans rows or columns is shown once, where it begins; a row without text is left
    out. What stands before the first row, attributes but for broken tables, is not shown.
    """
    rows: list[list[list[str]]] = [[]]
    marks = _marks(page, start + 2, close)
    ends = [mark.start() for mark in marks[1:]] + [close] * bool(marks)
    for mark, stop in zip(marks, ends, strict=True):
        if mark[0].endswith("|-"):
            rows.append([])
        elif mark[0].endswith("|+"):
            rows += [[_cell(page, mark.end(), stop, depth, blocks)], []]
        else:
            rows[-1].append(_cell(page, mark.end(), stop, depth, blocks))
    return [line for row in rows for line in readable_row(row)]


def _marks(page: Page, start: int, close: int) -> list[re.Match[str]]:
    """Return where captions, rows and cells begin; "!!" begins one in a line of headers only."""
    marks: list[re.Match[str]] = []
    header = False
    for mark in page.split(_MARK, start, close):
        if mark[0][0] == "\n":
            header = mark[0][-1] == "!"
        if header or mark[0] != "!!":
            marks.append(mark)
    return marks


def _cell(page: Page, start: int, end: int, depth: int, blocks: Blocks) -> list[str]:
    """Return the lines of one cell that are not blank, without its attributes."""
    if found := _ATTRIBUTES.match(page.text, start, end):
        start = found.end()
    if depth >= DEEPEST:
        return [page.text[start:end].strip()]
    shown = "\n".join(blocks(page, start, end, depth + 1)).split("\n")
    return [line.strip() for line in shown if line.strip(BLANK)]
