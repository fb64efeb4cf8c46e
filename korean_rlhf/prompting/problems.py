"""What is wrong with a prompt file, and on which line of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend."""

    path: Path
    line: int
    """From 1."""
    text: str
    """One sentence: what is wrong and how to mend it."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a folder found."""

    problems: Sequence[Problem]
    templates: int
    """Prompt files."""
    rows: int
    """Lines of sets."""
