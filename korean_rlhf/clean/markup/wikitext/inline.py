"""Inside one line of MediaWiki markup: links, emphasis, templates, entities, tags."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from korean_rlhf.clean.markup.wikitext.page import DEEPEST, GAP, Page
from korean_rlhf.clean.markup.wikitext.tags import SHAPE, shape_of, shown_piece
from korean_rlhf.clean.markup.wikitext.templates import TEXT_KEYS, is_shown, render_template

Blocks = Callable[[Page, int, int, int], list[str]]

_SWITCHES = (
    "목차|목차없음|목차강제|내용목차|목차숨김|편집단추제거|편집단추없음|새글문단링크|새글문단링크숨기기|갤러리숨기기|"
    "갤러리숨김|색인|색인거부|숨은분류|분류숨기기|정적넘겨주기|제목변환끔|[A-Z]{4,}"
)
_TOKEN = re.compile(
    r"\{\{|\[\[|\{\||'{2,}|\[(?=(?:https?:|ftp:|mailto:)?//|mailto:)"
    rf"|&\#?[0-9A-Za-z]{{2,31}};|<(?=/?[A-Za-z])|\x01[0-9]+\x02|__(?:{_SWITCHES})__"
)
_MEDIA = re.compile(r"\s*(?:파일|그림|이미지|분류|file|image|category)\s*:", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]+){0,2}:(?=\S)")
_LINK_BAR = re.compile(r"\||\{\{|\[\[|\{\|")
_DISAMBIGUATION = re.compile(r"(?<!\s)\s*+[(（][^()（）]*+[)）]$")
_NAMESPACE = re.compile(r"^:?[^:()]{1,20}:")
_KEY = re.compile(r"\s*([^\s=\[\]{}<>|][^=\[\]{}<>|]{0,60}?)\s*=")
_PARAMETER = re.compile(r"[\w -]{0,60}")
_NO_NAME = re.compile(r"[{}\[\]<>]")  # "{{1}, {2}}" is a set of sets
_ADDRESS = re.compile(r"[^\s\[\]<>\"]+")
_MARKUP = re.compile(r"[\[\]{}]{2,}|[\x00-\x02]|'{2,}|^[^\S\n]*+[|!]\s?", re.MULTILINE)


def render_inline(page: Page, start: int, end: int, depth: int, blocks: Blocks) -> str:
    """Return what a reader sees of page.text[start:end]; may hold newlines where blocks stand.

    `blocks` renders a table inside a line and comes in as an argument because it needs this
    function in turn.
    """
    text, position, parts, marks = page.text, start, list[str](), dict[str, int]()
    while found := _TOKEN.search(text, position, end):
        here, token = found.start(), found[0]
        parts.append(text[position:here])
        position = found.end()
        if token in ("{{", "[[", "{|"):
            shown, position = _pair(page, here, end, depth, blocks)
        elif token == "[":
            shown, position = _outside(page, here, end, depth, blocks)
        elif token == "<":
            shown, position = _tag(text, here, end)
        elif token[0] == "'":
            shown = _emphasis(token, parts, marks)
        elif token[0] == "\1":
            shown = _piece(page, int(token[1:-1]), depth)
        else:
            shown = _character(token) if token[0] == "&" else ""
        parts.append(shown)
    parts.append(text[position:end])
    return "".join(parts)


def _character(entity: str) -> str:
    """Return the character of "&lt;"; one that this module uses as a mark is left out."""
    shown = html.unescape(entity)
    return "" if shown < "\x04" else shown


def _emphasis(token: str, parts: list[str], marks: dict[str, int]) -> str:
    """Take quotes away together with their partners; return those that are text, or may be.

    Two are italic, three bold, five both; others are text before three or five.
    """
    width = 5 if len(token) >= 5 else min(len(token), 3)
    parts.append(token[width:])
    for mark in ("'''", "''") if width == 5 else (token[:width],):
        opened = marks.pop(mark, None)
        if opened is None:
            marks[mark] = len(parts)
            parts.append(mark)
        else:
            parts[opened] = ""
    return ""


def _tag(text: str, here: int, end: int) -> tuple[str, int]:
    """Return what the tag at `here` leaves, and where to go on."""
    found = SHAPE.match(text, here, min(end, here + 2000))
    shown = shape_of(found) if found else None
    return ("<", here + 1) if found is None or shown is None else (shown, found.end())


def _piece(page: Page, number: int, depth: int) -> str:
    """Return what a tag with text of its own shows: code, a formula, a note if notes are kept."""
    piece = page.pieces[number]
    if piece.name != "ref":
        shown = shown_piece(piece)
        return GAP if shown is None else shown
    if page.footnotes != "inline" or not piece.inside.strip() or depth >= DEEPEST:
        return GAP
    note = Page(piece.inside, footnotes="drop")
    shown = render_inline(note, 0, len(note.text), depth + 1, _one_line)
    shown = " ".join(shown.replace(GAP, "").split())
    return f" ({shown})" if shown else GAP


def _one_line(page: Page, start: int, end: int, depth: int) -> list[str]:
    return [render_inline(page, start, end, depth, _one_line)] if depth < DEEPEST else []


def _outside(page: Page, here: int, end: int, depth: int, blocks: Blocks) -> tuple[str, int]:
    """Return what `[address label]` shows: its label; one without shows a mere number."""
    text, inside = page.text, here + 1
    close = page.next_square(inside, end)
    while 0 <= close < end and "[[" in text[inside:close] and close - inside < 2000:
        inside = page.after(text.find("[[", inside, close), end)  # a link in the label
        close = text.find("]", max(inside, close), end)
    if close < 0 or "\n" in text[here : min(close, here + 4000)] or close - here > 4000:
        return "[", here + 1
    address = _ADDRESS.match(text, here + 1, close)
    label = address.end() if address else close
    if not text[label:close].strip():
        return GAP, close + 1
    return render_inline(page, label, close, depth, blocks).strip(), close + 1


def _pair(page: Page, here: int, end: int, depth: int, blocks: Blocks) -> tuple[str, int]:
    """Return what a link, a template, a parameter or a table shows, and where to go on."""
    pair = page.pair(here, end)
    if pair is None:
        return page.text[here], here + 1
    after, inside = pair.close + pair.width, here + pair.width
    if depth >= DEEPEST:
        return _MARKUP.sub(" ", page.text[inside : pair.close]), after
    if page.text[here] == "[":
        return _link(page, inside, pair.close, depth, blocks), after
    if page.text[here + 1] == "|":
        return "\n" + "\n".join(blocks(page, here, after, depth + 1)) + "\n", after
    if pair.width == 3:
        return _parameter(page, inside, pair.close, depth, blocks), after
    return _template(page, inside, pair.close, depth, blocks), after


def _link(page: Page, start: int, close: int, depth: int, blocks: Blocks) -> str:
    """Return what `[[target|label]]` shows."""
    text = page.text
    if _MEDIA.match(text, start, close):
        return GAP
    bars = page.split(_LINK_BAR, start, close)
    stop = bars[0].start() if bars else close
    target = render_inline(page, start, stop, depth + 1, blocks).replace(GAP, "").strip()
    if not bars:
        if _LANGUAGE.match(target):
            return GAP
        return target.removeprefix(":") if not target.endswith("/") else target.strip("/")
    label = render_inline(page, stop + 1, close, depth + 1, blocks)
    if label.strip():
        return label
    return _NAMESPACE.sub("", _DISAMBIGUATION.sub("", target))  # "[[가 (나)|]]" shows "가"


def _parameter(page: Page, start: int, close: int, depth: int, blocks: Blocks) -> str:
    """Return the default of `{{{name|default}}}`: on a page of its own nobody fills it in.

    What is no name, such as code of another language, is text with its braces.
    """
    bars = page.split(_LINK_BAR, start, close)
    if bars:
        return render_inline(page, bars[0].end(), close, depth + 1, blocks)
    if _PARAMETER.fullmatch(page.text, start, close):
        return GAP
    return f"{{{{{{{render_inline(page, start, close, depth + 1, blocks)}}}}}}}"


def _template(page: Page, start: int, close: int, depth: int, blocks: Blocks) -> str:
    """Return what `{{name|argument|key=argument}}` shows."""
    bar = page.text.find("|", start, close)
    name = page.text[start : bar if bar >= 0 else close].strip()
    if not is_shown(name):
        if "{{" in name or "[[" in name or not _NO_NAME.search(name):
            return GAP
        return f"{{{{{render_inline(page, start, close, depth + 1, blocks)}}}}}"
    bars = page.split(_LINK_BAR, start, close)
    ends = [bar.start() for bar in bars[1:]] + [close] * bool(bars)
    begins = [_value(page.text, bar.end(), stop) for bar, stop in zip(bars, ends, strict=True)]
    given = [
        render_inline(page, begin, stop, depth + 1, blocks).replace(GAP, "").strip()
        for begin, stop in zip(begins, ends, strict=True)
        if begin >= 0
    ]
    return render_template(name, [argument for argument in given if argument]) or GAP


def _value(text: str, start: int, stop: int) -> int:
    """Return where an argument that may be shown begins, -1 for one with a name of its own."""
    key = _KEY.match(text, start, stop)
    if key is None:
        return start
    return key.end() if key[1].isdigit() or key[1] in TEXT_KEYS else -1
