"""What stands at the beginning of a line of Markdown: quotation, list marker, heading."""

from __future__ import annotations

import re
from dataclasses import dataclass

LINE = re.compile(
    r"(?P<quote>(?:[ \t]*+>)*+)(?P<indent>[ \t]*+)"
    r"(?P<marker>(?:(?:[-*+•]|\d{1,3}[.)])[ \t]++(?=\S))*+)"
    r"(?P<task>(?:(?<=[ \t])\[[ xX]\][ \t]++)?)"
    r"(?P<heading>(?:\#{1,6}[ \t]++)?)"
    r"(?P<note>(?:\[\^[^\]\s]{1,80}\]:[ \t]*+)?)"
)
"""Always matches; its end is where the text of the line begins."""
DELIMITER_ROW = re.compile(r"\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+(?::?-++:?[ \t]*+)?)*+(?=\n|\Z)")
"""The second row of a table: |---|:-:|; a caller asks for the pipe."""
PIPE = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Line:
    """Where one line of a text begins, where its own text does, and where it ends."""

    start: int
    body: int
    end: int
    quotes: int
    """How many quotations it stands in."""
    indent: str
    marker: str
    """Its list markers with the box of a task, "" for none."""
    heading: int
    """1 to 6, 0 for none."""
    note: str = ""
    """The name of the footnote that it defines, as [^1]:"""


def line_at(text: str, start: int) -> Line:
    """Return the line of `text` that begins at `start`."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    found = LINE.match(text, start, end)
    assert found
    return Line(
        start,
        found.end(),
        end,
        found["quote"].count(">"),
        found["indent"],
        found["marker"] + found["task"],
        found["heading"].count("#"),
        found["note"].rstrip(),
    )
