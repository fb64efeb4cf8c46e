"""What every engine is: rows of masked text in, for each a translation or what went wrong out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeAlias

from korean_rlhf.records import Drop, Role

MaskStyle: TypeAlias = Literal["marks", "tags", "segments"]
"""How an engine is shown what it must not touch.

"marks": ⟦0⟧ in plain text, for chat models and for engines that make elements of their own of it.
"tags": <x id="0"/> in XML. "segments": never shown; the text is cut around it, for models that lose
rare signs.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One text to translate, its spans masked."""

    text: str
    speaker: Role
    """Who says it: "user" gives instructions, "assistant" answers."""
    note: str = ""
    """What was wrong with the last translation, when this is a second try."""

    @property
    def id(self) -> str:
        """Eight hexadecimal digits of the text: no place in a list can be mistaken for it."""
        return hashlib.sha256(f"{self.speaker}\0{self.text}".encode()).hexdigest()[:8]


class Load(NamedTuple):
    """What rows would cost that nobody has paid for yet."""

    requests: int = 0
    characters: int = 0
    cost: float = 0.0


class Engine(Protocol):
    """Whatever translates rows; called from many threads. A subclass needs `translate` only."""

    name: str
    """Goes into the source of each record: "openai:qwen3"."""

    @property
    def style(self) -> MaskStyle:
        """How rows are masked for it; a class variable will do."""
        ...

    @property
    def second_style(self) -> MaskStyle:
        """How a text is shown to it whose marks it lost; tags only to what reads plain text."""
        return "segments"

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        """Return a translation, or what went wrong, for each row, in their order."""
        ...

    def load(self, rows: Sequence[Row]) -> Load:
        """Return what `translate` would send for `rows`, without sending it."""
        return Load()

    def counts(self) -> dict[str, int]:
        """Return what was asked so far, for the manifest: requests, paid, cached, ..."""
        return {}

    def stop(self) -> None:
        """Let nobody wait any longer: the work has failed. What is under way may end."""
        return

    def close(self) -> None:
        """Give up connections, files and memory."""
        return
