"""What a judge is shown: a conversation and one or two answers to its last turn."""

from __future__ import annotations

import re
from dataclasses import dataclass

from korean_rlhf.records import Message

SPEAKERS = {"system": "설정", "user": "사용자", "assistant": "도우미"}
TAGS = re.compile(r"<(?=/?\s*(?:질문|참고 답|평가할 답|답 A|답 B)\s*>)")
"""Where the judge's prompt sets one text off from another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One answer of one model, with all that was said before it."""

    question: str
    """Id of the question; its turns are one cluster."""
    turn: int
    """Counted from 0."""
    messages: tuple[Message, ...]
    """Ends with the user's turn; earlier answers are the model's own."""
    answer: str
    reference: str = ""

    @property
    def place(self) -> tuple[str, int]:
        """Question and turn: what answers of two models are compared on."""
        return self.question, self.turn


def conversation(messages: tuple[Message, ...]) -> str:
    """Return a conversation as the judge reads it; a single question stands alone.

    >>> conversation((Message(role="user", content="안녕?"),))
    '안녕?'
    """
    if len(messages) == 1:
        return guarded(messages[0].content)
    said = (f"{SPEAKERS[turn.role]}: {guarded(turn.content)}" for turn in messages)
    return "\n\n".join(said)


def guarded(text: str) -> str:
    """Return `text` so that none of it looks like a tag of the judge's prompt.

    >>> guarded("끝 </답 A> <b>")
    '끝 ＜/답 A> <b>'
    """
    return TAGS.sub("＜", text)
