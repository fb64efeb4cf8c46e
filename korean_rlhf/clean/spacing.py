"""Repair the spaces between Korean words, and nothing else."""

from __future__ import annotations

import re

from korean_rlhf.clean.analyser import kiwi

_KOREAN = re.compile(r"[가-힣]{2}")
_LONGEST = 20_000
"""Characters of the longest line that is given to the analyser, whose memory grows with it."""


def repair_spacing(text: str) -> str:
    """Return `text` with the spaces between words where Kiwi's model of Korean puts them.

    Spaces that are there stay unless they part what belongs together. A line in which anything but
    spaces would change, and one without Korean words, stays as it is.

    >>> repair_spacing("띄어쓰기를하지않은문장입니다.")
    '띄어쓰기를 하지 않은 문장입니다.'
    """
    return "\n".join(map(_repair_line, text.split("\n")))


def _repair_line(line: str) -> str:
    if len(line) > _LONGEST or not _KOREAN.search(line):
        return line
    indent = line[: len(line) - len(line.lstrip())]
    spaced = indent + str(kiwi().space(line)).strip()
    return spaced if same_but_for_spaces(line, spaced) else line


def same_but_for_spaces(one: str, two: str) -> bool:
    """Whether two texts differ at most in their spaces.

    >>> same_but_for_spaces("가 나다", "가나 다"), same_but_for_spaces("가나", "가다")
    (True, False)
    """
    return "".join(one.split()) == "".join(two.split())
