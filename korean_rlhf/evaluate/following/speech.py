"""Speech levels that an answer keeps: 하십시오체, 해요체, 해라체, 반말.

A sentence without an ending (a heading, a noun, a cry) has no level and is passed over; what stands
in brackets at the end of a sentence is no ending.
"""

from __future__ import annotations

import re

from korean_rlhf.evaluate.following.parameters import Parameters
from korean_rlhf.translate.register import Level, sentences

LEVELS: dict[str, frozenset[Level]] = {
    "hapsyo": frozenset({"hapsyo"}),
    "haeyo": frozenset({"haeyo"}),
    "polite": frozenset({"hapsyo", "haeyo"}),
    "haera": frozenset({"haera"}),
    "banmal": frozenset({"hae", "haera"}),
}
"""What each `level` allows. 반말 is 해체, in which -자, -니 and -다 of 해라체 stand beside."""
_KEPT = (LEVELS["hapsyo"], LEVELS["haeyo"], LEVELS["banmal"], frozenset({"hao"}))

_MUSING = re.compile(r"까[\s?!.…~\"'”’」』)]*$")
"""-ㄹ까?, which Kiwi knows as 해체: who writes in 해라체 wonders so too (왜 그랬을까?)."""
_ASIDE = re.compile(r"\s*\([^()\n]*\)(?=[.!?…]*\s*$)", re.M)


def register(answer: str, parameters: Parameters) -> bool:
    """Whether every sentence with an ending has the `level`; 반말 needs one sentence in 해체.

    >>> register("비가 와요. 우산을 챙기세요.", {"level": "haeyo"})
    True
    """
    level = parameters["level"]
    found = set(_levels(answer, musing=level != "haera"))
    spoken = level != "banmal" or "hae" in found
    return bool(found) and found <= LEVELS[level] and spoken


def one_register(answer: str, parameters: Parameters) -> bool:
    """Whether all sentences with an ending, two or more, keep one level.

    하십시오체 beside 해요체 is two levels; 해체 and 해라체 are one, as 반말 has both.
    """
    levels = _levels(answer)
    return len(levels) > 1 and any(set(levels) <= level for level in _KEPT)


def _levels(answer: str, *, musing: bool = True) -> list[Level]:
    """Return the level of each sentence that has one, those with -ㄹ까 only if `musing`."""
    bare = _ASIDE.sub("", answer.replace("*", ""))
    return [
        sentence.level
        for sentence in sentences(bare)
        if sentence.level and (musing or not _MUSING.search(sentence.text))
    ]
