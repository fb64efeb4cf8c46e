"""Blocks of Markdown that are kept whole, and the stretches between them that hold prose.

Kept whole: front matter, fences, indented code, formulas on lines of their own, HTML that holds
code, comments, JSON, CSV, the delimiter row of a table, definitions of link targets. The rules are
those of CommonMark 0.31 (spec.commonmark.org), except that a fence of a list item may be closed by
a fence further left: chat models write such lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from korean_rlhf.translate.protect.closers import Closers
from korean_rlhf.translate.protect.data import JsonReader, table_end
from korean_rlhf.translate.protect.lines import DELIMITER_ROW, Line, line_at

_FENCE = re.compile(r"(?P<fence>`{3,}+(?=[^`\n]*+(?:\n|\Z))|~{3,}+)")
_FRONT = re.compile(r"---[ \t]*\n(?=[\w-]+:|#)")
_FRONT_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_DEFINITION = re.compile(
    r"\[(?P<label>[^\[\]\n^][^\[\]\n]{0,199})\]:[ \t]*"
    r"(?:<[^<>\n]*>|(?=\S*(?:[/#@]|\w\.\w))\S++)"
    r"(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*(?=\n|\Z)"
)
_ELEMENT = re.compile(r"<(script|style|pre|textarea|svg|math)\b", re.IGNORECASE)
_BEGIN = re.compile(r"\\begin\{(\w{1,40}\*?)\}")
_CODE_LINE = re.compile(r"[;{}()=<>$|\\\[\]]|^\s*(?:#|//|>>>)|:\s*$|^\s*[\w-]+(?:\.[\w-]+)+")


@dataclass(slots=True)
class Blocks:
    """Places in a text, as (start, end)."""

    kept: list[tuple[int, int]] = field(default_factory=list)
    prose: list[tuple[int, int]] = field(default_factory=list)
    """Stretches that no inline span reaches over: a paragraph, an item, a row."""
    labels: set[str] = field(default_factory=set)
    """Names of the link targets that are defined."""


def find_blocks(text: str) -> Blocks:
    """Return the blocks of `text` in their order."""
    return _Reader(text).read()


class _Reader:
    """Reads a text once, line by line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found = Blocks()
        self.closers = Closers(text, 0, len(text))
        self.json = JsonReader(text)
        self.in_list = False
        self.after_blank = True

    def read(self) -> Blocks:
        place = self._front_matter()
        while place < len(self.text):
            line = line_at(self.text, place)
            end = self._block_end(line)
            if end is None:
                end = self._indented_code(line)
                line = line if end is None else replace(line, body=line.start)
            place = self._prose(line) if end is None else self._kept(line, end)
        return self.found

    def _front_matter(self) -> int:
        opening = _FRONT.match(self.text)
        closing = _FRONT_END.search(self.text, opening.end()) if opening else None
        if not closing or "\n\n" in self.text[: closing.start()]:
            return 0  # a thematic break, not the settings of a page
        self.found.kept.append((0, closing.end()))
        return closing.end()

    def _kept(self, line: Line, end: int) -> int:
        """Note a block, with the rest of its last line as prose; return where to go on."""
        self.found.kept.append((line.body, end))
        self._note_list(line)
        rest = self.text.find("\n", end)
        rest = len(self.text) if rest < 0 else rest
        if self.text[end:rest].strip():
            self.found.prose.append((end, rest))
        self.after_blank = False
        return rest + 1

    def _prose(self, line: Line) -> int:
        """Note a line that holds prose: alone, or as a part of the paragraph before it."""
        blank = line.body == line.end
        if not blank:
            self._note_list(line)
        prose = self.found.prose
        alone = (
            line.quotes
            or line.marker
            or line.heading
            or self.text[line.body : line.body + 1] == "|"
        )
        if not blank:
            if alone or self.after_blank or not prose or prose[-1][1] + 1 != line.start:
                prose.append((line.body, line.end))
            else:
                prose[-1] = (prose[-1][0], line.end)
        self.after_blank = blank or bool(line.heading)
        return line.end + 1

    def _note_list(self, line: Line) -> None:
        """Remember whether what follows may belong to an item: indented, it is no code then."""
        if line.quotes or not line.indent:
            self.in_list = bool(line.marker) and not line.quotes
        elif line.marker:
            self.in_list = True

    def _block_end(self, line: Line) -> int | None:
        """Return where the block that begins on `line` ends, None when none begins there."""
        if line.body == line.end:
            return None
        opened = _OPENINGS.get(self.text[line.body])
        end = opened(self, line) if opened else None
        return table_end(self.text, line) if end is None else end

    def _fence(self, line: Line) -> int | None:
        opening = _FENCE.match(self.text, line.body, line.end)
        if not opening:
            return None
        fence, column = opening["fence"], line.body - line.start
        place, end = line.end + 1, line.end
        while place <= len(self.text) - 1:
            inner = line_at(self.text, place)
            if inner.quotes < line.quotes:
                return end
            end = inner.end
            if _closes(self.text[inner.body : inner.end], fence) and not inner.marker:
                if inner.body - inner.start <= column + 3:
                    return end
            place = end + 1
        return end

    def _indented_code(self, line: Line) -> int | None:
        deep = line.indent.startswith(("    ", "\t")) and not (line.quotes or line.heading)
        if not deep or not self.after_blank or self.in_list:
            return None
        lines, place, end = [], line.start, line.end
        while place < len(self.text):
            inner = line_at(self.text, place)
            if inner.body < inner.end and not inner.indent.startswith(("    ", "\t")):
                break
            if inner.body < inner.end:
                lines.append(self.text[inner.body : inner.end])
                end = inner.end
            place = inner.end + 1
        signs = sum(bool(_CODE_LINE.search(each)) for each in lines)
        return end if lines and 2 * signs >= len(lines) else None

    def _formula(self, line: Line) -> int | None:
        for opening, closing in (("$$", "$$"), ("\\[", "\\]")):
            if self.text.startswith(opening, line.body):
                end = self.closers.after(closing, line.body + 2)
                blank = end is not None and self.text.find("\n\n", line.body, end) >= 0
                return None if blank else end  # TeX allows no empty line in a formula
        begin = _BEGIN.match(self.text, line.body, line.end)
        return self.closers.environment(begin[1], begin.end()) if begin else None

    def _html(self, line: Line) -> int | None:
        if self.text.startswith("<!--", line.body):
            return self.closers.after("-->", line.body + 4)
        opening = _ELEMENT.match(self.text, line.body, line.end)
        return self.closers.element(opening[1].lower(), opening.end()) if opening else None

    def _bracket(self, line: Line) -> int | None:
        definition = _DEFINITION.match(self.text, line.body, line.end)
        if definition:
            self.found.labels.add(fold_label(definition["label"]))
            return definition.end()
        return self.json.block_end(line.body)

    def _delimiter_row(self, line: Line) -> int | None:
        if self.text.find("|", line.body, line.end) < 0 or not line.start:
            return None
        above = self.text.rfind("\n", 0, line.start - 1) + 1
        if self.after_blank or self.text.find("|", above, line.start) < 0:
            return None
        found = DELIMITER_ROW.match(self.text, line.body, line.end)
        return found.end() if found else None


def fold_label(label: str) -> str:
    """Return the name of a link target as CommonMark compares it."""
    return " ".join(label.split()).casefold()


def _closes(body: str, fence: str) -> bool:
    rest = body.rstrip(" \t")
    return len(rest) >= len(fence) and not rest.strip(fence[0])


_OPENINGS: dict[str, Callable[[_Reader, Line], int | None]] = {
    "`": _Reader._fence,
    "~": _Reader._fence,
    "$": _Reader._formula,
    "\\": _Reader._formula,
    "<": _Reader._html,
    "[": _Reader._bracket,
    "{": _Reader._bracket,
    "|": _Reader._delimiter_row,
    "-": _Reader._delimiter_row,
    ":": _Reader._delimiter_row,
}
