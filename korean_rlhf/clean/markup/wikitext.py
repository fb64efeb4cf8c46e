"""MediaWiki markup of the Korean Wikipedia -> the text that a reader sees, by mwparserfromhell."""

from __future__ import annotations

import re
from typing import Any

from korean_rlhf.clean.markup.brackets import close_gaps
from korean_rlhf.clean.markup.templates import render_template
from korean_rlhf.clean.markup.wikitables import render_table

REDIRECT = re.compile(r"\s*#\s*(?:redirect|넘겨주기)\s*:?\s*\[\[", re.IGNORECASE)
_MEDIA = "파일|그림|미디어|분류|file|image|media|category"
_NOT_SHOWN = re.compile(rf"\s*(?:{_MEDIA})\s*:", re.IGNORECASE)
_MEDIA_LINK = re.compile(rf"\[\[\s*(?:{_MEDIA})\s*:", re.IGNORECASE)
_LINK_PARTS = re.compile(r"\[\[|\]\]")
_INTERWIKI = re.compile(r"[a-z]{2,3}(?:-[a-z]+)?:(?=\S)")
_SWITCH = re.compile(r"__[A-Z가-힣]+__")
_SILENT_TAGS = frozenset(
    "ref references gallery score timeline imagemap templatestyles section includeonly "
    "graph mapframe maplink hiero indicator inputbox categorytree dynamicpagelist".split()
)
_LITERAL_TAGS = frozenset("nowiki pre code source syntaxhighlight tt kbd samp var".split())
_BLOCK_TAGS = frozenset("div p blockquote center poem li dd dt ul ol dl h1 h2 h3 h4".split())
_LIST_MARKS = {"*": "- ", "#": "- ", ";": "", ":": ""}
_SPACES = re.compile(r"[ \t]{2,}")
_ITEM_MARKS = re.compile(r"(?:- ?)+(?=- \S)")
_BLANK_LINES = re.compile(r"\n{3,}")
_DEEPEST = 30


def is_redirect(text: str) -> bool:
    """Whether the page only leads to another."""
    return REDIRECT.match(text) is not None


def wikitext_to_text(text: str, *, footnotes: str = "drop") -> str:
    """Return `text` as a reader of the page sees it.

    Headings, list items and table rows ("a | b") are lines of their own. Pictures, categories and
    most templates are left out, with the brackets that stood around them alone.

    >>> wikitext_to_text("'''카터'''({{llang|en|Carter}}, [[1924년]])는 [[미국|미국인]]이다.")
    '카터(Carter, 1924년)는 미국인이다.'
    """
    import mwparserfromhell

    page = mwparserfromhell.parse(_SWITCH.sub("", _without_media(text)), skip_style_tags=False)
    shown = "".join(_render(node, footnotes, 0) for node in page.nodes)
    lines = [_tidy(line) for line in close_gaps(shown).split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _tidy(line: str) -> str:
    """Return a line with single spaces; the marks "- - " of a nested item become an indent."""
    line = _SPACES.sub(" ", line).strip()
    marks = _ITEM_MARKS.match(line)
    return "  " * (len(marks[0]) // 2) + line[len(marks[0]) :] if marks else line


def _without_media(text: str) -> str:
    """Take away pictures and categories with their captions, which may hold links themselves."""
    parts: list[str] = []
    position = 0
    while found := _MEDIA_LINK.search(text, position):
        close = _link_end(text, found.end())
        if close < 0:
            break
        parts.append(text[position : found.start()])
        position = close
    return "".join(parts) + text[position:]


def _link_end(text: str, position: int) -> int:
    """Return where the link that is open at `position` ends, -1 when it never does."""
    depth = 1
    while found := _LINK_PARTS.search(text, position):
        position = found.end()
        depth += 1 if found[0] == "[[" else -1
        if depth == 0:
            return position
    return -1


def _render(node: Any, footnotes: str, depth: int) -> str:
    """Return what one node shows."""
    if depth > _DEEPEST:
        return ""
    kind = type(node).__name__
    if kind == "Text":
        return str(node.value)
    if kind == "Wikilink":
        return _wikilink(node, footnotes, depth)
    if kind == "Tag":
        return _tag(node, footnotes, depth)
    if kind == "Heading":
        return f"\n\n{_render_all(node.title, footnotes, depth).strip()}"
    if kind == "Template":
        return render_template(node, lambda code: _render_all(code, footnotes, depth))
    if kind == "ExternalLink":
        return _render_all(node.title, footnotes, depth) if node.brackets else str(node.url)
    if kind == "HTMLEntity":
        return str(node.normalize() or "")
    return ""  # comments, arguments of templates


def _render_all(code: Any, footnotes: str, depth: int) -> str:
    return "".join(_render(node, footnotes, depth + 1) for node in code.nodes) if code else ""


def _wikilink(node: Any, footnotes: str, depth: int) -> str:
    target = str(node.title).strip()
    if _NOT_SHOWN.match(target) or (_INTERWIKI.match(target) and node.text is None):
        return ""
    if node.text is not None:
        label = _render_all(node.text, footnotes, depth)
        return label if label.strip() else re.sub(r"\s*\([^()]*\)$", "", target)  # "[[가 (나)|]]"
    return _render_all(node.title, footnotes, depth).removeprefix(":")


def _tag(node: Any, footnotes: str, depth: int) -> str:
    """Return what a tag or a mark such as a list item or a table shows."""
    name = str(node.tag).strip().lower()
    if node.wiki_markup in _LIST_MARKS and node.wiki_markup:
        return _LIST_MARKS[node.wiki_markup]
    if name == "table":
        return "\n" + render_table(node, lambda code: _render_all(code, footnotes, depth)) + "\n"
    if name == "br":
        return "\n"
    if name == "hr":
        return "\n"
    if name in ("math", "chem", "ce"):
        return f"${str(node.contents).strip()}$"
    if name == "ref" and footnotes == "inline" and node.contents:
        note = " ".join(_render_all(node.contents, footnotes, depth).split())
        return f" ({note})" if note else ""
    if name in _SILENT_TAGS:
        return ""
    if name in _LITERAL_TAGS:
        return str(node.contents or "")
    inside = _render_all(node.contents, footnotes, depth)
    return f"\n{inside}\n" if name in _BLOCK_TAGS else inside
