"""NamuWiki's markup (나무마크) -> the text that a reader of the page sees.

A real parser, because no usable library exists and patterns cannot count brackets. Three ideas:

* `brackets` pairs every `{{{` and `[*` once, with a stack, before anything else is looked at;
* `blocks` (lines, lists, tables, quotes) jumps over those pairs, so each level reads only its own
  characters;
* `inline` keeps a stack of open links.

So the time is linear in the page, whatever its author meant: a mark that finds no partner is text.
"""

from __future__ import annotations

import re

from korean_rlhf.clean.markup.namumark.blocks import render_blocks
from korean_rlhf.clean.markup.namumark.macros import settle_moments
from korean_rlhf.clean.markup.namumark.page import Footnotes, Page

REDIRECT = re.compile(r"\s*#(?:redirect|넘겨주기)\s+(?P<target>\S.*)", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


def redirect_target(text: str) -> str | None:
    """Return where a page that only redirects leads, None for every other page.

    >>> redirect_target("#redirect 대한민국"), redirect_target("#넘겨주기는 이렇게 쓴다.")
    ('대한민국', None)
    """
    found = REDIRECT.match(text)
    return found["target"].strip() if found else None


def namumark_to_text(text: str, *, footnotes: Footnotes = "drop") -> str:
    """Return `text` as a reader of the page sees it.

    Headings, list items and table rows ("a | b") are lines of their own. Pictures, films,
    categories and includes are left out. What depends on today's date is left out too, but in a
    sentence a word stands for it ("<날짜>와 같이"). Struck text stays: it is there to be read.

    >>> namumark_to_text("'''서울'''은 [[대한민국|한국]]의 수도이다.[* 관습헌법]")
    '서울은 한국의 수도이다.'
    >>> namumark_to_text("가격은 $100 이었다가 $200 로 올랐다.")
    '가격은 $100 이었다가 $200 로 올랐다.'
    """
    source = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    page = Page(source, footnotes=footnotes)
    lines = (line.rstrip() for line in render_blocks(page, 0, len(source)))
    return _BLANK_LINES.sub("\n\n", settle_moments("\n".join(lines))).strip("\n")
