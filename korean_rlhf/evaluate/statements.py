"""The places in a written answer where a model says what the answer is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from korean_rlhf.evaluate.textscores import FULL_WIDTH

LABEL_AHEAD = (
    r"(?=[①-⑤(\[]|[A-E](?![A-Za-z0-9])|[1-5]\s*(?:번|[.:)]|$|\n)"
    r"|[가나다라마](?:번|\s*$|\n))"
)
MARK = re.compile(
    r"(?:정답|답안|답변|해답|최종\s*답|선택|(?<![가-힣])답)(?:\s*(?:번호|값))?\s*"
    r"(?:은|는|이\s|[:=→\])>】])\s*:?\s*"
    rf"|(?:정답|(?<![가-힣])답)\s+{LABEL_AHEAD}"
    rf"|(?:것|설명|내용|문장|보기|선택지)은\s+{LABEL_AHEAD}"
    r"|\banswer\s*(?:is\s*:?|:)\s*",
    re.IGNORECASE,
)
"""Words before an answer. Of 옳지 않은 것은 ②, only what comes after 것은 counts."""
BOX = re.compile(r"\\?(?:boxed|fbox)\s*(?=\{)")
MARKS, LONGEST = 20, 300
"""Marks of an answer that are read, and characters of a sentence after one."""
SENTENCE_END = re.compile(r"(?<=\S)\.(?!\d)(?:\s+|$)|[!?。]\s*|\n+")
EMPHASIS = re.compile(r"[*`\"'“”‘’$]|~~|\\[()\[\]]")
WRAPPER = re.compile(r"\\(?:text|textbf|mathrm|mathbf)\s*\{([^{}]*)\}")


def cleaned(text: str) -> str:
    """Return NFC, full-width letters and digits as ASCII, without emphasis and quotes."""
    folded = unicodedata.normalize("NFC", text).translate(FULL_WIDTH)
    return WRAPPER.sub(r"\1", EMPHASIS.sub("", folded)).strip()


def boxed(text: str) -> str | None:
    r"""Return what the last \boxed{} holds, None where none is closed.

    >>> boxed("\\boxed{1}, \\boxed{\\frac{1}{2}}")
    '\\frac{1}{2}'
    """
    boxes = list(BOX.finditer(text))
    begin = boxes[-1].end() if boxes else len(text)
    depth = 0
    for at in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin + 1 : at].strip()
    return None


def marked(text: str) -> Iterator[str]:
    r"""Yield what stands after each mark of an answer, to the end of its sentence, the last first.

    Read are the last few marks and the beginning of each sentence: a model that repeats itself
    without end takes no longer than another.

    >>> list(marked("답: 3. 아니다.\n정답은\n5입니다."))
    ['5입니다', '3']
    """
    for mark in reversed(list(MARK.finditer(text))[-MARKS:]):
        said = sentences(text[mark.end() :].lstrip()[:LONGEST])
        if said:
            yield said[0]


def sentences(text: str) -> list[str]:
    """Return the sentences of `text` without their full stops; a decimal point is none."""
    return [part.strip() for part in SENTENCE_END.split(text) if part and part.strip()]


def last_line(text: str) -> str:
    """Return the last line that holds anything, "" if none does."""
    lines = [line for line in text.split("\n") if line.strip()]
    return lines[-1].strip() if lines else ""
