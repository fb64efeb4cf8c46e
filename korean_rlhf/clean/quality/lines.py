"""Measures of lines and paragraphs: how many are said again, short, without an end, in a list.

Those of Rae et al. 2021 (Gopher, arXiv:2112.11446, table A1) and Penedo et al. 2024 (FineWeb,
arXiv:2406.17557, section 3.6), as datatrove 0.10 computes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from korean_rlhf.clean.quality.characters import TERMINAL_MARKS

SHORT_LINE = 30
"""Most characters of a short line."""
_PARAGRAPH_BREAK = re.compile(r"\n{2,}")
_LINE_BREAK = re.compile(r"\n+")
_BULLETS = ("•", "-")
_ELLIPSES = ("...", "…")


def line_measures(text: str, words: int) -> dict[str, float]:
    r"""Return the measures of lines of a text that has `words` words; 0.0 where there is no line.

    duplicate-lines, duplicate-paragraphs: share of those that came before. duplicate-line-ratio,
    duplicate-paragraph-ratio: their characters over those of the text. repeated-lines: characters
    of lines already seen, spaces around them left out, over those of all lines. line-duplicates:
    the same of the lines that are not blank, as FineWeb has it. punctuated-lines, short-lines,
    bullet-lines, ellipsis-lines: shares of lines. newlines-per-word.

    >>> measured = line_measures("가나다.\n가나다.\n라마", 3)
    >>> round(measured["duplicate-lines"], 3), round(measured["punctuated-lines"], 3)
    (0.333, 0.667)
    """
    size = max(1, len(text))
    lines = _LINE_BREAK.split(text)
    again = _duplicates(lines)
    paragraphs = _PARAGRAPH_BREAK.split(text.strip()) if "\n\n" in text else [text]
    paragraphs_again = _duplicates(paragraphs)
    filled = [line for line in lines if line and not line.isspace()]
    newlines = text.count("\n")
    return {
        "duplicate-lines": len(again) / len(lines),
        "duplicate-line-ratio": _total(again) / size,
        "duplicate-paragraphs": len(paragraphs_again) / len(paragraphs),
        "duplicate-paragraph-ratio": _total(paragraphs_again) / size,
        "repeated-lines": _repeated_lines(filled),
        "line-duplicates": _total(_duplicates(filled)) / max(1, len(text) - newlines),
        "punctuated-lines": _share(sum(line[-1] in TERMINAL_MARKS for line in filled), filled),
        "short-lines": _share(sum(len(line) <= SHORT_LINE for line in filled), filled),
        "newlines-per-word": newlines / max(1, words),
        **_marked_lines(text),
    }


def _duplicates(parts: Sequence[str]) -> list[str]:
    """Return the parts that came before."""
    if len(set(parts)) == len(parts):
        return []
    seen: set[str] = set()
    again = []
    for part in parts:
        if part in seen:
            again.append(part)
        seen.add(part)
    return again


def _total(parts: Iterable[str]) -> int:
    return sum(map(len, parts))


def _share(number: int, parts: Sequence[str]) -> float:
    return number / len(parts) if parts else 0.0


def _repeated_lines(filled: Sequence[str]) -> float:
    bare = [line.strip() for line in filled]
    return _total(_duplicates(bare)) / max(1, _total(bare))


def _marked_lines(text: str) -> dict[str, float]:
    """Return the shares of lines that begin with a bullet, and that end with an ellipsis."""
    lines = text.splitlines()
    bullets = ellipses = 0
    if any(mark in text for mark in _BULLETS):
        bullets = sum(line.lstrip().startswith(_BULLETS) for line in lines)
    if any(mark in text for mark in _ELLIPSES):
        ellipses = sum(line.rstrip().endswith(_ELLIPSES) for line in lines)
    return {"bullet-lines": _share(bullets, lines), "ellipsis-lines": _share(ellipses, lines)}
