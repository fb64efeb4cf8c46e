"""The records that cross a stage boundary; a stage reads and writes nothing else.

Each spells out all of its fields, shared ones too: in this order they stand in its line of JSON.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

Format: TypeAlias = Literal["plain", "namumark", "wikitext", "html", "markdown"]
FORMATS: tuple[str, ...] = get_args(Format)
Role: TypeAlias = Literal["system", "user", "assistant"]
ROLES: tuple[str, ...] = get_args(Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page of text and where it came from. Only `text` is asked of a plain file."""

    id: str
    """Stable across crawls: "<source>:<page id>", e.g. "namu:대한민국"."""

    text: str
    """NFC after the clean stage; markup is allowed only before it."""

    title: str = ""
    """Title of the page, "" when it has none."""

    source: str = ""
    """Name of the spider, dump reader or set that it came from."""

    url: str = ""
    """Where a reader can see the page."""

    license: str = ""
    """SPDX identifier where one exists. "" is unknown, and is kept out of a corpus."""

    fetched_at: str = ""
    """From the WARC or dump, never the clock: RFC 3339, UTC, e.g. "2025-01-31T09:00:00Z"."""

    format: Format = "plain"
    """How `text` is marked up."""

    def __post_init__(self) -> None:
        _require_text(self.text, "text")
        _require_one_of(self.format, "format", FORMATS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a dialogue."""

    role: Role
    content: str

    def __post_init__(self) -> None:
        _require_one_of(self.role, "role", ROLES)
        _require_text(self.content, "content")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """A dialogue that ends with the answer to learn."""

    messages: tuple[Message, ...]
    id: str = ""
    source: str = ""
    license: str = ""
    register: str = ""
    """Speech level of the answers: hapsyo, haeyo, hae, haera, mixed, or "" for not measured."""

    def __post_init__(self) -> None:
        _require_last_role(self.messages, "assistant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A dialogue that waits for an answer."""

    messages: tuple[Message, ...]
    id: str = ""
    source: str = ""
    license: str = ""

    def __post_init__(self) -> None:
        _require_last_role(self.messages, "user")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """A prompt with K answers that nobody has ranked yet."""

    messages: tuple[Message, ...]
    responses: tuple[str, ...]
    id: str = ""
    source: str = ""
    license: str = ""

    def __post_init__(self) -> None:
        _require_last_role(self.messages, "user")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A prompt with K = 2..9 answers and the rank of each."""

    messages: tuple[Message, ...]
    responses: tuple[str, ...]
    ranks: tuple[int, ...]
    """1 is best; equal numbers are a tie."""
    id: str = ""
    ranked_by: str = ""
    source: str = ""
    license: str = ""
    scores: tuple[float, ...] = ()
    """The judge's score of each response, where the ranks come from scores."""

    def __post_init__(self) -> None:
        _require_last_role(self.messages, "user")
        if not 2 <= len(self.responses) <= 9:
            raise ValueError(f"a comparison has 2 to 9 responses, this one {len(self.responses)}")
        if len(self.ranks) != len(self.responses):
            raise ValueError(f"{len(self.responses)} responses but {len(self.ranks)} ranks")
        if not all(type(rank) is int and rank >= 1 for rank in self.ranks):
            raise ValueError("ranks are whole numbers from 1 (best)")
        if len(self.scores) not in (0, len(self.responses)):
            raise ValueError(f"{len(self.responses)} responses but {len(self.scores)} scores")
        if not all(math.isfinite(score) for score in self.scores):
            raise ValueError("scores are finite numbers")


@dataclass(frozen=True, slots=True)
class Drop:
    """Why a record left the pipeline."""

    reason: str
    """A short kebab-case word; the manifest counts drops by it."""
    detail: str = ""
    """What a reader needs to check the decision: a measure, or the id of the record kept."""


def parse_messages(value: Any) -> tuple[Message, ...]:
    """Return `value`, a list of {"role", "content"} objects, as messages.

    Raises:
        ValueError: it is no such list.
    """
    if not isinstance(value, list) or not value:
        raise ValueError("messages must be a list with at least one {role, content} object")
    messages = []
    for turn in value:
        if not isinstance(turn, dict) or not {"role", "content"} <= turn.keys():
            raise ValueError("each message needs the keys role and content")
        messages.append(Message(role=turn["role"], content=turn["content"]))
    return tuple(messages)


def _require_text(value: Any, name: str) -> None:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text, got {type(value).__name__}")


def _require_one_of(value: Any, name: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name} {value!r} is none of {', '.join(known)}")


def _require_last_role(messages: tuple[Message, ...], role: str) -> None:
    if not messages or messages[-1].role != role:
        raise ValueError(f"the last message must be the {role}'s")
