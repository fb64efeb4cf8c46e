"""Lists, headings and tables in Markdown."""

from __future__ import annotations

import re

from korean_rlhf.evaluate.following.parameters import Parameters, within

_BULLET = re.compile(r"^([^\S\n]*)[-*+•·▪◦‣–][^\S\n]+\S", re.M)
_NUMBERED = re.compile(
    r"^([^\S\n]*)(?:#{1,6}[^\S\n]+)?(?:\*\*)?"
    r"(?:(\d{1,3})(?:[.)](?!\d)|\ufe0f?\u20e3)|([①-⑳]))[^\S\n]*(?=\S)",
    re.M,
)
_HEADING = re.compile(r"^(#{1,6})[^\S\n]+\S", re.M)
_FENCE = re.compile(r"^[^\S\n]*```.*?^[^\S\n]*```", re.M | re.S)
_DELIMITER = re.compile(r"^\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$")
_CELL_BORDER = re.compile(r"(?<!\\)\|")


def bullets(answer: str, parameters: Parameters) -> bool:
    r"""Whether the answer has that many bullet points; points below a point do not count.

    >>> bullets("- 물\n  - 찬물\n- 불", {"exactly": 2})
    True
    """
    indents = [len(indent) for indent in _BULLET.findall(answer)]
    return within(sum(indent == min(indents) for indent in indents), parameters)


def numbered(answer: str, parameters: Parameters) -> bool:
    r"""Whether the answer has a list of that many items numbered 1. 2. 3., 1) 2) 3) or ① ② ③.

    A heading may be an item (### 1. 봄). Two lists are no one list.

    >>> numbered("1. 물\n2. 불", {"exactly": 2}), numbered("1. 물\n3. 불", {"exactly": 2})
    (True, False)
    """
    found = [(len(match[1]), _number(match)) for match in _NUMBERED.finditer(answer)]
    outermost = min((indent for indent, _ in found), default=0)
    numbers = [number for indent, number in found if indent == outermost]
    return numbers == list(range(1, len(numbers) + 1)) and within(len(numbers), parameters)


def _number(match: re.Match[str]) -> int:
    return int(match[2]) if match[2] else ord(match[3]) - ord("①") + 1


def headings(answer: str, parameters: Parameters) -> bool:
    r"""Whether the answer has that many headings, of `level` where that is given; code is no text.

    >>> headings("# 봄\n## 꽃\n## 비", {"level": 2, "exactly": 2})
    True
    """
    levels = [len(marks) for marks in _HEADING.findall(_FENCE.sub("", answer))]
    level = parameters.get("level")
    return within(sum(level in (None, found) for found in levels), parameters)


def table(answer: str, parameters: Parameters) -> bool:
    r"""Whether the answer has a table of so many columns, and body rows where `rows` is given.

    >>> table("| 가 | 나 |\n|---|---|\n| 1 | 2 |", {"columns": 2, "rows": 1})
    True
    """
    rows = parameters.get("rows")
    return any(
        {len(row) for row in found} == {parameters["columns"]}
        and len(found) > 1
        and rows in (None, len(found) - 1)
        for found in _tables(answer)
    )


def _tables(answer: str) -> list[list[list[str]]]:
    """Return the cells of each table by row, the header first."""
    lines = [line.strip() for line in answer.splitlines()]
    found = []
    for at in range(1, len(lines)):
        if "|" in lines[at] and _DELIMITER.match(lines[at]) and "|" in lines[at - 1]:
            rows = [_cells(lines[at - 1])]
            if len(rows[0]) != len(_cells(lines[at])):
                continue
            for line in lines[at + 1 :]:
                if "|" not in line:
                    break
                rows.append(_cells(line))
            found.append(rows)
    return found


def _cells(line: str) -> list[str]:
    return _CELL_BORDER.split(line.removeprefix("|").removesuffix("|"))
