"""What may be asked of a model server: each kind of request knows its path and reads its reply."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar

from korean_rlhf.endpoint.answers import parse_reply
from korean_rlhf.endpoint.replies import Reply
from korean_rlhf.records import Message


class Paid(Protocol):
    """What every reply says: the tokens that it cost."""

    @property
    def prompt_tokens(self) -> int:
        """Tokens read by the server."""
        ...

    @property
    def completion_tokens(self) -> int:
        """Tokens written by the server."""
        ...


Answer = TypeVar("Answer", bound=Paid, covariant=True)


class Request(Protocol[Answer]):
    """One POST to a server."""

    @property
    def path(self) -> str:
        """Under the server's address: "chat/completions", "completions"."""
        ...

    @property
    def characters(self) -> int:
        """Characters sent, for budgets and paces; 0 where they are not counted."""
        ...

    def body(self) -> dict[str, Any]:
        """Return what is sent, as JSON values."""
        ...

    def parse(self, content: bytes) -> Answer:
        """Return what the server answered with status 200.

        Raises:
            PassingFault: the answer is torn or no answer; another try may mend it.
            EndpointError: the server answers so on principle.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One chat request; all that it says is in its key."""

    path: ClassVar[str] = "chat/completions"
    model: str
    messages: tuple[Message, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Sent as they are: temperature, max_tokens, seed, response_format, ..."""
    engine: str = "openai"
    """Name of the kind of server, for the cache: equal models of two makers may differ."""

    @property
    def characters(self) -> int:
        """Characters of all messages, the prompt of the system too."""
        return sum(len(turn.content) for turn in self.messages)

    def body(self) -> dict[str, Any]:
        """Return what is sent."""
        turns = [{"role": turn.role, "content": turn.content} for turn in self.messages]
        return {"model": self.model, "messages": turns, **self.parameters}

    def parse(self, content: bytes) -> Reply:
        """Return the first choice of the answer."""
        return parse_reply(content)

    def key(self) -> str:
        """Return the sha256 of engine, model, parameters and messages."""
        content = json.dumps(
            [self.engine, self.body()], ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(content.encode()).hexdigest()
