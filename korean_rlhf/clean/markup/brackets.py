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
