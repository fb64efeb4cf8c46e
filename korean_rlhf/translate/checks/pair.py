"""What a check sees: a text and its translation."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from korean_rlhf.records import Role
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.protect import MARK
from korean_rlhf.translate.register import Sentence, sentences

Check: TypeAlias = Callable[["Pair", TranslateSettings], str]
"""Returns what a reader needs to see the fault, "" when there is none."""

LIST_LINE = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s", re.MULTILINE)
MARKED = re.compile(rf"(?:(?<![\w:]):[a-zA-Z][\w:.+-]*:)?{MARK.pattern}")
"""A mark, with the name of its role where reStructuredText has one (:class:`int`)."""
QUOTED = re.compile(r"[\"“][^\"”\n]*[\"”]|‘[^’\n]*’|「[^」\n]*」|(?<!\w)'[^'\n]*'(?!\w)")

SAID_BEFORE = re.compile(
    r"^[^\"“”\n]*[\"”](?=\s*(?:이?라고|하고|이?라며|이?라는|이?라면서))", re.MULTILINE
)
"""A quotation whose opening mark is missing: 압니까?" 라고 말했다."""

AFTER_STOP = re.compile(r"(?<=[가-힣][.!?])\s+(?=\S)")
"""Kiwi takes a full stop before a sign such as * for one within the sentence."""


@dataclass
class Pair:
    """A text and its translation, with the spans in place and masked."""

    source: str
    target: str
    masked_source: str
    masked_target: str
    spans: tuple[str, ...]
    speaker: Role

    @cached_property
    def english(self) -> str:
        """The source without its spans."""
        return MARKED.sub(" ", self.masked_source).strip()

    @cached_property
    def korean(self) -> str:
        """The translation without its spans."""
        return MARKED.sub(" ", self.masked_target).strip()

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences of the translation."""
        return sentences(self.target)

    @cached_property
    def prose(self) -> list[Sentence]:
        """The sentences that the speaker says: lists and quotations left out."""
        lines = [line for line in self.target.splitlines() if not LIST_LINE.match(line)]
        said = (SAID_BEFORE.sub("말", QUOTED.sub("말", line)) for line in lines)
        return sentences("\n".join(AFTER_STOP.sub("\n", line) for line in said))
