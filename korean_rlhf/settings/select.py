"""Which rows are not translated, because they live from the English language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from korean_rlhf.errors import SettingsError

Kind: TypeAlias = Literal[
    "rhyme",
    "correction",
    "word-game",
    "english-words",
    "translation",
    "idiom",
    "attachment",
    "us-facts",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
BY_CHOICE: tuple[Kind, ...] = ("us-facts",)
"""Kinds that are translated unless --drop names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectSettings:
    """Settings of selecting rows before they are translated."""

    select: bool = True
    """Drop the rows that cannot be translated."""

    keep: tuple[Kind, ...] = ()
    """Kinds to translate all the same."""

    drop: tuple[Kind, ...] = ()
    """Kinds to drop that are translated otherwise: us-facts."""

    classify: bool = False
    """Ask the model too about each row that no rule names. A chat engine only; every row is paid
    for once more."""

    rebuild: bool = False
    """Ask the model for a Korean task and answer of the same sort in place of a dropped one of
    one turn. A chat engine only."""

    def __post_init__(self) -> None:
        both = sorted(set(self.keep) & set(self.drop))
        if both:
            raise SettingsError(f"keep and drop both name {both[0]}. Take it out of one.")
        if not self.select and (self.keep or self.drop or self.classify or self.rebuild):
            raise SettingsError("keep, drop, classify and rebuild say nothing without select.")

    @property
    def dropped_kinds(self) -> frozenset[str]:
        """Kinds that are not translated."""
        if not self.select:
            return frozenset()
        return frozenset(KINDS) - frozenset(BY_CHOICE) - frozenset(self.keep) | frozenset(self.drop)
