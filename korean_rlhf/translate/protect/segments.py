"""Cut a masked text around its marks and its Markdown, so that prose alone travels.

For engines that lose rare signs, and for texts whose marks another engine lost. What is not prose
never leaves, so headings, markers of lists, quotations, cells and spans come back as they were.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from korean_rlhf.records import Drop
from korean_rlhf.translate.protect.lines import PIPE, Line, line_at
from korean_rlhf.translate.protect.marks import MARK, Protected
from korean_rlhf.translate.protect.outline import table_rows

_LETTER = re.compile(r"[^\W\d_]")
_BRACKETS = re.compile(r"!?\[|\]")
_TARGET = re.compile(r"\]\([ ]*⟦\d+⟧[ ]*\)|\]⟦\d+⟧|\]\(\)")
_AROUND = " \t\r\f\v\u00a0*_~#"
"""Space and emphasis around prose: it stays where it is."""
_SENTENCE = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]*_]*+\s++(?=[\"'“‘(\[*_]*[A-Z0-9가-힣])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|cf|Fig|No|Inc|Ltd|Jr|Sr|[A-Z])|\b[a-z]\.[a-z])\.\s*\Z"
)
_LONGEST_ABBREVIATION = 8


@dataclass(frozen=True, slots=True)
class Cut:
    """A masked text in alternate parts: `kept`[0] `prose`[0] `kept`[1] ... `kept`[-1]."""

    kept: tuple[str, ...]
    prose: tuple[str, ...]
    cells: tuple[bool, ...]
    """Whether each part of prose stands in a table, where a pipe would make a new cell."""

    def join(self, translations: Sequence[str | Drop]) -> str | Drop:
        """Return the masked translation from those of `prose`, or the first that went wrong."""
        parts = [self.kept[0]]
        for place, translation in enumerate(translations):
            if isinstance(translation, Drop):
                return translation
            line = " ".join(translation.split())  # a new line would be new structure
            if not line:
                return Drop("empty", f"nothing came for {self.prose[place][:60]!r}")
            cell = PIPE.sub(r"\\|", line) if self.cells[place] else line
            parts += [cell, self.kept[place + 1]]
        return "".join(parts)


def cut(protected: Protected, *, sentences: bool = False) -> Cut:
    """Cut a text at its marks and its Markdown, by choice at the ends of its sentences too.

    >>> from korean_rlhf.translate.protect.marks import protect
    >>> cut(protect("- Run `ls` **now**")).prose
    ('Run', 'now')
    """
    text = protected.masked
    rows = table_rows(protected)
    places: list[tuple[int, int, bool]] = []
    start = 0
    while start < len(text):
        line = line_at(text, start)
        row = start in rows
        for run in _runs(text, line, row):
            places += [(*place, row) for place in _prose(text, *run, sentences)]
        start = line.end + 1
    kept, prose, end = [], [], 0
    for begin, stop, _ in places:
        kept.append(text[end:begin])
        prose.append(text[begin:stop])
        end = stop
    return Cut((*kept, text[end:]), tuple(prose), tuple(row for _, _, row in places))


def _runs(text: str, line: Line, row: bool) -> Iterator[tuple[int, int]]:
    """Yield what is left of the body of a line between marks, brackets of links and pipes."""
    signs = [mark.span() for mark in MARK.finditer(text, line.body, line.end)]
    signs += _links(text, line)
    if row:
        signs += [pipe.span() for pipe in PIPE.finditer(text, line.body, line.end)]
    place = line.body
    for start, end in sorted(signs):
        if start > place:
            yield place, start
        place = max(place, end)
    if place < line.end:
        yield place, line.end


def _links(text: str, line: Line) -> list[tuple[int, int]]:
    """Return the places of [ and ](address) of each link on a line."""
    found: list[tuple[int, int]] = []
    opened: list[tuple[int, int]] = []
    for bracket in _BRACKETS.finditer(text, line.body, line.end):
        if bracket[0] != "]":
            opened.append(bracket.span())
            continue
        target = _TARGET.match(text, bracket.start(), line.end)
        opening = opened.pop() if opened else None
        if target:
            found += [place for place in (opening, target.span()) if place]
    return found


def _prose(text: str, start: int, end: int, sentences: bool) -> Iterator[tuple[int, int]]:
    """Yield the prose of a run without the space and the emphasis around it."""
    for begin, stop in _sentences(text, start, end) if sentences else [(start, end)]:
        run = text[begin:stop]
        if _LETTER.search(run):
            left = begin + len(run) - len(run.lstrip(_AROUND))
            yield left, begin + len(run.rstrip(_AROUND))


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the places of English sentences; those of abbreviations do not end one."""
    for stop in _SENTENCE.finditer(text, start, end):
        last = text[max(start, stop.start() - _LONGEST_ABBREVIATION) : stop.start() + 1]
        if not _ABBREVIATED.search(last):
            yield start, stop.end()
            start = stop.end()
    yield start, end
