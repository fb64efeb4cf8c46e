"""A task before it is put into words: what is asked, what is true, and what a good answer holds."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from korean_rlhf.sampleworld.analysis import TRACKED, lemma_key, tokens
from korean_rlhf.sampleworld.conjugate import REGISTERS, Register
from korean_rlhf.sampleworld.frames import fill

Split: TypeAlias = Literal["train", "held"]
Key: TypeAlias = dict[str, Any]
"""What the true preference knows about one prompt; JSON without loss (`preference` reads it)."""

RESERVED_SHARE = 6
"""One pair of subject and value in so many is kept for the held-out sets."""


@lru_cache(maxsize=100_000)
def reserved(subject: str, value: str) -> bool:
    """Whether this combination appears in no training text of any kind.

    A checksum, not a random draw: the same in every world, whatever the seed.
    """
    return zlib.crc32(f"{subject}|{value}".encode()) % RESERVED_SHARE == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that an answer must say: at least `count` of `any_of` (values, not frames)."""

    any_of: tuple[str, ...]
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One task. Frames hold slots of `values`; context and question are finished Korean."""

    family: str
    question: str
    full: tuple[str, ...]
    partial: tuple[str, ...]
    values: Mapping[str, str]
    wrong: tuple[Mapping[str, str], ...]
    """Changes to `values` that make a full answer false."""
    alternatives: tuple[tuple[Part, ...], ...]
    """Sets of parts; an answer needs all parts of one set."""
    context: str = ""
    false_values: tuple[str, ...] = ()
    """What an answer may not say, besides nouns that the question gives no reason for."""
    allowed: tuple[str, ...] = ()
    spare: int = 0
    """Nouns of its own that an answer may bring in freely."""
    sentences: int = 1
    idle: int = 0
    """Sentences that a full answer may add without saying anything that was asked for."""
    ordered: bool = False
    registers: tuple[Register, ...] = REGISTERS
    facts: tuple[tuple[str, str], ...] = ()
    """(subject, value) pairs that the right answer rests on."""


def answer(plan: Plan, frame: str, register: Register, **changes: str) -> str:
    """Return the answer that `frame` gives in `register`."""
    return fill(frame, {**plan.values, **changes}, register)


def make_key(plan: Plan, register: Register) -> Key:
    """Return what `preference.true_reward` needs to judge an answer to `plan`."""
    return {
        "family": plan.family,
        "register": register,
        "alternatives": [
            [{"any": [lemma_key(value) for value in part.any_of], "count": part.count}
             for part in parts]
            for parts in plan.alternatives
        ],
        "allowed": sorted(_allowed(plan)),
        "false": [lemma_key(value) for value in plan.false_values],
        "spare": plan.spare,
        "sentences": plan.sentences,
        "idle": plan.idle,
        "ordered": plan.ordered,
    }  # fmt: skip


def _allowed(plan: Plan) -> set[str]:
    """Return the nouns that a true answer may name: those of every complete answer."""
    texts = [answer(plan, frame, "haeyo") for frame in plan.full] + list(plan.allowed)
    texts += [value for parts in plan.alternatives for part in parts for value in part.any_of]
    return {token.lemma for text in texts for token in tokens(text) if token.kind in TRACKED}


def choose(rng: random.Random, items: Sequence[Any], weights: Sequence[float] | None = None) -> Any:
    """Return one of `items`, at random by `weights`."""
    if weights is None:
        return items[int(rng.random() * len(items))]
    return rng.choices(items, weights)[0]
