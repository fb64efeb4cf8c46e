"""What makes a text take another road, what it is told there, and how many took which."""

from __future__ import annotations

import threading
from collections import Counter

from korean_rlhf.translate.engines import MaskStyle

DAMAGE = frozenset(
    {
        "placeholder-lost",
        "placeholder-repeated",
        "placeholder-invented",
        "markdown-changed",
        "code-changed",
    }
)
"""Faults that another way of showing the text may mend."""

ADVICE: dict[MaskStyle, str] = {
    "marks": "Keep every mark such as ⟦0⟧ exactly once.",
    "tags": 'Keep every tag such as <x id="0"/> exactly once, as it is written, where it belongs.',
    "segments": "The text is a part of a longer one: translate it as it stands, on one line.",
}
"""What a request says about the way a text is shown to it."""


class Roads:
    """Counts by which road texts came home; for many threads."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, roads: Counter[str]) -> None:
        """Add the counts of some texts."""
        with self._lock:
            self._counts += roads

    def counts(self) -> Counter[str]:
        """Return the counts by name: "marks", "marks-again", "segments", "no-prose", "refused"."""
        with self._lock:
            return self._counts.copy()
