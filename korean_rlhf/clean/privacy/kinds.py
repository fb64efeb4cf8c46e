"""Kinds of personal data, and a place in a text that holds one."""

from __future__ import annotations

from typing import NamedTuple

from korean_rlhf.settings.clean import PrivacyKind

MARKS: dict[PrivacyKind, str] = {
    "email": "이메일",
    "resident": "주민등록번호",
    "foreigner": "외국인등록번호",
    "card": "카드번호",
    "business": "사업자등록번호",
    "account": "계좌번호",
    "phone": "전화번호",
    "passport": "여권번호",
    "licence": "운전면허번호",
    "plate": "차량번호",
    "address": "주소",
}
"""What stands in angle brackets where a value of the kind was masked."""


class Finding(NamedTuple):
    """A value at text[start:end] and what it is."""

    start: int
    end: int
    kind: PrivacyKind


def before(line: str, start: int, characters: int = 24) -> str:
    """Return what stands before a value, as far as its context reaches."""
    return line[max(0, start - characters) : start]


def after(line: str, end: int, characters: int = 16) -> str:
    """Return what follows a value, as far as its context reaches."""
    return line[end : end + characters]


def digits_of(value: str) -> str:
    """Return the digits of a value without what groups them.

    >>> digits_of("+82 (0)10-1234-5678")
    '8201012345678'
    """
    return "".join(char for char in value if "0" <= char <= "9")
