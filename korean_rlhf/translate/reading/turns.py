"""Dialogues under the names that widely used sets give to speakers and words."""

from __future__ import annotations

from collections import Counter
from typing import Any

from korean_rlhf.records import Message, Role

SPEAKERS: dict[str, Role] = {
    "system": "system",
    **dict.fromkeys(("user", "human", "prompter", "User", "Human"), "user"),
    **dict.fromkeys(("assistant", "gpt", "bot", "chatgpt", "model", "Assistant"), "assistant"),
}  # fmt: skip
NAMES = (("role", "content"), ("from", "value"), ("role", "text"), ("speaker", "text"))
"""Keys of speaker and words of a turn."""


def parse_turn(turn: Any) -> Message:
    """Return one turn, {"role", "content"} or {"from", "value"}, as a message.

    Raises:
        ValueError: it is none, or nobody knows its speaker.
    """
    if not isinstance(turn, dict):
        raise ValueError("each message needs the keys role and content, or from and value")
    for speaker, words in NAMES:
        if speaker in turn and words in turn:
            if turn[speaker] not in SPEAKERS:
                known = ", ".join(SPEAKERS)
                raise ValueError(f"the speaker {turn[speaker]!r} is none of {known}")
            return Message(role=SPEAKERS[turn[speaker]], content=turn[words])
    raise ValueError("each message needs the keys role and content, or from and value")


def parse_turns(value: Any, system: Any = None) -> tuple[Message, ...]:
    """Return a list of turns as messages, behind `system` where that holds text.

    Raises:
        ValueError: it is no such list.
    """
    if not isinstance(value, list) or not value:
        raise ValueError("it needs a list of at least one message")
    if all(isinstance(turn, str) for turn in value):  # LIMA: the speakers take turns
        roles = ("user", "assistant")
        value = [{"role": roles[at % 2], "content": text} for at, text in enumerate(value)]
    said = (Message(role="system", content=system.strip()),) if filled(system) else ()
    return (*said, *map(parse_turn, value))


def filled(value: Any) -> bool:
    """Whether `value` is text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def answered(messages: tuple[Message, ...], notes: Counter[str]) -> tuple[Message, ...]:
    """Return a dialogue up to its last answer; questions behind it are counted in `notes`.

    Raises:
        ValueError: nobody asks, or nobody answers.
    """
    end = len(messages)
    while end and messages[end - 1].role != "assistant":
        end -= 1
    if not any(message.role == "user" for message in messages[:end]):
        raise ValueError("it holds no answer to a user's message")
    if end < len(messages):
        notes["unanswered-last-turns"] += len(messages) - end
    return messages[:end]
