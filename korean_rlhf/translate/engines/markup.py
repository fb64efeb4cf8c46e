"""Masked text as XML and HTML that translation services leave alone, and back.

A span stands in a row as ⟦0⟧ or <x id="0"/>; all else is plain text, so that < and & in it must be
escaped for the journey and unescaped behind it.
"""

from __future__ import annotations

import html
import re

SPAN = re.compile(r'⟦\s*(\d+)\s*⟧|<x id="(\d+)"\s*/>')
_XML = re.compile(r"""<x\s+id\s*=\s*["']?(\d+)["']?\s*(?:/>|>\s*</x\s*>)""")
_HTML = re.compile(r'<span\b[^<>]*\bid="?x(\d+)"?[^<>]*>.*?</span\s*>', re.DOTALL)
_BREAK = re.compile(r"[ \t]*<br\s*/?>[ \t]*\n?")
_INDENT = re.compile(r"[ \t]*")


def to_xml(text: str) -> str:
    """Return `text` as XML, its spans as empty elements x.

    >>> to_xml("if a < b: run ⟦0⟧")
    'if a &lt; b: run <x id="0"/>'
    """
    return _shown(text, '<x id="{}"/>')


def from_xml(answer: str, text: str) -> str:
    """Return a translation as plain text, its spans written as in `text`.

    >>> from_xml('a &lt; b이면 <x id="0"></x> 실행', "if a < b: run ⟦0⟧")
    'a < b이면 ⟦0⟧ 실행'
    """
    return _plain(answer, text, _XML)


def to_html(text: str) -> str:
    """Return `text` as HTML, its spans in elements that are not translated, its lines kept.

    >>> to_html("Run ⟦0⟧.")
    'Run <span class="notranslate" translate="no" id="x0">[0]</span>.'
    """
    shown = _shown(text, '<span class="notranslate" translate="no" id="x{0}">[{0}]</span>')
    return shown.replace("\n", "<br>")


def from_html(answer: str, text: str) -> str:
    r"""Return a translation as plain text, its spans as in `text` and its lines indented so too.

    HTML knows no line ends and no indents: both are put back when the lines are as many.

    >>> from_html("저는 &#39;<span id=x0>[0]</span>&#39; <br>끝", "I'm ⟦0⟧\n  end")
    "저는 '⟦0⟧'\n  끝"
    """
    lines = _plain(_BREAK.sub("\n", answer), text, _HTML).split("\n")
    wanted = text.split("\n")
    if len(lines) == len(wanted):
        indents = [_INDENT.match(line) for line in wanted]
        lines = [
            (indent[0] if indent else "") + line.lstrip(" \t")
            for indent, line in zip(indents, lines, strict=True)
        ]
    return "\n".join(lines)


def _shown(text: str, element: str) -> str:
    """Return `text` escaped, each span as `element`."""
    parts, place = [], 0
    for span in SPAN.finditer(text):
        parts += [html.escape(text[place : span.start()], quote=False)]
        parts += [element.format(span[1] or span[2])]
        place = span.end()
    return "".join([*parts, html.escape(text[place:], quote=False)])


def _plain(answer: str, text: str, element: re.Pattern[str]) -> str:
    """Return `answer` unescaped, each `element` as spans stand in `text`."""
    span = '<x id="{}"/>' if '<x id="' in text else "⟦{}⟧"
    parts, place = [], 0
    for found in element.finditer(answer):
        parts += [html.unescape(answer[place : found.start()]), span.format(found[1])]
        place = found.end()
    return "".join([*parts, html.unescape(answer[place:])])
