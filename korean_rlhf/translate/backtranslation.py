"""A check by translating back: what comes back must speak of what went out.

It finds what no rule sees, a text smoothed away or another text altogether; it says nothing about a
wrong word. It doubles the price, so it is done by choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from korean_rlhf.endpoint import Endpoint
from korean_rlhf.ngrams import chrf
from korean_rlhf.promptfiles import load_prompt
from korean_rlhf.records import Drop
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.checks.extent import SHORT
from korean_rlhf.translate.engines import ChatEngine, Engine, MaskStyle, Row
from korean_rlhf.translate.protect import MARK

REASON = "back-translation-differs"
SHOWN = 80
"""Characters of the back translation that a fault quotes."""


class BackTranslating(Engine):
    """Gives the translations of `forth` that `back`, a chat model, turns into a like English."""

    style: ClassVar[MaskStyle] = "marks"

    def __init__(self, forth: Engine, back: Engine, least: float) -> None:
        self.name = forth.name
        self.forth, self.back, self.least = forth, back, least

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        """Return the translation of each row, or what went wrong."""
        results = self.forth.translate(rows)
        places = [place for place, text in enumerate(results) if _is_judged(rows[place], text)]
        asked = [Row(str(results[place]), rows[place].speaker) for place in places]
        found = self.back.translate(asked) if asked else []
        for place, again in zip(places, found, strict=True):
            fault = difference(rows[place].text, again, self.least)
            if fault:
                results[place] = fault
        return results


def back_translating(forth: Engine, server: Endpoint, settings: TranslateSettings) -> Engine:
    """Return `forth`, checked by its own chat model with the prompt `settings.back_prompt`."""
    prompt = load_prompt("translate", settings.back_prompt)
    return BackTranslating(forth, ChatEngine(server, prompt, settings), settings.min_back_chrf)


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


def _is_judged(row: Row, text: str | Drop) -> bool:
    """Whether a row is long enough to be told from another."""
    return isinstance(text, str) and len(MARK.sub("", row.text)) >= SHORT
