"""Lists of namumark: every numbered item is written `1.` and counted when it is shown."""

from __future__ import annotations

import re

ITEM = re.compile(r"( +)(\*|[1aAiI]\.)(?:#(\d{1,6}))? *")
"""Indent, kind of mark, and the number to start from."""

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


class Numbering:
    """Counts the items of nested lists by their indent."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[str, int]] = {}

    def clear(self) -> None:
        """Forget all counts: the list has ended."""
        self._counts.clear()

    def mark(self, item: re.Match[str]) -> str:
        """Return the indent and the mark that a reader sees before this item."""
        depth, kind = len(item[1]), item[2]
        for deeper in [level for level in self._counts if level > depth]:
            del self._counts[deeper]
        last_kind, count = self._counts.get(depth, (kind, 0))
        number = int(item[3]) if item[3] else count + 1 if last_kind == kind else 1
        self._counts[depth] = (kind, number)
        return "  " * min(depth - 1, 10) + _shown(kind, number) + " "


def _shown(kind: str, number: int) -> str:
    """Return the mark of the item: "-", "2.", "b.", "iv."."""
    if kind == "*":
        return "-"
    if kind == "1.":
        return f"{number}."
    if kind in ("a.", "A."):
        letter = chr(ord("a") + (number - 1) % 26)
        return (letter if kind == "a." else letter.upper()) + "."
    return (_roman(number) if kind == "i." else _roman(number).upper()) + "."


def _roman(number: int) -> str:
    """Return `number` as Roman numerals in lower case; beyond 3999 as digits."""
    if not 0 < number < 4000:
        return str(number)
    shown = ""
    for value, letters in _ROMAN:
        shown += letters * (number // value)
        number %= value
    return shown
