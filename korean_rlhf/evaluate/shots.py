"""Worked examples before a question: drawn once, from another split, the same in every prompt.

They never come from the split that is asked: lm-eval's own HAE-RAE, CLIcK and Belebele take them
from there. What another split repeats of the asked one is left out too.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from korean_rlhf.evaluate import benchmarks
from korean_rlhf.evaluate.sources import (
    DataOptions,
    NoData,
    every_row,
    rows_digest,
    shot_rows,
)
from korean_rlhf.prompting.shots import balanced

BESIDE = ("label", "score", "answer", "answers", "id", "subject")
"""Columns that are the answer or are not asked; two rows that differ only in these ask the same."""


@dataclass(frozen=True, slots=True)
class Shots:
    """The examples of one task."""

    count: int = 0
    digest: str = ""
    """sha256 of the drawn rows; "" for none."""
    why: str = ""
    """Why there are none although some were asked for; "" otherwise."""


def plan_shots(source: str, options: DataOptions, *, taken: bool = True) -> Shots:
    """Return which examples a task gets; a set without another split is asked without any.

    Args:
        source: The evaluation set.
        options: `shots` is how many are wanted, `seed` which.
        taken: Whether the task can show examples at all.
    """
    if not options.shots:
        return Shots()
    if not taken:
        return Shots(why="a task of its kind shows no examples")
    try:
        drawn = draw(source, options)
    except NoData as problem:
        return Shots(why=str(problem))
    return Shots(len(drawn), rows_digest(drawn))


def draw(source: str, options: DataOptions) -> list[benchmarks.Row]:
    """Return `options.shots` rows of the other split, each label as often as can be.

    Raises:
        NoData: there is no other split, it is not at hand, or it holds too few rows.
    """
    pool = _unasked(shot_rows(source, options), every_row(source, options))
    if len(pool) < options.shots:
        raise NoData(f"its other split holds {len(pool)} rows, fewer than --shots {options.shots}")
    return balanced(pool, options.shots, random.Random(options.seed))


def _unasked(
    pool: Sequence[benchmarks.Row], asked: Sequence[benchmarks.Row]
) -> list[benchmarks.Row]:
    """Return the rows of `pool` whose texts are not those of a row that is asked."""
    known = {_question(row) for row in asked}
    return [row for row in pool if _question(row) not in known]


def _question(row: benchmarks.Row) -> frozenset[str]:
    """Return the texts of a row without their order: a swapped pair asks the same."""
    values = (value for name, value in row.items() if name not in BESIDE)
    parts = (part for value in values for part in (value if isinstance(value, list) else [value]))
    return frozenset(unicodedata.normalize("NFC", str(part)).strip() for part in parts)
