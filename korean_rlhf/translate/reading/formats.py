"""The formats by name: how each is recognised by its first row, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from korean_rlhf.translate.reading.instructions import (
    ANSWERS,
    pair_reader,
    read_messages,
    read_self_instruct,
    read_sharegpt,
)
from korean_rlhf.translate.reading.oasst import read_tree
from korean_rlhf.translate.reading.preferences import (
    ANSWER_LISTS,
    SPOKEN,
    read_hh,
    read_preference,
    read_ranked,
)
from korean_rlhf.translate.reading.rows import Reader, row_by_row
from korean_rlhf.translate.reading.scattered import read_oasst

AN_INSTRUCTION = "an instruction"
A_COMPARISON = "a comparison"


@dataclass(frozen=True, slots=True)
class Format:
    """One shape of rows."""

    fits: Callable[[dict[str, Any]], bool]
    """Whether a row looks like it."""
    read: Reader


def _has(*names: str) -> Callable[[dict[str, Any]], bool]:
    return lambda row: all(name in row for name in names)


def _is_ranked(row: dict[str, Any]) -> bool:
    return any(isinstance(row.get(name), list) for name in ANSWER_LISTS)


def _is_hh(row: dict[str, Any]) -> bool:
    sides = (row.get("chosen"), row.get("rejected"))
    return "prompt" not in row and all(
        isinstance(side, str) and SPOKEN.match(side) for side in sides
    )


def _is_tree(row: dict[str, Any]) -> bool:
    return isinstance(row.get("prompt"), dict) and "replies" in row["prompt"]


FORMATS: dict[str, Format] = {
    "oasst-trees": Format(_is_tree, row_by_row(read_tree, "a tree")),
    "oasst": Format(_has("message_id", "parent_id", "role", "text"), read_oasst),
    "hh": Format(_is_hh, row_by_row(read_hh, A_COMPARISON)),
    "preference": Format(_has("chosen", "rejected"), row_by_row(read_preference, A_COMPARISON)),
    "ranked": Format(_is_ranked, row_by_row(read_ranked, A_COMPARISON)),
    "messages": Format(_has("messages"), row_by_row(read_messages, AN_INSTRUCTION)),
    "sharegpt": Format(
        lambda row: isinstance(row.get("conversations", row.get("conversation")), list),
        row_by_row(read_sharegpt, AN_INSTRUCTION),
    ),
    "self-instruct": Format(
        _has("instruction", "instances"), row_by_row(read_self_instruct, AN_INSTRUCTION)
    ),
    "alpaca": Format(
        _has("instruction", "input", "output"), row_by_row(pair_reader(("output",)), AN_INSTRUCTION)
    ),
    "dolly": Format(
        _has("instruction", "context", "response"),
        row_by_row(pair_reader(("response",)), AN_INSTRUCTION),
    ),
    "pair": Format(lambda row: True, row_by_row(pair_reader(ANSWERS), AN_INSTRUCTION)),
}
"""In the order in which a first row is tried; the last takes what nothing else does."""


def detect(row: dict[str, Any]) -> str:
    """Return the name of the format that `row` looks like.

    >>> detect({"instruction": "Add.", "input": "1 2", "output": "3"}), detect({"Q": "?", "A": "!"})
    ('alpaca', 'pair')
    """
    return next(name for name, each in FORMATS.items() if each.fits(row))
