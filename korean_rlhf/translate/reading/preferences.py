"""Preference sets: chosen and rejected, HH transcripts, K answers with ranks or scores."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from korean_rlhf.records import Comparison, Message, Role
from korean_rlhf.translate.reading.instructions import SYSTEM, first
from korean_rlhf.translate.reading.rows import Context, Line
from korean_rlhf.translate.reading.turns import filled, parse_turn, parse_turns

ANSWER_LISTS = ("responses", "completions", "answers")
ANSWER_TEXTS = ("response", "text", "content", "output", "answer")
PROMPTS = ("prompt", "conversations", "question", "instruction", "query", "Q", "messages")
"""Columns of the prompt. `messages` comes last: beside a prompt it is the chosen dialogue."""
ANSWER_SCORES = ("score", "overall_score", "rating")
SPOKEN = re.compile(r"(?:\A|\n\n)[ \t]*(Human|Assistant):[ \t]?")
_SPEAKERS: dict[str, Role] = {"Human": "user", "Assistant": "assistant"}

Dialogue = tuple[Message, ...]


def read_preference(line: Line, context: Context) -> Iterator[Comparison]:
    """Read prompt, chosen and rejected, each a text or a list of messages.

    The prompt may be missing where both sides begin with it, or stand in `conversations`.
    """
    row = line.row
    sides = [_side(row, name) for name in ("chosen", "rejected")]
    prompt = _prompt(row)
    if prompt:
        bare = tuple(each for each in prompt if each.role != "system")
        sides = [_without(_without(side, prompt), bare) for side in sides]
    yield _pair(prompt, sides, line, context)


def read_hh(line: Line, context: Context) -> Iterator[Comparison]:
    r"""Read two transcripts, "\n\nHuman: ...\n\nAssistant: ...", that share all but the last turn.

    Raises:
        ValueError: they part earlier, or do not end with an answer.
    """
    yield _pair((), [transcript(line.row[name]) for name in ("chosen", "rejected")], line, context)


def transcript(text: Any) -> Dialogue:
    r"""Return the turns of an HH transcript.

    >>> [turn.content for turn in transcript("\n\nHuman: Hi.\n\nAssistant: Hello.\n\nHow so?")]
    ['Hi.', 'Hello.\n\nHow so?']
    """
    if not isinstance(text, str) or not SPOKEN.match(text):
        raise ValueError('a transcript begins with "\\n\\nHuman:" or "\\n\\nAssistant:"')
    _, *parts = SPOKEN.split(text)
    return tuple(
        Message(role=_SPEAKERS[speaker], content=words.strip())
        for speaker, words in zip(parts[::2], parts[1::2], strict=True)
    )


def read_ranked(line: Line, context: Context) -> Iterator[Comparison]:
    """Read one prompt with K answers and their ranks (1 is best) or scores (higher is better).

    Ranks and scores stand in a list of the row, or each beside its answer.
    """
    row = line.row
    listed = next((row[name] for name in ANSWER_LISTS if name in row), None)
    if not isinstance(listed, list) or not listed:
        raise ValueError(f"it has no list under any of {', '.join(ANSWER_LISTS)}")
    responses = tuple(map(_answer_text, listed))
    scores = tuple(map(float, row.get("scores") or _each(listed, ANSWER_SCORES)))
    ranks = tuple(row.get("ranks") or map(int, _each(listed, ("rank",))))
    if not ranks and not scores:
        raise ValueError("it has neither ranks nor scores")
    yield Comparison(
        messages=_asked(_prompt(row)),
        responses=responses,
        ranks=ranks or ranks_of(scores),
        scores=scores,
        ranked_by=str(row.get("ranked_by") or ""),
        **line.facts(context.license),
    )


def ranks_of(scores: Sequence[float]) -> tuple[int, ...]:
    """Return 1 for the highest score and on; equal scores share a rank.

    >>> ranks_of((0.5, 2.0, 0.5, 1.0))
    (3, 1, 3, 2)
    """
    order = sorted(set(scores), reverse=True)
    return tuple(order.index(score) + 1 for score in scores)


def _pair(prompt: Dialogue, sides: Sequence[Dialogue], line: Line, context: Context) -> Comparison:
    """Return a Comparison of two sides, what both begin with being moved to the prompt."""
    chosen, rejected = sides
    shared = 0
    while shared < min(len(chosen), len(rejected)) - 1 and chosen[shared] == rejected[shared]:
        shared += 1
    ends = chosen[shared:], rejected[shared:]
    if len(ends[0]) != 1 or len(ends[1]) != 1:
        raise ValueError("chosen and rejected part before their last answer")
    if any(end[0].role != "assistant" for end in ends):
        raise ValueError("chosen and rejected must end with the assistant's answer")
    if not all(filled(end[0].content) for end in ends):
        raise ValueError("one of its answers is empty")
    if ends[0] == ends[1]:
        raise ValueError("chosen and rejected are equal")
    return Comparison(
        messages=_asked((*prompt, *chosen[:shared])),
        responses=(ends[0][0].content, ends[1][0].content),
        ranks=(1, 2),
        scores=_pair_scores(line.row),
        **line.facts(context.license),
    )


def _asked(prompt: Dialogue) -> Dialogue:
    if not prompt:
        raise ValueError("it has no prompt")
    return prompt


def _pair_scores(row: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the scores of both sides where they agree with which one was chosen."""
    for names in (("score_chosen", "score_rejected"), ("chosen_score", "rejected_score")):
        found = [row.get(name) for name in names]
        if all(isinstance(score, (int, float)) for score in found):
            chosen, rejected = (float(str(score)) for score in found)
            if math.isfinite(chosen + rejected) and chosen > rejected:
                return chosen, rejected
    return ()


def _side(row: Mapping[str, Any], name: str) -> Dialogue:
    value = row[name]
    if isinstance(value, str):
        return (Message(role="assistant", content=value.strip()),)
    return (parse_turn(value),) if isinstance(value, dict) else parse_turns(value)


def _prompt(row: Mapping[str, Any]) -> Dialogue:
    """Return the prompt, () when the row names none."""
    system = first(row, SYSTEM)
    for name in PROMPTS:
        value = row.get(name)
        if isinstance(value, list) and value:
            return parse_turns(value, system)
        if filled(value) and SPOKEN.match(str(value)):
            turns = transcript(value)
            return turns if turns[-1].content else turns[:-1]
        if filled(value):
            given = first(row, ("input",)) if name == "instruction" else None
            text = "\n\n".join(part.strip() for part in (str(value), given) if part)
            return parse_turns([{"role": "user", "content": text}], system)
    return ()


def _without(side: Dialogue, prompt: Dialogue) -> Dialogue:
    """Return `side` without the prompt that it repeats."""
    repeats = len(side) > len(prompt) and side[: len(prompt)] == prompt
    return side[len(prompt) :] if repeats else side


def _answer_text(answer: Any) -> str:
    found = first(answer, ANSWER_TEXTS) if isinstance(answer, dict) else answer
    if not filled(found):
        raise ValueError("one of its answers is no text or empty")
    return str(found)


def _each(answers: Sequence[Any], names: Sequence[str]) -> list[float]:
    """Return the number that every answer has under one of `names`, [] when one has none."""
    found = []
    for answer in answers:
        named = (answer.get(name) for name in names) if isinstance(answer, dict) else ()
        number = next((value for value in named if value is not None), None)
        if number is None:
            return []
        found.append(float(number))
    return found
