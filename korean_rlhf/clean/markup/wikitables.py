"""Tables of MediaWiki -> rows "a | b"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Show = Callable[[Any], str]


def render_table(node: Any, show: Show) -> str:
    """Return the caption and the rows of a table, one a line; a row without text is left out."""
    lines: list[str] = []
    loose: list[str] = []  # the cells of the first row stand directly in the table
    for tag in _tags(node.contents):
        name = str(tag.tag).strip().lower()
        if name == "caption":
            lines.append(_flat(show(tag.contents)))
        elif name in ("td", "th"):
            cell = _flat(show(tag.contents))
            if cell.startswith("+") and not (loose or lines):  # "|+ caption"
                lines.append(cell[1:].strip())
            else:
                loose.append(cell)
        elif name == "tr":
            lines.append(_row(loose))
            loose = []
            cells = [cell for cell in _tags(tag.contents) if str(cell.tag).lower() in ("td", "th")]
            lines.append(_row([_flat(show(cell.contents)) for cell in cells]))
    lines.append(_row(loose))
    return "\n".join(line for line in lines if line)


def _tags(code: Any) -> list[Any]:
    """Return the tags that stand directly in `code`."""
    return [node for node in code.nodes if type(node).__name__ == "Tag"] if code else []


def _row(cells: list[str]) -> str:
    return " | ".join(cells).strip(" |")


def _flat(text: str) -> str:
    """Return a cell on one line."""
    return " ".join(text.split())
