"""Ranked comparisons from answers that a judge has scored one by one."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from korean_rlhf.errors import BadRecord
from korean_rlhf.progress import say
from korean_rlhf.records import Comparison, Drop, Message
from korean_rlhf.rundir import file_digest, open_stage
from korean_rlhf.settings.loading import to_dict
from korean_rlhf.settings.rank import RankSettings
from korean_rlhf.tables import (
    DroppedRecords,
    require_some,
    rows,
    shards,
    write_jsonl,
)

COMPARISONS = "comparisons.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensedRank(RankSettings):
    """What a folder of comparisons was made with."""

    license: str


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer with the score of its judge."""

    messages: tuple[Message, ...]
    response: str
    score: float


def rank(
    inputs: Sequence[Path],
    out: Path,
    settings: RankSettings,
    *,
    license: str = "",
    replace: bool = False,
) -> None:
    """Write comparisons.jsonl: K answers to one prompt, ranked by score, equal scores tied.

    Answers that stand in no comparison go into dropped.jsonl with the reason.

    A row of the input needs question (or messages), output (or response) and score; `context` is
    what was said before the question: messages, or {"q", "a"}.

    Raises:
        BadRecord: a row lacks one of them.
    """
    known = LicensedRank(**to_dict(settings), license=license)
    with open_stage(out, "rank", settings=known, inputs=inputs, replace=replace) as stage:
        if stage.finished:
            return
        answers = [item for path in inputs for item in read_scored(path)]
        dropped = DroppedRecords()
        kept = sift(answers, settings, dropped)
        made = list(compare(kept, settings, source=inputs[0].name, license=license))
        for answer in unused(kept, made):
            dropped(answer, Drop("no-partner-left"))
        write_jsonl(out / COMPARISONS, made)
        dropped.write(out)
        used = len(answers) - len(dropped)
        counts = dropped.counts(len(answers), used)
        stage.finish(counts=counts, digest=file_digest(out / COMPARISONS), comparisons=len(made))
    say(f"rank: {len(made):,} comparisons of {used:,} answers; {len(dropped):,} left out.")


def read_scored(path: Path) -> Iterator[Scored]:
    """Yield the scored answers in a file; rows without a score are refused."""
    count = 0
    for shard in shards(path):
        for number, row in rows(shard):
            try:
                yield Scored(_messages(row), _text(row, "output", "response"), _score(row))
            except (KeyError, TypeError, ValueError) as problem:
                text = f"lacks {problem}" if isinstance(problem, KeyError) else str(problem)
                raise BadRecord(
                    shard,
                    number,
                    f"not a scored answer: {text}. It needs question, output and score.",
                ) from None
            count += 1
    require_some(path, count)


def _score(row: dict[str, Any]) -> float:
    score = float(row["score"])
    if not math.isfinite(score):
        raise ValueError(f"score is {row['score']!r}")
    return score


def sift(
    answers: Iterable[Scored], settings: RankSettings, dropped: Callable[[Scored, Drop], None]
) -> list[Scored]:
    """Return the answers to use; the others go to `dropped` with the reason."""
    kept: list[Scored] = []
    for answer in answers:
        drop = _reason(answer, settings)
        if drop is None:
            kept.append(answer)
        else:
            dropped(answer, drop)
    return kept


def _reason(answer: Scored, settings: RankSettings) -> Drop | None:
    if answer.score == 0 and not settings.keep_zero:
        return Drop("zero-score")
    if not answer.response.strip():
        return Drop("empty-answer")
    if settings.max_characters and len(answer.response) > settings.max_characters:
        return Drop("too-long", f"{len(answer.response)} characters")
    return None


def compare(
    answers: Iterable[Scored], settings: RankSettings, *, source: str = "", license: str = ""
) -> Iterator[Comparison]:
    """Yield comparisons of one question each, their answers spread over the range of scores."""
    questions: dict[tuple[Message, ...], list[Scored]] = defaultdict(list)
    for answer in answers:
        questions[answer.messages].append(answer)
    draw = random.Random(settings.seed)
    for number, (messages, group) in enumerate(questions.items()):
        for part, chosen in enumerate(spread(group, settings, draw)):
            draw.shuffle(chosen)  # so that the order on disk says nothing about the rank
            yield Comparison(
                id=f"{source.partition('.')[0]}:{number}:{part}",
                messages=messages,
                responses=tuple(item.response for item in chosen),
                ranks=ranks([item.score for item in chosen]),
                scores=tuple(item.score for item in chosen),
                ranked_by="judge",
                source=source,
                license=license,
            )


def unused(answers: Iterable[Scored], comparisons: Iterable[Comparison]) -> Iterator[Scored]:
    """Yield the answers that stand in none of the comparisons made of them."""
    left = Counter(answers)
    for one in comparisons:
        for response, score in zip(one.responses, one.scores, strict=True):
            left[Scored(one.messages, response, score)] -= 1
    yield from left.elements()


def spread(
    group: list[Scored], settings: RankSettings, draw: random.Random
) -> Iterator[list[Scored]]:
    """Yield disjoint sets of K answers, one from each K-th of the group ordered by score.

    So every comparison holds good and bad answers, and no answer is compared twice.
    """
    left = sorted(group, key=lambda item: item.score)
    for _ in range(settings.per_question):
        size = min(draw.randint(settings.least, settings.most), len(left))
        if size < settings.least or left[0].score == left[-1].score:
            return
        edges = [round(place * len(left) / size) for place in range(size + 1)]
        places = [draw.randrange(low, high) for low, high in pairwise(edges)]
        yield [left[place] for place in places]
        left = [item for place, item in enumerate(left) if place not in set(places)]


def ranks(scores: Sequence[float]) -> tuple[int, ...]:
    """Return dense ranks, 1 for the highest score; equal scores share one.

    >>> ranks([3.0, 9.0, 3.0, 5.0])
    (3, 1, 3, 2)
    """
    order = sorted(set(scores), reverse=True)
    return tuple(order.index(score) + 1 for score in scores)


def _messages(row: dict[str, Any]) -> tuple[Message, ...]:
    before = row.get("context") or row.get("messages") or []
    if isinstance(before, dict):  # one turn before, as LogicKor writes it
        before = [
            {"role": "user", "content": before["q"]},
            {"role": "assistant", "content": before["a"]},
        ]
    turns = [Message(role=turn["role"], content=turn["content"]) for turn in before]
    if row.get("question"):
        turns.append(Message(role="user", content=row["question"]))
    if not turns or turns[-1].role != "user":
        raise KeyError("question")
    return tuple(turns)


def _text(row: dict[str, Any], *names: str) -> str:
    for name in names:
        if isinstance(row.get(name), str):
            return str(row[name])
    raise KeyError(names[0])
