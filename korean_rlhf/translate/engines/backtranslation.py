"""A check by translating back: what comes back must speak of what went out.

It finds what no rule sees, a text smoothed away or another text altogether; it says nothing about a
wrong word. It doubles the price, so it is done by choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from korean_rlhf.ngrams import chrf
from korean_rlhf.records import Drop
from korean_rlhf.translate.checks.extent import SHORT
from korean_rlhf.translate.engines.protocol import Engine, Load, Row
from korean_rlhf.translate.engines.two import TwoEngines
from korean_rlhf.translate.protect import MARK

REASON = "back-translation-differs"
SHOWN = 80
"""Characters of the back translation that a fault quotes."""


class BackTranslating(TwoEngines):
    """Gives the translations of `forth` that `back`, a chat model, turns into a like English."""

    second_name: ClassVar[str] = "back"

    def __init__(self, forth: Engine, back: Engine, least: float) -> None:
        super().__init__(forth, back)
        self.least = least

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        """Return the translation of each row, or what went wrong."""
        results = self.first.translate(rows)
        asked = _asked(rows, results)
        found = self.second.translate(list(asked.values())) if asked else []
        for place, again in zip(asked, found, strict=True):
            fault = difference(rows[place].text, again, self.least)
            if fault:
                results[place] = fault
        return results

    def load(self, rows: Sequence[Row]) -> Load:
        """Return what the first would send, twice: its Korean is not there yet, and is shorter.

        What the first was paid for already is known, and so what the second would send.
        """
        one = self.first.load(rows)
        if one.requests:
            return Load(2 * one.requests, 2 * one.characters, 2 * one.cost)
        asked = _asked(rows, self.first.translate(rows))
        return self.second.load(list(asked.values())) if asked else one


def difference(source: str, back: str | Drop, least: float) -> Drop | None:
    """Return the fault of a translation by what came back; None when it is alike enough.

    >>> difference("It rains in the whole country.", "It is raining all over the country.", 0.3)
    >>> difference("It rains in the whole country.", "He bought five red apples.", 0.3).reason
    'back-translation-differs'
    """
    if isinstance(back, Drop):
        return Drop(REASON, f"no back translation came: {back.reason}")
    alike = chrf(MARK.sub("", back), MARK.sub("", source))
    if alike >= least:
        return None
    return Drop(REASON, f"chrF {alike:.2f}: {' '.join(back.split())[:SHOWN]!r}")


def _asked(rows: Sequence[Row], results: Sequence[str | Drop]) -> dict[int, Row]:
    """Return what is translated back, by place: all but rows too short to be told from others."""
    return {
        place: Row(text, row.speaker)
        for place, (row, text) in enumerate(zip(rows, results, strict=True))
        if isinstance(text, str) and len(MARK.sub("", row.text)) >= SHORT
    }
