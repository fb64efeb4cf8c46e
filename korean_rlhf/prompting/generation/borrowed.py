"""What rooms that this one must not import know: the command hands it in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowed:
    """Functions of `translate`, `dedup` and `evaluate`, see `korean_rlhf.cli.generate`."""

    levels: Callable[[str], Sequence[str]]
    """The speech level of each sentence of a text, "" for one without: translate.register."""

    contaminated: Callable[[str], str]
    """The benchmark item that a text holds, "" for none: dedup.contamination."""

    refuses: Callable[[str], bool]
    """Whether an answer refuses: evaluate.refusal."""

    read_score: Callable[[str], float | None]
    """The score in a judge's verdict, None for none: evaluate.judge.verdicts."""

    guarded: Callable[[str], str]
    """A text that cannot pass for a tag of the judge's prompt: evaluate.judge.exchanges."""
