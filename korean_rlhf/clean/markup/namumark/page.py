"""One namumark page while it is being read: its text, its bracket pairs, its options."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from korean_rlhf.clean.markup.namumark.brackets import match_brackets

Footnotes: TypeAlias = Literal["drop", "inline"]
"""What becomes of footnotes: left out, or kept in parentheses where they stand."""

DEEPEST = 24
"""Blocks nested deeper than this are taken as plain text; real pages stay below ten."""

_NO_SPACE = re.compile(r"[^ ]")
_LINE_PARTS = re.compile(r"\n|\{\{\{|\[\*")


class Page:
    """The text, the bracket pairs, and searches that never look at the same stretch twice."""

    def __init__(self, text: str, *, footnotes: Footnotes) -> None:
        self.text = text
        self.footnotes: Footnotes = footnotes
        self.closing = match_brackets(text)
        self.no_bars: tuple[int, int] = (len(text) + 1, 0)
        """A stretch that holds no `||`, so that a hostile page is not searched again and again."""
        self._found: dict[str, tuple[int, int]] = {}

    def find(self, needle: str, start: int, end: int) -> int:
        """Return the first `needle` in start..end, or -1; queries that move forward are linear."""
        asked, answer = self._found.get(needle, (len(self.text) + 1, -1))
        if not (asked <= start and (answer < 0 or start <= answer)):
            answer = self.text.find(needle, start)
            self._found[needle] = (start, answer)
        return answer if 0 <= answer <= end - len(needle) else -1

    def after(self, start: int, end: int) -> int:
        """Return the end of the bracket pair that begins at `start`; `start` when there is none."""
        close = self.closing.get(start, end)
        width = 3 if self.text[start] == "{" else 1
        return close + width if close + width <= end else start

    def line_end(self, start: int, end: int) -> int:
        """Return where the line from `start` ends; newlines inside bracket pairs do not end it."""
        position = start
        while found := _LINE_PARTS.search(self.text, position, end):
            if found[0] == "\n":
                return found.start()
            position = max(self.after(found.start(), end), found.start() + 2)
        return end

    def newline(self, start: int, end: int) -> int:
        """Return where the first newline from `start` on is, else `end`."""
        found = self.text.find("\n", start, end)
        return end if found < 0 else found


def skip_spaces(text: str, position: int, end: int) -> int:
    """Return where the first character from `position` on that is no space is."""
    found = _NO_SPACE.search(text, position, end)
    return found.start() if found else end
