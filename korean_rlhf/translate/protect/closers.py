"""Find the sign that closes a span, never reading the same stretch of text twice in vain.

A sign that was once looked for and not found is not looked for again further on, and what comes in
many kinds (runs of backticks, names of LaTeX environments) is indexed in one pass. So a megabyte of
openers without a closer takes as long as a megabyte of prose.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property

_TICKS = re.compile(r"`+")
_END = re.compile(r"\\end\{(\w{1,40}\*?)\}")
_BRACES = re.compile(r"[{}\n]")


class Closers:
    """The closing signs in `text` from `start` to `end`."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self._missing: set[str] = set()

    def after(self, sign: str, place: int) -> int | None:
        """Return where the next `sign` from `place` on ends, None when there is none.

        Asked with places that never go back.
        """
        if sign in self._missing:
            return None
        found = self.text.find(sign, place, self.end)
        if found < 0:
            self._missing.add(sign)
            return None
        return found + len(sign)

    def element(self, name: str, place: int) -> int | None:
        """Return where the next </name> from `place` on ends."""
        if name in self._missing:
            return None
        pattern = re.compile(rf"</{name}\s*>", re.IGNORECASE)
        found = pattern.search(self.text, place, self.end)
        if not found:
            self._missing.add(name)
        return found.end() if found else None

    def ticks(self, count: int, place: int) -> int | None:
        """Return where the next run of exactly `count` backticks from `place` on ends."""
        return _next(self._ticks.get(count, []), place)

    def environment(self, name: str, place: int) -> int | None:
        r"""Return where the next \end{name} from `place` on ends."""
        return _next(self._environments.get(name, []), place)

    def brace(self, place: int) -> int | None:
        """Return where the brace that is opened at `place` is closed on its line."""
        return self._braces.get(place)

    @cached_property
    def _ticks(self) -> dict[int, list[tuple[int, int]]]:
        found: dict[int, list[tuple[int, int]]] = {}
        for run in _TICKS.finditer(self.text, self.start, self.end):
            found.setdefault(len(run[0]), []).append(run.span())
        return found

    @cached_property
    def _environments(self) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        for end in _END.finditer(self.text, self.start, self.end):
            found.setdefault(end[1], []).append(end.span())
        return found

    @cached_property
    def _braces(self) -> dict[int, int]:
        partners: dict[int, int] = {}
        open_braces: list[int] = []
        for sign in _BRACES.finditer(self.text, self.start, self.end):
            if sign[0] == "{":
                open_braces.append(sign.start())
            elif sign[0] == "\n":
                open_braces.clear()
            elif open_braces:
                partners[open_braces.pop()] = sign.end()
        return partners


def _next(places: list[tuple[int, int]], place: int) -> int | None:
    at = bisect_left(places, (place, place))
    return places[at][1] if at < len(places) else None
