"""What stands around the words: code, addresses, lists, headings, fences, tables, paragraphs."""

from __future__ import annotations

import re
from collections import Counter

from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.checks.pair import LIST_LINE, Pair

HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
FENCE = re.compile(r"^[ ]{0,3}(?:```|~~~)", re.MULTILINE)
TABLE_LINE = re.compile(r"^\s*\|.*\|\s*$", re.MULTILINE)
ADDRESS = re.compile(
    r"(?:https?://|ftp://|\bwww\.)[^\s<>\"'`⟦⟧가-힣)\]}|*]+"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
)
COUNTED: dict[str, re.Pattern[str]] = {
    "list items": LIST_LINE,
    "headings": HEADING,
    "fences": FENCE,
    "table lines": TABLE_LINE,
}


def code(pair: Pair, settings: TranslateSettings) -> str:
    """Find a protected span that is not in the translation as often as in the source."""
    lost = [span for span in pair.spans if pair.target.count(span) < pair.source.count(span)]
    return f"{lost[0][:60]!r} is not as it was" if lost else ""


def addresses(pair: Pair, settings: TranslateSettings) -> str:
    """Find a web or e-mail address that was lost, changed or made up."""
    before, after = (_addresses(text) for text in (pair.source, pair.target))
    for name, missing in (("lost", before - after), ("new", after - before)):
        if missing:
            return f"{name} {next(iter(missing))[:60]}"
    return ""


def markdown(pair: Pair, settings: TranslateSettings) -> str:
    """Find list items, headings, fences or table lines that are more or fewer than before."""
    for name, pattern in COUNTED.items():
        before, after = (len(pattern.findall(text)) for text in (pair.source, pair.target))
        if before != after:
            return f"{before} {name} became {after}"
    return ""


def paragraphs(pair: Pair, settings: TranslateSettings) -> str:
    """Find another number of paragraphs, as blank lines part them."""
    before, after = (_paragraphs(text) for text in (pair.source, pair.target))
    return "" if before == after else f"{before} paragraphs became {after}"


def _addresses(text: str) -> Counter[str]:
    return Counter(found[0].rstrip(".,;:!?_") for found in ADDRESS.finditer(text))


def _paragraphs(text: str) -> int:
    return len([part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()])
