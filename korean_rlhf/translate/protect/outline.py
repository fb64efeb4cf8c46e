"""What is left of the Markdown of a text when its words are taken away, to compare two texts by."""

from __future__ import annotations

import re
from collections import Counter

from korean_rlhf.translate.protect.lines import DELIMITER_ROW, PIPE, Line, line_at
from korean_rlhf.translate.protect.marks import MARK, Protected

_ONLY_MARK = re.compile(r"⟦\s*(\d{1,9})\s*⟧[ \t]*")
_TARGET = re.compile(r"\]\([ ]*⟦\s*(\d{1,9})\s*⟧[ ]*\)")
_RULE = re.compile(r"[ \t]{0,3}([-*_=])(?:[ \t]*\1){2,}[ \t]*")
_HTML_BLOCK = re.compile(
    r"<(?:[!?]|/?(?:pre|script|style|textarea|div|p|table|t[rdh]|[uo]l|li|h[1-6r]|d[ldt]|details"
    r"|summary|section|article|nav|main|header|footer|form|blockquote|center)\b)",
    re.IGNORECASE,
)
"""What begins a block of HTML wherever it begins a line (CommonMark 4.6)."""
_BULLET = re.compile(r"[-*+•]")
_NUMBER = re.compile(r"\d{1,3}[.)]")


def outline_change(protected: Protected, masked_target: str) -> str:
    """Return what differs between the Markdown of a text and of its translation, "" for nothing.

    Compared line by line: quotations, indented markers of lists with the boxes of tasks, levels of
    headings, cells of rows, blocks on lines of their own; and which spans are addresses of links.
    """
    before, after = _outline(protected, protected.masked), _outline(protected, masked_target)
    for place, (one, other) in enumerate(zip(before, after, strict=False)):
        if one != other:
            return f"{one} became {other} (place {place + 1} of {len(before)})"
    if len(before) != len(after):
        more = [*before[len(after) :], *after[len(before) :]][0]
        return f"{'lost' if len(before) > len(after) else 'new'} {more}"
    links = [Counter(map(int, _TARGET.findall(text))) for text in (protected.masked, masked_target)]
    for number in links[0] - links[1]:
        return f"{protected.originals[number][:60]!r} is no longer the address of a link"
    return ""


def table_rows(protected: Protected, text: str | None = None) -> set[int]:
    """Return where the rows of tables begin in a masked text."""
    text = protected.masked if text is None else text
    delimiters = {
        number
        for number in protected.blocks
        if "|" in protected.originals[number]
        and DELIMITER_ROW.fullmatch(protected.originals[number])
    }
    if not delimiters:
        return set()
    rows: set[int] = set()
    above, start, inside = 0, 0, False
    while start < len(text):
        line = line_at(text, start)
        mark = _ONLY_MARK.fullmatch(text, line.body, line.end)
        if mark and int(mark[1]) in delimiters:
            rows.add(above)
            inside = True
        elif line.body == line.end or line.marker or line.heading or _ends_a_table(protected, mark):
            inside = False
        elif inside:
            rows.add(start)
        above, start = start, line.end + 1
    return rows


def _pipes(protected: Protected, row: str) -> int:
    """Return how many pipes a row has, those in code with it: they part cells too (GFM 4.10)."""
    spans = [int(mark[1]) for mark in MARK.finditer(row)]
    inside = [protected.spans[number] for number in spans if number < len(protected.spans)]
    return sum(len(PIPE.findall(part)) for part in (row, *inside))


def _is_flush(line: Line) -> bool:
    """Whether a line begins at the margin with words."""
    return line.body == line.start < line.end


def _ends_a_table(protected: Protected, mark: re.Match[str] | None) -> bool:
    """Whether a line of one mark is a block that ends a table; other words make one more row."""
    number = int(mark[1]) if mark else -1
    return number in protected.blocks and protected.originals[number][0] in "`~<"


def _outline(protected: Protected, text: str) -> list[str]:
    rows = table_rows(protected, text)
    found: list[str] = []
    start, above = 0, Line(0, 0, 0, 0, "", "", 0)
    words = above  # the last line that is not empty
    while start < len(text):
        line = line_at(text, start)
        sign = _sign(protected, text, line, after_blank=above.body == above.end)
        if start in rows:
            place = "" if above.start in rows and start else "first "
            place += "" if not place or above.body == above.end else "(no empty line above) "
            sign += f"{place}row of {_pipes(protected, text[line.body : line.end])} pipes"
        elif above.start in rows and start and line.body < line.end:
            sign += "right behind a row"
        elif (above.marker or above.quotes) and not sign and _is_flush(line):
            sign = "goes on an item"
        if "block" in sign and (words.marker or words.indent):
            sign += "behind an item"  # where an indent is no code
        if sign or line.quotes:
            quotes = f"{'' if above.quotes else 'new '}{'>' * line.quotes} " if line.quotes else ""
            indent = f"{len(line.indent.expandtabs(4))} spaces, " if sign else ""
            found.append(f"{quotes}{indent}{sign.strip()}")
        words = line if line.body < line.end else words
        above, start = line, line.end + 1
    return found


def _sign(protected: Protected, text: str, line: Line, *, after_blank: bool) -> str:
    """Return what a line is, in a few words, "" for prose."""
    if _RULE.fullmatch(text, line.start, line.end):
        return "a rule" if after_blank else "a rule under words"
    marker = _NUMBER.sub("1.", _BULLET.sub("-", line.marker))
    sign = f"{' '.join(marker.split())} {'#' * line.heading} {line.note} ".lstrip()
    if text.startswith(">", line.body, line.end):
        sign += "a quotation "
    for mark in MARK.finditer(text, line.start, line.end):
        number = int(mark[1])
        original = protected.originals[number] if number < len(protected.originals) else ""
        if mark.start() == line.body and _HTML_BLOCK.match(original):
            sign += "HTML "
        if number in protected.blocks:
            alone = mark.start() == line.body and not text[mark.end() : line.end].strip()
            sign += f"{'block' if alone else 'block amid words'} {number} "
            if original[0] in " \t[":  # what goes on a paragraph is no block
                sign += "after an empty line " if after_blank else ""
    return sign
