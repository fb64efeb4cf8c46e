"""A text as HTML with its spans and its fault marked; whatever a model wrote is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

_SAID = re.compile(r"'([^']{1,80})'|\"([^\"]{1,80})\"|(?:lost|new|with) ([^;]{1,60})")


def highlighted(text: str, spans: Sequence[str], detail: str = "") -> Markup:
    """Return `text` escaped, `spans` in <code> and what `detail` quotes of it in <mark>.

    >>> str(highlighted("<b>3</b> `ls` 4", ["`ls`"], "lost 3; new 4"))
    '&lt;b&gt;<mark>3</mark>&lt;/b&gt; <code>`ls`</code> <mark>4</mark>'
    """
    quotes = _quotes(detail, text)
    wanted = [*((span, "code") for span in spans), *((quote, "mark") for quote in quotes)]
    parts: list[Markup] = []
    end = 0
    for start, stop, tag in _places(text, wanted):
        parts += [escape(text[end:start]), Markup(f"<{tag}>"), escape(text[start:stop])]
        parts.append(Markup(f"</{tag}>"))
        end = stop
    return Markup("").join([*parts, escape(text[end:])])


def _quotes(detail: str, text: str) -> list[str]:
    """Return the parts of a detail that stand in the text, as "lost 3; new 4" names 4."""
    said = [detail, detail.partition(" (also ")[0]]
    for found in _SAID.finditer(detail):
        whole = next(group for group in found.groups() if group)
        said += [whole, *whole.split(", ")]
    return [
        quote.strip() for quote in dict.fromkeys(said) if quote.strip() and quote.strip() in text
    ]


def _places(text: str, wanted: Iterable[tuple[str, str]]) -> list[tuple[int, int, str]]:
    """Return (start, end, tag) of each string that is to be marked; none overlaps another."""
    taken: list[tuple[int, int, str]] = []
    for string, tag in wanted:
        if not string:
            continue
        for found in re.finditer(re.escape(string), text):
            if all(found.end() <= start or end <= found.start() for start, end, _ in taken):
                taken.append((found.start(), found.end(), tag))
    return sorted(taken)
