"""Two engines that translate the same rows: the first is kept where the second says about the same.

Two machines that make the same mistake independently are rarer than one that makes it; what they
disagree about is worth a look. The measure is chrF, which a difference of register lowers too.
"""

from __future__ import annotations

from collections.abc import Sequence

from korean_rlhf.ngrams import chrf
from korean_rlhf.records import Drop
from korean_rlhf.translate.engines.markup import SPAN
from korean_rlhf.translate.engines.protocol import Engine, Load, Row
from korean_rlhf.translate.engines.two import TwoEngines

SHOWN = 80
"""Characters of the second translation that a fault quotes."""


class AgreeingEngines(TwoEngines):
    """Gives the translations of `first` with which `second` agrees."""

    def __init__(self, first: Engine, second: Engine, min_agreement: float) -> None:
        super().__init__(first, second)
        self.name = f"{first.name} checked by {second.name}"
        self.min_agreement = min_agreement

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        """Return the first engine's translation of each row, or what went wrong."""
        results = self.first.translate(rows)
        places = [place for place, text in enumerate(results) if isinstance(text, str)]
        others = self.second.translate([rows[place] for place in places]) if places else []
        for place, other in zip(places, others, strict=True):
            results[place] = self._judged(results[place], other)
        return results

    def load(self, rows: Sequence[Row]) -> Load:
        """Return what both would send."""
        one, two = self.first.load(rows), self.second.load(rows)
        return Load(
            one.requests + two.requests, one.characters + two.characters, one.cost + two.cost
        )

    def _judged(self, text: str | Drop, other: str | Drop) -> str | Drop:
        if isinstance(text, Drop):
            return text
        if isinstance(other, Drop):
            return Drop("engines-disagree", f"{self.second.name} gave none: {other.reason}")
        agreement = chrf(SPAN.sub("", text), SPAN.sub("", other))
        if agreement >= self.min_agreement:
            return text
        quoted = " ".join(other.split())[:SHOWN]
        return Drop("engines-disagree", f"chrF {agreement:.2f} with {self.second.name}: {quoted!r}")
