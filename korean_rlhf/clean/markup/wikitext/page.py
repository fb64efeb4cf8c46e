"""One MediaWiki page while it is being read: its text, its bracket pairs, its options."""

from __future__ import annotations

import re

from korean_rlhf.clean.markup.wikitext.pairs import Pair, match_brackets
from korean_rlhf.clean.markup.wikitext.tags import take_pieces

DEEPEST = 24
"""Brackets nested deeper than this are taken as plain text; real pages stay below ten."""
GAP = "\0"
"""Stands where a template, a picture or a note was left out, until `close_marked_gaps`."""

_LINE_PARTS = re.compile(r"\n|\{\{|\[\[|\{\|")


class Page:
    """The text without comments, the bracket pairs, and what stood in tags of other languages."""

    def __init__(self, text: str, *, footnotes: str) -> None:
        self.text, self.pieces = take_pieces(text)
        self.footnotes = footnotes
        self.closing = match_brackets(self.text)
        self._square: tuple[int, int] = (len(text) + 1, -1)

    def pair(self, start: int, end: int) -> Pair | None:
        """Return the closing end of the bracket at `start` when it lies before `end`."""
        found = self.closing.get(start)
        return found if found and found.close + found.width <= end else None

    def line_end(self, position: int, end: int) -> int:
        """Return where the line ends; newlines inside bracket pairs do not end it."""
        while found := _LINE_PARTS.search(self.text, position, end):
            if found[0] == "\n":
                return found.start()
            position = self.after(found.start(), end)
        return end

    def after(self, start: int, end: int) -> int:
        """Return the end of the bracket pair that begins at `start`, else the next character."""
        pair = self.pair(start, end)
        return pair.close + pair.width if pair else start + 1

    def split(self, mark: re.Pattern[str], start: int, end: int) -> list[re.Match[str]]:
        """Return where `mark` stands outside of brackets; it must match `{{`, `[[`, `{|` too."""
        found, marks, position = mark.search(self.text, start, end), [], start
        while found:
            if found[0] in ("{{", "[[", "{|"):
                position = self.after(found.start(), end)
            else:
                marks.append(found)
                position = found.end()
            found = mark.search(self.text, position, end)
        return marks

    def next_square(self, start: int, end: int) -> int:
        """Return where the next "]" is, else -1; queries that move forward are linear."""
        asked, answer = self._square
        if not (asked <= start and (answer < 0 or start <= answer)):
            answer = self.text.find("]", start)
            self._square = (start, answer)
        return answer if 0 <= answer < end else -1
