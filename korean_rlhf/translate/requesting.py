"""Give a translated instruction its request back, by rule: 계산합니다 -> 계산하세요.

A last resort, for a text that was translated again and is still a statement. Only 합니다 at the end
of a sentence without a subject is changed, and Kiwi must then read a request of the wanted level.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from korean_rlhf.translate.morphemes import Morpheme, morphemes
from korean_rlhf.translate.register import sentences

FORMS = {"haeyo": "하세요", "hapsyo": "하십시오", "haera": "하라", "hao": "하시오"}
_STATEMENT = re.compile(r"합니다(?=[.!。]?[\"'”’)\]]*$)")
_MOST = 3
"""Sentences: a longer text tells of something beside what it asks."""


def as_request(text: str, level: str = "haeyo") -> str:
    """Return `text` with each 합니다 as a request; "" where that is not safe.

    >>> as_request("주어진 숫자의 제곱근을 계산합니다."), as_request("물은 100도에서 끓습니다.")
    ('주어진 숫자의 제곱근을 계산하세요.', '')
    >>> as_request("그가 문장을 요약합니다.")
    ''
    """
    found = sentences(text)
    stated = [each for each in found if each.level]
    if not stated or len(stated) > _MOST:
        return ""
    changed = text
    for sentence in stated:
        if not (_STATEMENT.search(sentence.text) and _has_no_subject(morphemes(sentence.text))):
            return ""
        request = _STATEMENT.sub(FORMS[level], sentence.text)
        changed = changed.replace(sentence.text, request, 1)
    again = [each for each in sentences(changed) if each.level]
    fits = all(each.request and each.level == level for each in again)
    return changed if fits and len(again) == len(stated) else ""


def _has_no_subject(found: Sequence[Morpheme]) -> bool:
    """Whether nobody is named who does it, and the verb is 하다 and no adjective (중요합니다)."""
    topic = any(each.tag == "JKS" or (each.tag == "JX" and each.form in "은는") for each in found)
    verbs = [each for each in found if each.form == "하" and each.tag in ("XSV", "VV", "VX")]
    last = [each.form for each in found if each.tag[0] not in "S"][-2:]
    return not topic and bool(verbs) and last[:1] == ["하"] and _ends_in_verb(found)


def _ends_in_verb(found: Sequence[Morpheme]) -> bool:
    words = [each for each in found if each.tag[0] != "S"]
    before = words[-3] if len(words) > 2 else None
    must = before is not None and before.tag == "EC" and before.form.endswith("야")
    return words[-2].tag in ("XSV", "VV", "VX") and not must  # 해야 합니다 asks already
