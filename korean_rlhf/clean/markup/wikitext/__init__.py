"""MediaWiki markup of the Korean Wikipedia -> the text that a reader of the page sees.

Built as the parser of namumark is, and for the same reason: one stretch of a hostile page must not
cost more than its length. `tags` takes out what holds no wikitext, `pairs` pairs all brackets once
with a stack, `blocks`, `tables` and `inline` jump over those pairs. A mark without a partner is
text.
"""

from __future__ import annotations

import re

from korean_rlhf.clean.markup.brackets import close_marked_gaps
from korean_rlhf.clean.markup.wikitext.blocks import render_blocks
from korean_rlhf.clean.markup.wikitext.page import Page

REDIRECT = re.compile(r"\s*#\s*(?:redirect|넘겨주기)\s*:?\s*\[\[", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


def is_redirect(text: str) -> bool:
    """Whether the page only leads to another.

    >>> is_redirect("#넘겨주기 [[서울특별시]]"), is_redirect("# 넘겨주기는 이렇게 쓴다.")
    (True, False)
    """
    return REDIRECT.match(text) is not None


def wikitext_to_text(text: str, *, footnotes: str = "drop") -> str:
    """Return `text` as a reader of the page sees it.

    Headings, list items and table rows ("a | b") are lines of their own. Pictures, categories and
    most templates are left out, with the brackets that stood around them alone.

    >>> wikitext_to_text("'''카터'''({{llang|en|Carter}}, [[1924년]])는 [[미국|미국인]]이다.")
    '카터(Carter, 1924년)는 미국인이다.'
    """
    page = Page(text.replace("\r\n", "\n").replace("\r", "\n"), footnotes=footnotes)
    shown = close_marked_gaps("\n".join(render_blocks(page, 0, len(page.text))))
    lines = (line.rstrip() for line in shown.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
