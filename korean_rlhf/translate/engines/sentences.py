"""English text cut into sentences, for models that were trained on single ones.

Nothing is lost: the parts joined are the text. A stop that only may end a sentence ends none,
because a model reads two sentences better than half of one.
"""

from __future__ import annotations

import re

_STOP = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[A-Z0-9가-힣⟦])|[。！？]")
_SHORTENED = re.compile(
    r"(?:^|[\s(\[\"'“‘])(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Col|Lt|Capt|Rev|Hon|vs|etc|cf|al|Inc|Ltd|Co|Corp"
    r"|No|Nos|Fig|Figs|Eq|Sec|Ch|Vol|pp?|ed|eds|approx|e\.g|i\.e|a\.m|p\.m|U\.S|U\.K|U\.N|Ph\.D"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[A-Z]|\d{1,3})\.$"
)
"""Stops that do not end a sentence: titles, units, initials, and the number of a list item."""


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, each with the white space behind it.

    >>> sentences("Dr. Kim left at 5 p.m. on Monday. Did you see her?  No.")
    ['Dr. Kim left at 5 p.m. on Monday. ', 'Did you see her?  ', 'No.']
    """
    found: list[str] = []
    start = 0
    for stop in _STOP.finditer(text):
        if _SHORTENED.search(text[start : stop.end()]):
            continue
        end = stop.end() + len(text[stop.end() :]) - len(text[stop.end() :].lstrip())
        found.append(text[start:end])
        start = end
    return [*found, text[start:]] if start < len(text) else found


def units(text: str) -> list[str]:
    r"""Return `text` cut into what is translated and what stands between, by turns.

    Sentences stand at odd places; before, between and behind them is white space, or "".

    >>> units(" First. Second.\n\nThird\n")
    [' ', 'First.', ' ', 'Second.', '\n\n', 'Third', '\n']
    """
    parts = [""]
    for line in text.splitlines(keepends=True):
        for sentence in sentences(line):
            inner = sentence.strip()
            if not inner:
                parts[-1] += sentence
                continue
            before, after = sentence.split(inner, 1)
            parts[-1] += before
            parts += [inner, after]
    return parts
