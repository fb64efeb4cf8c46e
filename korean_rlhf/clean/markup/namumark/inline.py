"""Inside one line of namumark: links, emphasis, macros, footnotes, `{{{ }}}`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from korean_rlhf.clean.markup.namumark.brackets import STYLED
from korean_rlhf.clean.markup.namumark.macros import html_text, render_macro
from korean_rlhf.clean.markup.namumark.page import DEEPEST, Page, skip_spaces

Blocks = Callable[[Page, int, int, int], list[str]]

_ADDRESS = (
    r"https?://(?:[\w%/?&=#:.@!$()*+;](?<!_)|[-~,_](?=[\w%/](?<!_)|[-~,_]{1,3}[A-Za-z0-9%/]))+"
)
_RUN = r"-{3,}|~{3,}|_{3,}|\^{3,}|,{3,}"
_TOKEN = re.compile(
    rf"\\.|\{{\{{\{{|\[\*|\[\[|\]\]|\||'''''|'''|''|{_RUN}|__|~~|--|\^\^|,,"
    rf"|\[(?=[A-Za-z가-힣])|<math>|{_ADDRESS}",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\([^\w\s])")
_NOT_SHOWN = re.compile(r"(?:파일|이미지|그림|분류|file|image|category)\s*:", re.IGNORECASE)
_ANCHOR = re.compile(r"(?<=[^\\#])#[^#]+$")
_COMMAND = re.compile(r"#!(\w+)[ \t]*(.*)")
_WITHIN = re.compile(r"#!wiki[^\n]*\bdisplay\s*:\s*inline|#!latex", re.IGNORECASE)
_STYLE = re.compile(r"""(?<![\w-])[\w-]+\s*=\s*(?:"[^"]*"|'[^']*')""")
_GENERIC_FOLD = re.compile(r"[\[\]【】()\s·/|ㆍ・,~-]|펼치기|접기|보기|열기|닫기|더보기|클릭")
_LINKS_DEEP = 8
_FLANKED = ("__", "~~", "--", "^^", ",,")


@dataclass(slots=True)
class _Frame:
    """A line, or a link in it that is not closed yet."""

    parts: list[str] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)
    start: int = -1
    target: str | None = None


def render_inline(page: Page, start: int, end: int, depth: int, blocks: Blocks) -> str:
    """Return what a reader sees of page.text[start:end]; may hold newlines where blocks stand.

    `blocks` renders the inside of a `{{{#!wiki` and comes in as an argument because it needs this
    function in turn.
    """
    text, position, frames = page.text, start, [_Frame()]
    while found := _TOKEN.search(text, position, end):
        here, token = found.start(), found[0]
        top = frames[-1]
        top.parts.append(text[position:here])
        position = found.end()
        if token[0] == "\\":
            top.parts.append(_unescape(token))
        elif token in ("{{{", "[*"):
            position = _pair(page, here, end, depth, blocks, top)
        elif token in ("[[", "|", "]]"):
            _link(page, token, here, position, frames)
        elif token[0] in "[<":
            position = _macro(page, here, end, top)
        elif len(token) > 2 and token[0] != "'":  # an address, or a run such as "~~~", is text
            top.parts.append(token)
        else:
            _emphasis(text, token, here, start, end, top)
    frames[-1].parts.append(text[position:end])
    while len(frames) > 1:
        _spill(frames)
    return "".join(frames[0].parts)


def _unescape(token: str) -> str:
    """Return the escaped character; a backslash before a letter, as in a Windows path, stays."""
    return token if token[1].isalnum() or token[1].isspace() else token[1]


def _emphasis(text: str, token: str, here: int, start: int, end: int, frame: _Frame) -> None:
    """Take a mark away together with its partner; one without a partner stays as it is."""
    for mark in ("'''", "''") if token == "'''''" else (token,):
        opened = frame.marks.pop(mark, None)
        after = text[here + 2 : here + 3] if here + 2 < end else ""
        before = text[here - 1 : here] if here > start else ""
        if opened is not None and not (mark in _FLANKED and before.isspace()):
            frame.parts[opened] = ""
            continue
        if mark not in _FLANKED or (after and not after.isspace()):
            frame.marks[mark] = len(frame.parts)
        frame.parts.append(mark)


def _link(page: Page, token: str, here: int, after: int, frames: list[_Frame]) -> None:
    """Open a link, end its target, or close it."""
    top = frames[-1]
    if token == "[[" and len(frames) <= _LINKS_DEEP:
        frames.append(_Frame(start=after))
    elif token == "|" and top.start >= 0 and top.target is None:
        top.target, top.parts, top.marks = page.text[top.start : here], [], {}
    elif token == "]]" and top.start >= 0:
        frames.pop()
        frames[-1].parts.append(_shown_link(top, page.text[top.start : here]))
    else:
        top.parts.append(token)


def _shown_link(frame: _Frame, whole: str) -> str:
    """Return what a closed link shows: its label, else its target."""
    if _NOT_SHOWN.match(whole):
        return ""
    if frame.target is not None and whole[len(frame.target) + 1 :].strip():
        return "".join(frame.parts).strip(" ")
    target = (frame.target or whole.lstrip("|")).strip().removeprefix(":")
    if "://" not in target:
        target = _ANCHOR.sub("", target)
    target = _ESCAPED.sub(r"\1", target)
    if target in ("..", "../"):
        return ""
    return target[1:] if target.startswith("#") else target


def _spill(frames: list[_Frame]) -> None:
    """Give an unclosed link back as the text it is."""
    frame = frames.pop()
    opening = "[[" if frame.target is None else f"[[{frame.target}|"
    frames[-1].parts += [opening, *frame.parts]


def _macro(page: Page, here: int, end: int, frame: _Frame) -> int:
    """Render `[name(...)]` or `<math>`; return where to go on."""
    if page.text[here] == "<":
        close = page.find("</math>", here, end)
        if close >= 0:
            frame.parts.append(f"${page.text[here + 6 : close].strip()}$")
            return close + 7
    elif shown := render_macro(page, here, end):
        frame.parts.append(shown[0])
        return skip_spaces(page.text, shown[1], end) if shown[0] == "\n" else shown[1]
    frame.parts.append(page.text[here])
    return here + 1


def _pair(page: Page, here: int, end: int, depth: int, blocks: Blocks, frame: _Frame) -> int:
    """Render the bracket pair that begins at `here`; return where to go on."""
    text, after = page.text, page.after(here, end)
    if after == here:  # it is never closed
        width = 3 if text[here] == "{" else 2
        frame.parts.append(text[here : here + width])
        return here + width
    if text[here] == "[":
        frame.parts.append(_footnote(page, here, after - 1, depth, blocks))
        return after
    shown, is_block = _brace(page, here, after - 3, depth, blocks)
    written = frame.parts and "".join(frame.parts[-2:])
    if is_block and shown and written and not written.endswith("\n"):
        shown = "\n" + shown
    if is_block and shown and after < end and text[after] != "\n":
        shown, after = shown + "\n", skip_spaces(text, after, end)
    frame.parts.append(shown)
    return after


def _footnote(page: Page, here: int, close: int, depth: int, blocks: Blocks) -> str:
    """Return a footnote as the page's setting wants it; a mere reference "[*가]" shows nothing."""
    space = re.compile(r"\s").search(page.text, here, close)
    if page.footnotes == "drop" or space is None or depth >= DEEPEST:
        return ""
    note = render_inline(page, space.end(), close, depth + 1, blocks)
    note = " ".join(note.split())
    return f" ({note})" if note else ""


def _brace(page: Page, here: int, close: int, depth: int, blocks: Blocks) -> tuple[str, bool]:
    """Return what `{{{ }}}` shows, and whether it is a block with lines of its own."""
    text, inside = page.text, here + 3
    if depth >= DEEPEST:
        return text[inside:close].strip("\n"), False
    if styled := STYLED.match(text, here, close):
        if "\n" in text[inside:close]:
            return "\n".join(blocks(page, styled.end(), close, depth + 1)), True
        return render_inline(page, styled.end(), close, depth + 1, blocks), False
    if text.startswith("#!", inside):
        shown = _command(page, inside, close, depth, blocks)
        return shown, not _WITHIN.match(text, inside, close)
    return text[inside:close].strip("\n"), "\n" in text[inside:close]


def _command(page: Page, inside: int, close: int, depth: int, blocks: Blocks) -> str:
    """Return what a `{{{#!name argument` block shows."""
    text = page.text
    line = page.newline(inside, close)
    found = _COMMAND.match(text, inside, line)
    name, argument = (found[1].lower(), found[2].strip()) if found else ("", "")
    body = min(line + 1, close)
    if name == "wiki":
        rest = _STYLE.sub("", argument).strip()
        return "\n".join(([rest] if rest else []) + blocks(page, body, close, depth + 1))
    if name == "folding":
        title = "" if not _GENERIC_FOLD.sub("", argument) else argument.strip("[] ")
        return "\n".join(([title] if title else []) + blocks(page, body, close, depth + 1))
    if name == "if":  # on the page itself no variable has a value
        empty = re.search(r"==\s*null", argument)
        return "\n".join(blocks(page, body, close, depth + 1)) if empty else ""
    if name == "html":
        return html_text(text[inside + len("#!html") : close])
    if name == "latex":
        return f"${text[body:close].strip()}$"
    if name == "style":
        return ""
    return text[body:close].strip("\n") if name == "syntax" else text[inside:close].strip("\n")
