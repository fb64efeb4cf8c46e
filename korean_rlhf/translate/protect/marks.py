"""Take the spans out of a text and put them back.

A span is replaced by a mark such as ⟦0⟧. A translation may move the marks, as Korean word order
asks for, but must keep each exactly once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from korean_rlhf.records import Drop
from korean_rlhf.translate.protect.blocks import find_blocks
from korean_rlhf.translate.protect.closers import Closers
from korean_rlhf.translate.protect.data import JsonReader
from korean_rlhf.translate.protect.glossary import Glossary
from korean_rlhf.translate.protect.inline import Stretch, find_inline

MARK = re.compile(r"⟦\s*(\d{1,9})\s*⟧")
BRACKET = re.compile(r"[⟦⟧]")


@dataclass(frozen=True, slots=True)
class Protected:
    """A text with marks, and the spans that they stand for."""

    masked: str
    spans: tuple[str, ...]
    """What is put back: the span itself, or the Korean form of a name."""
    originals: tuple[str, ...]
    """What stood in the text."""
    blocks: frozenset[int]
    """Numbers of the spans that stand on lines of their own: fences, rows, definitions."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A text with its spans back in place."""

    text: str
    seams: tuple[tuple[int, int], ...]
    """Start and end of each span in `text`, in the order of the text."""


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    korean: str | None = None
    block: bool = False


def protect(text: str, *, numbers: bool = False, glossary: Glossary | None = None) -> Protected:
    """Replace each span of `text` by a mark; `numbers` protects numbers with a unit too.

    >>> protect("Run `ls -l` in {folder}.").masked
    'Run ⟦0⟧ in ⟦1⟧.'
    """
    parts: list[str] = []
    spans: list[str] = []
    originals: list[str] = []
    blocks: set[int] = set()
    place = 0
    for span in _spans(text, numbers, glossary):
        original = text[span.start : span.end]
        parts += [text[place : span.start], f"⟦{len(spans)}⟧"]
        if span.block:
            blocks.add(len(spans))
        spans.append(original if span.korean is None else span.korean)
        originals.append(original)
        place = span.end
    masked = "".join([*parts, text[place:]])
    return Protected(masked, tuple(spans), tuple(originals), frozenset(blocks))


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


def _spans(text: str, numbers: bool, glossary: Glossary | None) -> Iterator[_Span]:
    """Yield the spans of `text` in their order."""
    blocks = find_blocks(text)
    json = JsonReader(text)
    kept = iter([*blocks.kept, (len(text) + 1, 0)])
    block = next(kept)
    for start, end in blocks.prose:
        while block[0] < start:
            yield _Span(*block, block=True)
            block = next(kept)
        stretch = Stretch(Closers(text, start, end), json, blocks.labels)
        for found in find_inline(stretch, numbers=numbers):
            yield from _names(text, start, found[0], glossary)
            yield _Span(*found)
            start = found[1]
        yield from _names(text, start, end, glossary)
    while block[0] <= len(text):
        yield _Span(*block, block=True)
        block = next(kept)


def _names(text: str, start: int, end: int, glossary: Glossary | None) -> Iterator[_Span]:
    if glossary:
        for found, found_end, korean in glossary.find(text, start, end):
            yield _Span(found, found_end, korean)


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


def _name(number: int, spans: tuple[str, ...]) -> str:
    span = spans[number] if number < len(spans) else ""
    return f"⟦{number}⟧ {span[:60]!r}" if span else f"⟦{number}⟧"
