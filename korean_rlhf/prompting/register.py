"""The speech level (말투) that a record states, held against the one that its answers have.

What tells the level of a sentence is given, so that who states no level loads no analyser.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from korean_rlhf.records import Message

Levels: TypeAlias = Callable[[str], Iterable[str]]
"""Of a text: the speech level of each sentence, "" for one without an ending."""

REGISTERS = ("hapsyo", "haeyo", "hae", "haera", "mixed", "")
SPOKEN: Mapping[str, frozenset[str]] = {
    "hapsyo": frozenset({"hapsyo"}),
    "haeyo": frozenset({"haeyo"}),
    "hae": frozenset({"hae", "haera"}),
    "haera": frozenset({"hae", "haera"}),
}
"""Levels that an answer may hold: 하자, 하더라 and 하겠다 belong to 반말, 되었을까 to 해라체."""
NOT_SPOKEN = re.compile(
    r"```.*?```|`[^`\n]*`"
    r'|"[^"]*"|\'[^\'\n]*\'|\([^()]*\)'
    r"|^\s*(?:[-*]|\d+[.)]|\|).*$|^\*\*.*\*\*$",
    re.DOTALL | re.MULTILINE,
)
"""Code, quotations, asides, lists, tables and headings: their level is not the speaker's."""


def spoken_levels(messages: Sequence[Message], levels: Levels) -> Counter[str]:
    """Count the speech levels of what the assistant says in its own voice."""
    answers = [message.content for message in messages if message.role == "assistant"]
    found = Counter(level for answer in answers for level in levels(NOT_SPOKEN.sub("말", answer)))
    del found[""]
    return found


def register_fault(stated: str, messages: Sequence[Message], levels: Levels) -> str:
    """Return what is wrong with the speech level of the answers, "" for nothing."""
    if stated not in REGISTERS:
        return f"register {stated!r} is none of {', '.join(name for name in REGISTERS if name)}"
    if stated not in SPOKEN:
        return ""
    found = spoken_levels(messages, levels)
    most = found.most_common(1)[0][0] if found else stated
    if found.keys() <= SPOKEN[stated] and most == stated:
        return ""
    counted = ", ".join(f"{level} {count}" for level, count in found.most_common())
    return f"register says {stated}, but the answers have: {counted}"
