"""Take out of a text what no translator may touch, and put it back exactly once.

A span (code, URL, e-mail, LaTeX, HTML tag, {placeholder}) is replaced by a mark such as ⟦0⟧. A
translation may move the marks, as Korean word order asks for, but must keep each exactly once.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from korean_rlhf.records import Drop

MARK = re.compile(r"⟦\s*(\d+)\s*⟧")
BRACKET = re.compile(r"[⟦⟧]")

# The order matters: a fence may hold anything, code an address, an address braces.
PATTERNS: dict[str, str] = {
    "fence": r"^[ ]{0,3}(?P<fence>```+|~~~+)[^\n]*"
    r"(?:\n(?s:.*?)(?:^[ ]{0,3}(?P=fence)[`~]*[ \t]*$|\Z)|\Z)",
    "code": r"(?<!`)(?P<ticks>`+)(?!`)(?s:.+?)(?<!`)(?P=ticks)(?!`)",
    "mark": r"⟦\s*\d+\s*⟧|[⟦⟧]",
    "display-latex": r"\$\$(?s:.+?)\$\$|\\\[(?s:.+?)\\\]|\\\((?s:.+?)\\\)"
    r"|\\begin\{(?P<block>\w+\*?)\}(?s:.+?)\\end\{(?P=block)\}",
    # A price is no formula: "$5 and $10" has a digit after the first sign and no TeX between.
    "latex": r"\$(?=[^$\n]*[\\^_={}]|[A-Za-z]\$)(?!\s)[^$\n]{1,200}?(?<!\s)\$(?!\d)",
    "url": r"\b(?:https?|ftp)://[^\s<>\"'`⟦⟧가-힣]+|\bwww\.[^\s<>\"'`⟦⟧가-힣]+",
    "email": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
    "special-token": r"<\|\w+\|>",
    "tag": r"</?[A-Za-z][^<>\n]{0,200}>|&(?:\w{2,8}|#\d+);",
    "placeholder": r"\$?\{\{[^{}\n]{0,80}\}\}|\$?\{[^{}\n]{0,80}\}"
    r"|(?<![\d%])%(?:\(\w+\))?[sd]\b",
}
NUMBER = (
    r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?\s?"
    r"(?:%|°[CF]|(?:km/h|mph|[kcm]m²?|m²|[kKMGT]i?B|k?Hz|[MG]Hz|mg|kg|ml|kcal|cm|mm|m|g|L)\b)"
)


@dataclass(frozen=True, slots=True)
class Protected:
    """A text with marks, and the spans that they stand for."""

    masked: str
    spans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """A text with its spans back in place."""

    text: str
    seams: tuple[tuple[int, int], ...]
    """Start and end of each span in `text`, in the order of the text."""


def protect(text: str, *, numbers: bool = False) -> Protected:
    """Replace each span of `text` by a mark; `numbers` protects numbers with a unit too.

    >>> protect("Run `ls -l` in {folder}.").masked
    'Run ⟦0⟧ in ⟦1⟧.'
    """
    spans: list[str] = []

    def mask(found: re.Match[str]) -> str:
        span, rest = _trim(found)
        spans.append(span)
        return f"⟦{len(spans) - 1}⟧{rest}"

    return Protected((_WITH_NUMBERS if numbers else _SPANS).sub(mask, text), tuple(spans))


def restore(translated: str, spans: tuple[str, ...]) -> Restored | Drop:
    """Put `spans` back for their marks; say which mark was lost, repeated or made up.

    >>> restore("⟦1⟧에서 ⟦0⟧을 실행하세요.", ("`ls`", "{folder}"))
    Restored(text='{folder}에서 `ls`을 실행하세요.', seams=((0, 8), (11, 15)))
    """
    found = Counter(int(mark[1]) for mark in MARK.finditer(translated))
    wanted = range(len(spans))
    lost = [number for number in wanted if found[number] == 0]
    repeated = [number for number in wanted if found[number] > 1]
    invented = sorted(number for number in found if number not in wanted)
    for reason, numbers in (
        ("placeholder-lost", lost),
        ("placeholder-repeated", repeated),
        ("placeholder-invented", invented),
    ):
        if numbers:
            return Drop(reason, ", ".join(_name(number, spans) for number in numbers))
    if BRACKET.search(MARK.sub("", translated)):
        return Drop("placeholder-invented", "a bracket ⟦ or ⟧ that stands for nothing")
    return _fill(translated, spans)


def _fill(translated: str, spans: tuple[str, ...]) -> Restored:
    parts, seams, length, place = [], [], 0, 0
    for mark in MARK.finditer(translated):
        between, span = translated[place : mark.start()], spans[int(mark[1])]
        parts += [between, span]
        start = length + len(between)
        length = start + len(span)
        seams.append((start, length))
        place = mark.end()
    return Restored("".join([*parts, translated[place:]]), tuple(seams))


def _trim(found: re.Match[str]) -> tuple[str, str]:
    """Return the span without the punctuation of the sentence that an address took in."""
    span = found[0]
    if found.lastgroup != "span_url":
        return span, ""
    kept = span.rstrip(".,;:!?*_")
    while kept.endswith((")", "]", "}")) and kept.count(kept[-1]) > kept.count(_OPEN[kept[-1]]):
        kept = kept[:-1].rstrip(".,;:!?*_")
    return (kept, span[len(kept) :]) if kept else (span, "")


_OPEN = {")": "(", "]": "[", "}": "{"}


def _name(number: int, spans: tuple[str, ...]) -> str:
    span = spans[number] if number < len(spans) else ""
    return f"⟦{number}⟧ {span[:60]!r}" if span else f"⟦{number}⟧"


def _compile(patterns: dict[str, str]) -> re.Pattern[str]:
    groups = (f"(?P<span_{name.replace('-', '_')}>{text})" for name, text in patterns.items())
    return re.compile("|".join(groups), re.MULTILINE)


_SPANS = _compile(PATTERNS)
_WITH_NUMBERS = _compile(PATTERNS | {"number": NUMBER})
