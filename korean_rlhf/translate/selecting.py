"""Rows that cannot be translated: what they ask for exists in the English language only.

"Find a word that rhymes with cat" is a sentence that any engine translates well, into a task that
nobody can answer. The rules look for such tasks by what is asked, never by the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from korean_rlhf.records import Drop, Message
from korean_rlhf.translate.englishtasks import RULES

MOST_ASKED = 700
"""Characters of a user's message in which the request is looked for; behind them is the text that
it is about, which may speak of anything."""
MOST_GIVEN = 400
"""Longest message of which all may be searched: its text is part of what is asked."""


def untranslatable(messages: Sequence[Message], kinds: frozenset[str]) -> Drop | None:
    """Return why a dialogue cannot be translated, when it is of one of `kinds`, else None.

    Every message of the user is looked at: one such turn spoils the dialogue.
    """
    for message in messages:
        if message.role == "user":
            found = _matched(message.content, kinds)
            if found:
                return found
    return None


def _matched(text: str, kinds: frozenset[str]) -> Drop | None:
    asked = request_of(text)
    whole = text if len(text) <= MOST_GIVEN else asked
    for rule in RULES:
        found = rule.kind in kinds and rule.pattern.search(whole if rule.given else asked)
        if found and not (rule.unless and rule.unless.search(asked)):
            return Drop(reason_of(rule.kind), f"{rule.kind}: {' '.join(found[0].split())}")
    return None


def request_of(text: str) -> str:
    r"""Return the part of a user's message that asks: its first paragraph, and a last question.

    >>> request_of("Which word is a verb?\n\nThe dog barks at night, and nobody sleeps.")
    'Which word is a verb?'
    """
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    if not paragraphs:
        return ""
    asked = paragraphs[0][:MOST_ASKED]
    last = paragraphs[-1]
    if len(paragraphs) > 1 and last.endswith("?") and len(last) < 200:
        asked += "\n" + last
    return asked


def reason_of(kind: str) -> str:
    """Return the reason code of a kind: "untranslatable-rhyme"."""
    return f"untranslatable-{kind}"
