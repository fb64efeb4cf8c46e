"""Worked examples: a few out of many, each kind of answer as often as the others."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from korean_rlhf.errors import SettingsError
from korean_rlhf.promptfiles import Example, PromptFile

Row = TypeVar("Row", bound=Mapping[str, Any])
MOST_LABELS = 10
"""More kinds of label than this are no kinds: a draw over all is taken as it comes."""


def balanced(
    pool: Sequence[Row], count: int, rng: random.Random, *, key: str = "label"
) -> list[Row]:
    """Return `count` rows in chance order, each label as often as the others to within one.

    A label that runs out leaves its places to the others.
    """
    shuffled = rng.sample(list(pool), len(pool))
    kinds: dict[Any, list[Row]] = {}
    for row in shuffled:
        kinds.setdefault(row.get(key), []).append(row)
    if len(kinds) > MOST_LABELS:
        return shuffled[:count]
    deepest = max(map(len, kinds.values()))
    in_turn = [kind[at] for at in range(deepest) for kind in kinds.values() if at < len(kind)]
    return rng.sample(in_turn[:count], count)


def choose_examples(prompt: PromptFile, shots: int | None, seed: int) -> list[Example]:
    """Return `shots` of the examples of a prompt file, drawn by `seed`; None: all, as they stand.

    Raises:
        SettingsError: the file holds fewer, or does not show examples at all.
    """
    if shots is None:
        return list(prompt.examples)
    if shots and "examples" not in prompt.used():
        raise SettingsError(f"{prompt.path} shows no examples: leave --shots away, or give 0.")
    if shots > len(prompt.examples):
        raise SettingsError(
            f"{prompt.path} holds {len(prompt.examples)} examples, fewer than --shots {shots}."
        )
    if not shots:
        return []
    return balanced(prompt.examples, shots, random.Random(seed), key="answer")
