"""Spans within a paragraph, an item or a row: code, formulas, addresses, tags, placeholders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from korean_rlhf.translate.protect.blocks import fold_label
from korean_rlhf.translate.protect.closers import Closers
from korean_rlhf.translate.protect.data import JsonReader

_URL = r"[^\s<>\"'`|⟦⟧\u1100-\u11ff\u3000-\u318f가-힣\uff00-\uffef]"
_NAME = r"[A-Za-z0-9._%+-]"
_VALUE = r"\"[^\"<]*+\"|'[^'<]*+'|\{(?:[^{}<]++|\{[^{}<]*+\})*+\}|[^\s\"'=<>`]++"
_ATTRIBUTE = rf"\s++[^\s\"'<>/=`]++(?:\s*+=\s*+(?:{_VALUE}))?"
_TAG = (
    rf"<(?:/[A-Za-z][\w:.-]*+\s*+|[A-Za-z][\w:.-]*+(?:{_ATTRIBUTE})*+\s*+/?|![A-Z]+\b[^<>]*+"
    r"|\?[^<>]*+)>"
)

# Every alternative is linear: what it may repeat is bounded, possessive, or ends at its own opener.
PATTERNS: dict[str, str] = {
    "escape": r"\\[\\`*_#~|!<>{}$+.-]",
    "code": r"`+",
    "mark": r"⟦\s*\d+\s*⟧|[⟦⟧]",
    "target": r"(?<=\]\()[ ]*+(?:<[^<>\n]*+>|[^\s()<>]*+(?:\([^\s()]*+\)[^\s()]*+)*+)"
    r"(?:\s++(?:\"[^\"\n]*+\"|'[^'\n]*+'|\([^()\n]*+\)))?+[ ]*+(?=\))",
    "special": r"<\|\w{1,60}\|>|<｜[^｜<>\n]{1,60}｜>|</?s>|<</?SYS>>|\[/?INST\]"
    r"|\[(?:CLS|SEP|MASK|PAD|UNK|BOS|EOS)\]",
    "note": r"\[\^[^\[\]\s]{1,80}\]",
    "reference": r"\[(?P<label>[^\[\]\n]{1,200})\](?!\()(?:\[\])?",
    "formula": r"\$\$|\\\[|\\\(|\\begin\{(?P<environment>\w{1,40}\*?)\}",
    "url": rf"\b(?:[A-Za-z][A-Za-z0-9+.-]{{1,15}}://|www\.){_URL}++",
    "email": rf"(?<!{_NAME}){_NAME}{{1,64}}@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{0,5}}"
    r"\.[A-Za-z]{2,24}",
    "comment": r"<!--",
    "element": r"<(?P<holder>code|pre|script|style|kbd|samp|math|svg|textarea)\b",
    "link": r"<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*+>|<[^\s<>@]{1,64}@[^\s<>@]{1,255}>",
    "tag": _TAG,
    "entity": r"&(?:[A-Za-z]\w{1,30}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});",
    "brace": r"\$?\{",
    "percent": r"(?<![\d%])%(?:\(\w{1,40}\))?[-+0#]{0,3}\d{0,3}(?:\.\d{1,3})?[sdifgxXeu](?!\w)",
    "dollar": r"\$",
}
NUMBER = (
    r"(?<![\w.])(?<!\d,)[-+]?\d[\d,]*+(?:\.\d++)?\s?"
    r"(?:%(?![(\w]|[-+0#]{0,3}\d{0,3}(?:\.\d{1,3})?[sdifgxXeu](?!\w))|°[CF]|(?:km/h|mph|[kcm]m²?|m²|[kKMGT]i?B|k?Hz|[MG]Hz|mg|kg|ml|kcal|cm|mm|m|g|L)\b)"
)
BRACES, LONG_BRACES = 82, 300
"""Most characters of {name}, and of what only a program writes: {{ }}, ${ }, {% %}."""
FORMULA = 300
"""Most characters between two dollar signs."""
_TEX = re.compile(r"[\\^_={}]|\A[A-Za-z]\Z")
_SUM = re.compile(r"[0-9A-Za-z+*/<>()\[\]|.,!'\s-]+")
_WORD = re.compile(r"[A-Za-z]{2}")
_SIGN = re.compile(r"[A-Za-z+*/<>]|\d\s*-")
_OPEN = {")": "(", "]": "[", "}": "{"}


@dataclass(slots=True)
class Stretch:
    """A stretch of prose in which spans are looked for."""

    closers: Closers
    json: JsonReader
    labels: set[str]


def find_inline(stretch: Stretch, *, numbers: bool = False) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each span in `stretch`, in order."""
    text, end = stretch.closers.text, stretch.closers.end
    place = stretch.closers.start
    pattern = _WITH_NUMBERS if numbers else _SPANS
    while found := pattern.search(text, place, end):
        kind = found.lastgroup or ""
        closes = _ENDS.get(kind)
        span_end = closes(stretch, found) if closes else found.end()
        if span_end is not None and found.start() < span_end <= end:
            yield found.start(), span_end
            place = span_end
        else:
            place = found.end() if kind in _WHOLE else found.start() + 1


def _code(stretch: Stretch, found: re.Match[str]) -> int | None:
    return stretch.closers.ticks(len(found[0]), found.end())


def _formula(stretch: Stretch, found: re.Match[str]) -> int | None:
    if found["environment"]:
        return stretch.closers.environment(found["environment"], found.end())
    return stretch.closers.after({"$$": "$$", "\\[": "\\]", "\\(": "\\)"}[found[0]], found.end())


def _comment(stretch: Stretch, found: re.Match[str]) -> int | None:
    return stretch.closers.after("-->", found.end())


def _element(stretch: Stretch, found: re.Match[str]) -> int | None:
    end = stretch.closers.element(found["holder"].lower(), found.end())
    if end is None:  # nothing closes it here: the tag alone
        tag = _ONE_TAG.match(found.string, found.start(), stretch.closers.end)
        return tag.end() if tag else None
    return end


def _reference(stretch: Stretch, found: re.Match[str]) -> int | None:
    return found.end() if fold_label(found["label"]) in stretch.labels else None


def _brace(stretch: Stretch, found: re.Match[str]) -> int | None:
    start = found.end() - 1
    end = stretch.json.value_end(start) if found[0] == "{" else None
    if end is not None and end <= stretch.closers.end:
        return end
    end = stretch.closers.brace(start)
    code = found[0] == "${" or found.string[start + 1 : start + 2] in ("{", "%", "#")
    most = LONG_BRACES if code else BRACES
    return end if end is not None and end - start <= most else None


def _dollar(stretch: Stretch, found: re.Match[str]) -> int | None:
    """Return the end of a formula: a price is none.

    "$5 and $10" has a space before its second sign, "$5-$10" a digit behind it, and "$5 a kilo or
    3$" words between.
    """
    text, start = found.string, found.end()
    limit = min(stretch.closers.end, start + FORMULA)
    end = text.find("$", start, limit)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("$", end + 1, limit)
    inner = text[start:end] if end > start else ""
    if not inner or inner != inner.strip() or "\n" in inner or text[end + 1 : end + 2].isdigit():
        return None
    if not _TEX.search(inner):
        if not _SUM.fullmatch(inner) or _WORD.search(inner) or not _SIGN.search(inner):
            return None
    return end + 1


def _url(stretch: Stretch, found: re.Match[str]) -> int:
    """Return the end of an address without the punctuation of the sentence that it took in."""
    span = found[0]
    surplus = {close: span.count(close) - span.count(open) for close, open in _OPEN.items()}
    end = len(span)
    while end:
        last = span[end - 1]
        if last in _OPEN and surplus[last] > 0:
            surplus[last] -= 1
        elif last not in ".,;:!?*_~":
            break
        end -= 1
    return found.start() + end if end > span.find("/") else found.end()


_ENDS: dict[str, Callable[[Stretch, re.Match[str]], int | None]] = {
    "escape": lambda stretch, found: None,
    "code": _code,
    "formula": _formula,
    "comment": _comment,
    "element": _element,
    "reference": _reference,
    "brace": _brace,
    "dollar": _dollar,
    "url": _url,
}
_WHOLE = ("escape", "code", "formula")
"""What is passed over whole when it opens nothing: one backtick of two opens nothing either."""


def _compile(patterns: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{text})" for name, text in patterns.items()))


_ONE_TAG = re.compile(_TAG)
_SPANS = _compile(PATTERNS)
_WITH_NUMBERS = _compile(PATTERNS | {"number": NUMBER})
