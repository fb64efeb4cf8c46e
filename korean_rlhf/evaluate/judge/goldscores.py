"""Answers that another judge has scored, drawn so that a judge can be measured on them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

from korean_rlhf.errors import BadInput
from korean_rlhf.evaluate.judge.exchanges import Exchange
from korean_rlhf.prompting.rank import Scored, read_scored


@dataclass(frozen=True, slots=True)
class Gold:
    """An answer with the score that is taken for the truth."""

    exchange: Exchange
    score: float


@dataclass(frozen=True, slots=True)
class GoldSet:
    """The answers that a judge is measured on, and what was left out."""

    golds: list[Gold]
    read: int
    zeros: int
    """Answers with score 0, left out as likely failures of the judge."""
    empty: int
    """Answers without text."""


def read_golds(path: Path, *, keep_zero: bool = False) -> GoldSet:
    """Return scored answers: rows of question (with context), output and score.

    What the user said, turn by turn, is the question: answers of two models to a second turn are
    answers to one question, though the first turns that they follow differ.

    Raises:
        BadRecord: a row is no scored answer.
        BadInput: no question has two answers with different scores.
    """
    scored = list(read_scored(path))
    zeros = 0 if keep_zero else sum(one.score == 0 for one in scored)
    kept = [one for one in scored if keep_zero or one.score != 0]
    golds = [_gold(one) for one in kept if one.response.strip()]
    if not any(len({gold.score for gold in group}) > 1 for group in by_question(golds).values()):
        raise BadInput(f"{path}: no question has two answers with different scores.")
    return GoldSet(golds, len(scored), zeros, len(kept) - len(golds))


def _gold(one: Scored) -> Gold:
    said = [turn.content for turn in one.messages if turn.role == "user"]
    exchange = Exchange(
        question="\n\n".join(said),
        turn=len(said) - 1,
        messages=one.messages,
        answer=one.response,
    )
    return Gold(exchange, one.score)


def by_question(golds: Iterable[Gold]) -> dict[str, list[Gold]]:
    """Return the answers of each question."""
    groups: dict[str, list[Gold]] = {}
    for gold in golds:
        groups.setdefault(gold.exchange.question, []).append(gold)
    return groups


def draw_answers(golds: Sequence[Gold], per_question: int, seed: int) -> list[Gold]:
    """Return as many answers of each question, one from each part of its range of scores.

    0 is all of them.
    """
    draw = random.Random(seed)
    return [
        gold
        for group in by_question(golds).values()
        for gold in _spread(sorted(group, key=lambda one: one.score), per_question, draw)
    ]


def _spread(group: Sequence[Gold], size: int, draw: random.Random) -> list[Gold]:
    if size <= 0 or size >= len(group):
        return list(group)
    edges = [round(place * len(group) / size) for place in range(size + 1)]
    return [group[draw.randrange(low, high)] for low, high in pairwise(edges)]


def draw_pairs(golds: Sequence[Gold], per_question: int, seed: int) -> list[tuple[Gold, Gold]]:
    """Return pairs of answers to one question with different scores, in no order of score."""
    draw = random.Random(seed)
    found = []
    for group in by_question(golds).values():
        unequal = [pair for pair in combinations(group, 2) if pair[0].score != pair[1].score]
        for pair in draw.sample(unequal, min(per_question, len(unequal))):
            found.append(pair if draw.random() < 0.5 else (pair[1], pair[0]))
    return found
