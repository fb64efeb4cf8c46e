"""Macros of namumark: `[br]`, `[math(...)]`, `[include(...)]` and their kin."""

from __future__ import annotations

import html
import re

from korean_rlhf.clean.markup.namumark.page import Page

MARK = "\0"
"""Stands on both sides of a word for a value of today, until `settle_moments`."""

_NAME = re.compile(r"\[([A-Za-z가-힣]+)(\]|\()")
_SILENT = frozenset(
    "목차 tableofcontents toc 각주 footnote clearfix include anchor youtube kakaotv nicovideo "
    "vimeo navertv".split()
)
_MOMENTARY = {
    "age": "나이",
    "dday": "날수",
    "date": "날짜",
    "datetime": "날짜",
    "pagecount": "문서 수",
}
"""What a reader sees of these depends on the day: the word stands for it in a sentence."""
_TAG = re.compile(r"<[^<>]*>")
_RUBY = re.compile(r",\s*ruby\s*=\s*([^,]*)")
_VALUE = r"\0[^\0]*\0"
_COUNTED = rf"(?:현재 ?)?(?:만 ?)?{_VALUE} ?(?:세|일)? ?"
_ALONE = rf"(?:만 ?)?{_VALUE} ?(?:세|일)?"
_MOMENTS = re.compile(
    rf" ?[(（]{_COUNTED}[)）]| ?[,·] ?{_COUNTED}(?=[)）])| \| {_ALONE}$"
    rf"|^{_ALONE}(?:\n|$)|(?:(?<=\| )|^){_ALONE}(?= \|)|\0(?P<word>[^\0]*)\0",
    re.MULTILINE,
)


def render_macro(page: Page, start: int, end: int) -> tuple[str, int] | None:
    """Return what the macro at `start` shows and where it ends; None when there is no macro.

    A name in brackets that is no macro of NamuWiki is text: "[공지(필독)]" stays.
    """
    found = _NAME.match(page.text, start, end)
    if found is None:
        return None
    name, bare = found[1].lower(), found[2] == "]"
    if bare:
        shown = _shown(name, "")
        return None if shown is None else (shown, found.end())
    if _shown(name, "") is None:
        return None
    close = page.find(")]", found.end(), end)
    if close < 0:
        return None
    return _shown(name, page.text[found.end() : close]) or "", close + 2


def _shown(name: str, argument: str) -> str | None:
    """Return the text that a macro shows, None when it is no macro."""
    if name in _SILENT:
        return ""
    if name in _MOMENTARY:
        return f"{MARK}{_MOMENTARY[name]}{MARK}"
    if name == "br":
        return "\n"
    if name == "math":
        return f"${argument.strip()}$" if argument.strip() else ""
    if name == "ruby":
        return _ruby(argument)
    return None


def _ruby(argument: str) -> str:
    base = argument.split(",", 1)[0].strip()
    reading = _RUBY.search(argument)
    return f"{base}({reading[1].strip()})" if reading else base


def settle_moments(text: str) -> str:
    r"""Leave values of today out with the brackets or the line around them; name them in sentences.

    >>> settle_moments("가수 (만 \0나이\0세)"), settle_moments("현재 만 \0나이\0세이다")
    ('가수', '현재 만 <나이>세이다')
    """
    return _MOMENTS.sub(_settled, text) if MARK in text else text


def _settled(found: re.Match[str]) -> str:
    return f"<{found['word']}>" if found["word"] else ""


def html_text(source: str) -> str:
    """Return what a `{{{#!html ...}}}` shows: its text without tags, scripts and style sheets.

    >>> html_text("<b>굵은</b> 글<style>.a { color: red }</style> &amp;")
    '굵은 글 &'
    """
    for name in ("script", "style"):
        source = _without_element(source, name)
    return html.unescape(_TAG.sub("", source)).strip()


def _without_element(source: str, name: str) -> str:
    parts, position = [], 0
    while (start := source.find(f"<{name}", position)) >= 0:
        close = source.find(f"</{name}>", start)
        if close < 0:
            break
        parts.append(source[position:start])
        position = close + len(name) + 3
    return "".join(parts) + source[position:]
