"""Whether an English instruction asks its reader to do something."""

from __future__ import annotations

import re

VERBS = frozenset(
    """
    add advise analyze analyse answer apply arrange ask assign brainstorm break build calculate
    categorize change check choose cite classify clean combine come comment compare compile
    complete compose compute consider construct contrast convert copy correct count craft create
    curate decide decode define delete describe design detect determine develop devise discuss
    divide do draft draw edit elaborate eliminate encode estimate evaluate expand explain explore
    express extract fill find fix follow form format formulate generate get give go group guess
    help highlight identify illustrate imagine implement improve include infer insert interpret
    introduce invent judge justify keep label let list look make mark match measure modify name
    note offer order organize outline paraphrase pick plan please point predict prepare present
    pretend produce proofread propose prove provide put rank rate read rearrange recommend reduce
    remove reorder repeat rephrase replace reply report respond return reverse review revise
    rewrite say score select send separate show shorten simplify simulate solve sort speak specify
    split state suggest sum summarise summarize supply suppose take talk tell think transcribe
    transform translate try turn use verify visit walk write
    """.split()
)
"""Base forms that open an instruction."""

_START = re.compile(
    r"(?:^|(?<=[.!?:;])\s+|\n\s*)[\"'“(]*(?:please,?\s+|then,?\s+|now,?\s+)?([A-Za-z]+)\b",
    re.IGNORECASE,
)
_AFTER_CLAUSE = re.compile(
    r"(?:given|using|based on|in this task|for|from|in|with)\b[^.!?\n]*?,\s*"
    r"(?:please\s+)?([A-Za-z]+)\b",
    re.IGNORECASE,
)
_NOUN_AFTER = re.compile(r"\s+(?:is|are|was|were)\b|(?<!think)\s+of\b", re.IGNORECASE)


def asks_for_something(text: str) -> bool:
    """Whether a sentence of `text` is an imperative.

    >>> asks_for_something("Given a number, write its root."), asks_for_something("Who wrote it?")
    (True, False)
    >>> asks_for_something("Name is a word."), asks_for_something("Please summarize this.")
    (False, True)
    """
    return any(
        found[1].lower() in VERBS and not _NOUN_AFTER.match(text, found.end())
        for pattern in (_START, _AFTER_CLAUSE)
        for found in pattern.finditer(text)
    )
