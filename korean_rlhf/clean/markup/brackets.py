"""Brackets that lost their content when a template was taken out of them."""

from __future__ import annotations

import re

_EMPTY = re.compile(r" ?[(（][\s,;:·/~]*[)）]")
_LEADING = re.compile(r"(?<=[(（])(?:\s*[,;])+\s*(?=[^\s,;)）])")
_TRAILING = re.compile(r"([(（][^()（）\n]{0,200}?[^\s,;(（])(?:\s*[,;])+\s*(?=[)）])")
_DOUBLED = re.compile(
    r"([(（][^()（）\n]{0,200}?[^\s,;(（])\s*(?:[,;]\s*){2,}(?=[^()（）\n]{0,200}[)）])"
)


def close_gaps(text: str) -> str:
    """Mend brackets that an emptied template left open: "카터(, 1924년)" -> "카터(1924년)".

    Calls of functions stay: "print()" and "f( )" are code when a Latin letter or "_" stands before.

    >>> close_gaps("카터(, 1924년 10월 1일 ~ )는 감마 함수(Γ函數, )와 ()를 안다.")
    '카터(1924년 10월 1일 ~ )는 감마 함수(Γ函數)와를 안다.'
    >>> close_gaps("수학(數學, , 줄여서 math)은 print()로 쓴다.")
    '수학(數學, 줄여서 math)은 print()로 쓴다.'
    """
    text = _LEADING.sub("", text)
    text = _TRAILING.sub(r"\1", text)
    text = _DOUBLED.sub(r"\1, ", text)
    return _EMPTY.sub(_unless_code, text)


def _unless_code(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1 : found.start()]
    is_call = before.isascii() and (before.isalnum() or before in ("_", ")", "]", ">"))
    return found[0] if is_call and found[0] in ("()", "( )") else ""


def close_marked_gaps(text: str) -> str:
    r"""Mend the text around each "\0", which stands for something that was left out.

    Unlike `close_gaps` it knows where something is missing, so brackets that were written empty,
    as in "쉼표(,)" or "print()", stay.

    >>> close_marked_gaps("카터(\0, 1924년)는 감마(Γ, \0)와 서울(\0)은 쉼표(,)와 ()를 \0 쓴다.\0")
    '카터(1924년)는 감마(Γ)와 서울은 쉼표(,)와 ()를 쓴다.'
    """
    if "\0" not in text:
        return text
    for _ in range(3):  # "((\0))"
        closed = _MARKED_EMPTY.sub(lambda found: "\0" if "\0" in found[1] else found[0], text)
        if closed == text:
            break
        text = closed
    return _MARKED_RUN.sub(_mended, text)


_MARKED_EMPTY = re.compile(r" ?[(（]([\s\0,;:·/~]*)[)）]")
_MARKED_RUN = re.compile(r"[ \t\0,;·/]+")


def _mended(found: re.Match[str]) -> str:
    """Return the separators that are left of a run of them around gaps."""
    run = found[0]
    if "\0" not in run:
        return run
    text, start, stop = found.string, found.start(), found.end()
    before, after = run[: run.index("\0")], run[run.rindex("\0") + 1 :]
    if start > 0 and text[start - 1] in "(（":
        return ""
    if stop == len(text) or text[stop] in ")）\n":
        return "" if stop < len(text) and text[stop] in ")）" else before.rstrip(" \t")
    if start == 0 or text[start - 1] == "\n":
        return before + after.lstrip(" \t")
    if before.strip() and after.strip():
        return before
    kept = before if before.strip() else after
    if kept.strip():
        return kept
    return " " if before + after and text[stop] not in ".,!?" else ""
