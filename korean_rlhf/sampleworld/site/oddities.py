"""Pages that a crawler meets sooner or later: other encodings, broken, endless, empty, foreign."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from korean_rlhf.sampleworld.site.articles import load_planted, paragraphs
from korean_rlhf.sampleworld.site.layout import render


@dataclass(frozen=True, slots=True)
class OddPage:
    """One page with something wrong with it."""

    path: str
    title: str
    content: bytes
    text: str
    """What a perfect extraction would return, without the title."""


def odd_pages(footer: Sequence[str], chance: random.Random) -> list[OddPage]:
    """Return the odd pages, all under /archive/."""
    return [
        # Its meta tag alone says that it is EUC-KR: the server names no charset.
        _broken("guestbook", "euckr", encoding="euc-kr"),
        # Paragraphs, cells, lists, a quote and the last tag are never closed.
        _broken("unclosed", "unclosed"),
        # It holds another whole page.
        _broken("nested", "nested"),
        # It ends in the middle of a syllable: one byte of three is missing.
        _broken("cut", "cut", torn=1),
        _foreign(footer),
        _chronicle(footer, chance),
        OddPage("archive/blank.html", "빈 쪽", b"", ""),
    ]


def _broken(name: str, kind: str, *, encoding: str = "utf-8", torn: int = 0) -> OddPage:
    row = load_planted()["odd"][kind]
    parts = paragraphs(row["text"])
    content = render(f"odd-{kind}", title=row["title"], paragraphs=parts).encode(encoding)
    text = "\n\n".join(parts)
    if torn:
        content, text = content.rstrip()[:-torn], text[:-1]
    return OddPage(f"archive/{name}.html", row["title"], content, text)


def _foreign(footer: Sequence[str]) -> OddPage:
    row = load_planted()["odd"]["foreign"]
    parts = paragraphs(row["text"])
    html = render("plain", title=row["title"], paragraphs=parts, footer=footer)
    return OddPage("archive/english.html", row["title"], html.encode(), "\n\n".join(parts))


def _chronicle(footer: Sequence[str], chance: random.Random) -> OddPage:
    """Return a very long page: a chronicle of 1,200 events, a year a paragraph."""
    row = load_planted()["odd"]["long"]
    lines = []
    for year in range(1914, 2014):
        days = sorted((chance.randint(1, 12), chance.randint(1, 28)) for _ in row["events"])
        events = chance.sample(row["events"], len(row["events"]))
        told = (f"{m}월 {d}일, {event}." for (m, d), event in zip(days, events, strict=True))
        lines.append(f"{year}년. {' '.join(told)}")
    html = render("plain", title=row["title"], paragraphs=lines, footer=footer)
    return OddPage("archive/chronicle.html", row["title"], html.encode(), "\n\n".join(lines))
