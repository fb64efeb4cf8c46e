"""Dates, authors and counters that stand under the title of a page."""

from __future__ import annotations

import re

_DATE = re.compile(r"(?:19|20)\d\d[-./]\s?\d{1,2}[-./]\s?\d{1,2}")
_COUNTER = re.compile(r"(?:조회\s?수?|댓글|추천|공감|스크랩)[\s:|]*[\d,]+")
_STAMP = re.compile(
    rf"{_DATE.pattern}|\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?|{_COUNTER.pattern}"
    r"|(?:번호|첨부(?:파일)?)[\s:|]*\d+"
)
"""The only digits that say nothing about the subject: those of a date, a time or a count."""
_META = re.compile(
    r"오전|오후"
    r"|(?:기사\s?)?입력|(?:최종\s?)?수정(?:일|시각)?|등록(?:일|일시)?|작성(?:일|자|일시)?|승인|송고|게시일"
    r"|날짜|글쓴이|조회\s?수?|댓글|추천|공감|스크랩|첨부(?:파일)?|없음|번호"
)
_SKIP_LINK = re.compile(r"^(?:본문|주메뉴|메뉴|검색)(?:으로)?\s?(?:내용\s?)?바로\s?가기$")
_TITLE_ROW = re.compile(r"^제목\s*[|:]\s*\S.{0,100}$")
_BETWEEN_PARTS = re.compile(r"[|·/,]|\s{2,}")
_HEAD_LINES = 4
"""Lines within which the metadata begins, and how many filled ones it has at most."""
_LONGEST = 300
"""Characters of the longest line that may be metadata."""


def is_metadata(line: str) -> bool:
    """Whether a line under a title holds only date, author and counters.

    >>> is_metadata("| 입력 2024.03.12. 09:12 | 수정 2024.03.12. 17:40")
    True
    >>> is_metadata("2024-01-01 | 1,201"), is_metadata("2024-01-01 | 조회 1,201")
    (False, True)
    >>> is_metadata("부녀회 부엌 · 2023-02-11 · 스크랩 4340"), is_metadata("1919년 3월 1일")
    (True, False)
    """
    if _SKIP_LINK.match(line) or _TITLE_ROW.match(line):
        return True
    if len(line) > _LONGEST or not (_DATE.search(line) or _COUNTER.search(line)):
        return False
    parts = [
        part.strip() for part in _BETWEEN_PARTS.split(_STAMP.sub("입력", line)) if part.strip()
    ]
    rest = [left for part in parts if (left := _META.sub("", part).strip(" :.()[]-,"))]
    return all(map(_is_name, rest)) and (not rest or 2 * len(rest) <= len(parts))


def _is_name(part: str) -> bool:
    """Whether a part may name an author or a board: short, and no number."""
    return len(part) <= 12 and " " not in part[8:] and not part[0].isdigit()


def after_metadata(lines: list[str], end: int) -> tuple[int, int]:
    """Return where the metadata under the title begins and ends; equal without any.

    Something must follow it: a date at the end of a letter is the letter's own. More lines than
    metadata has are a table.
    """
    for start in range(min(_HEAD_LINES, end)):
        stop = start
        while stop < end and (
            is_metadata(lines[stop].strip()) or (stop > start and not lines[stop])
        ):
            stop += 1
        if sum(map(bool, lines[start:stop])) > _HEAD_LINES:
            break
        if stop > start and any(line.strip() for line in lines[stop:end]):
            return start, stop
    return 0, 0
