"""The blocks of an element as lines of text: paragraphs, lists, rows of tables, quotes, code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lxml import etree

Skip: TypeAlias = Callable[[Any], bool]

BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figure "
    "footer h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot "
    "th thead tr ul".split()
)
"""Elements that begin and end a line."""
NEVER = frozenset(
    "audio button canvas embed figcaption form iframe input map noscript object picture script "
    "select style svg template textarea video".split()
)
"""Elements that hold no prose: a program, a control, something to look at or its caption."""
CELL_CHARACTERS = 150
"""A cell with more text than this makes its table a layout, whose cells are read as blocks."""


@dataclass
class _Lines:
    """The lines so far and the pieces of the one that is being read."""

    lines: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    mark: str = ""
    """What the next line begins with: the bullet or number of a list item."""
    numbers: dict[Any, int] = field(default_factory=dict)
    """Ordered list -> its items so far."""

    def begin_item(self, item: Any) -> None:
        """Let the next line begin as an item of its list does."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol":
            self.mark = "- "
            return
        self.numbers[parent] = self.numbers.get(parent, 0) + 1
        self.mark = f"{self.numbers[parent]}. "

    def end_line(self) -> None:
        """Close the line, which is dropped when it is empty."""
        line = " ".join("".join(self.pieces).replace("\u200b", "").split())
        self.pieces.clear()
        if line:
            self.lines.append(self.mark + line)
            self.mark = ""


def text_of(element: Any, skip: Skip) -> str:
    """Return the text of `element`, one block a line, without what `skip` says and NEVER names.

    Items of lists begin with "- " or their number, rows of tables read "a | b", code keeps its
    spaces. A table of one column, or with a long cell or a table in it, only lays out the page.
    """
    found = _Lines()
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if event == "start":
            if _begin(node, found, skip):
                walk.skip_subtree()
        else:
            _end(node, found, is_root=node is element)
    found.end_line()
    return "\n".join(found.lines)


def _begin(node: Any, found: _Lines, skip: Skip) -> bool:
    """Take in the start of an element; return whether it is done with already."""
    if not isinstance(node.tag, str) or node.tag in NEVER or skip(node):
        return True
    if node.tag == "br":
        found.end_line()
    elif node.tag in BLOCKS:
        found.end_line()
        if node.tag in ("pre", "table") and _whole(node, found, skip):
            return True
        if node.tag == "li":
            found.begin_item(node)
    found.pieces.append(node.text or "")
    return False


def _end(node: Any, found: _Lines, *, is_root: bool) -> None:
    if node.tag in BLOCKS:
        found.end_line()
        if node.tag == "li":
            found.mark = ""  # of an empty item
    if not is_root:
        found.pieces.append(node.tail or "")


def _whole(node: Any, found: _Lines, skip: Skip) -> bool:
    """Take in code or a table of data as one; return whether it was."""
    if node.tag == "pre":
        found.lines += code_lines("".join(node.itertext()))
        return True
    rows = table_rows(node, skip)
    if rows is None:
        return False
    found.lines += rows
    return True


def code_lines(text: str) -> list[str]:
    """Return the lines of a piece of code, spaces kept, without empty ones around it."""
    lines = [line.rstrip() for line in text.replace("\xa0", " ").split("\n")]
    filled = [number for number, line in enumerate(lines) if line]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def table_rows(table: Any, skip: Skip) -> list[str] | None:
    """Return the caption and the rows, "a | b", of a table of data; None for one of layout."""
    if next(table.iterdescendants("table"), None) is not None:
        return None
    rows = [_cells(row, skip) for row in table.iter("tr") if not skip(row)]
    widest = max((len(row) for row in rows), default=0)
    longest = max((len(cell) for row in rows for cell in row), default=0)
    if widest < 2 or longest > CELL_CHARACTERS:
        return None
    captions = (
        text_of(caption, skip) for caption in table.iterchildren("caption") if not skip(caption)
    )
    return [
        *(line for caption in captions for line in caption.split("\n") if line),
        *(" | ".join(row) for row in rows if any(row)),
    ]


def _cells(row: Any, skip: Skip) -> list[str]:
    cells = (cell for cell in row.iterchildren("td", "th") if not skip(cell))
    return [" ".join(text_of(cell, skip).split("\n")) for cell in cells]
