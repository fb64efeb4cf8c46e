"""Speech levels that an answer keeps: 하십시오체, 해요체, 해라체, 반말.

A sentence without an ending (a heading, a noun, a cry) has no level and is passed over. So is what
others say: a quotation, unless there is nothing else. What stands in brackets at the end of a
sentence is no ending. 안녕하세요, 감사합니다 and 고맙습니다 by themselves fit every polite level.
"""

from __future__ import annotations

import re

from korean_rlhf.evaluate.following.parameters import Parameters
from korean_rlhf.translate.register import Level, Sentence, sentences

LEVELS: dict[str, frozenset[Level]] = {
    "hapsyo": frozenset({"hapsyo"}),
    "haeyo": frozenset({"haeyo"}),
    "polite": frozenset({"hapsyo", "haeyo"}),
    "haera": frozenset({"haera"}),
    "banmal": frozenset({"hae", "haera"}),
}
"""What each `level` allows. 반말 is 해체, in which -자, -니 and -다 of 해라체 stand beside."""
_KEPT = ("hapsyo", "haeyo", "banmal")
_POLITE = frozenset({"hapsyo", "haeyo"})

_MUSING = re.compile(r"까[\s?!.…~\"'”’」』)]*$")
"""-ㄹ까?, which Kiwi knows as 해체: who writes in 해라체 wonders so too (왜 그랬을까?)."""
_GREETING = re.compile(
    r"^\W*(?:(?:정말|진심으로|대단히|다시 한번|모두) )?"
    r"(?:안녕하세요|안녕하십니까|감사합니다|고맙습니다)\W*$"
)
_QUOTED = re.compile(r"“[^”]*”|‘[^’]*’|「[^」]*」|『[^』]*』|\"[^\"\n]*\"|'[^'\n]*'")
_ASIDE = re.compile(r"\s*\([^()\n]*\)(?=[.!?…]*\s*$)", re.M)


def register(answer: str, parameters: Parameters) -> bool:
    """Whether every sentence with an ending has the `level`; 반말 needs one sentence in 해체.

    >>> register("비가 와요. 우산을 챙기세요.", {"level": "haeyo"})
    True
    """
    level = parameters["level"]
    found = set(_levels(answer, level))
    spoken = level != "banmal" or "hae" in found
    return bool(found) and found <= LEVELS[level] and spoken


def one_register(answer: str, parameters: Parameters) -> bool:
    """Whether all sentences with an ending, two or more, keep one level.

    하십시오체 beside 해요체 is two levels; 해체 and 해라체 are one, as 반말 has both.
    """
    levels = {name: _levels(answer, name) for name in _KEPT}
    return any(len(found) > 1 and set(found) <= LEVELS[name] for name, found in levels.items())


def _levels(answer: str, asked: str) -> list[Level]:
    """Return the level of each sentence that has one and does not fit `asked` in any case."""
    own = _of_text(_QUOTED.sub("", answer), asked)
    return own or _of_text(answer, asked)


def _of_text(text: str, asked: str) -> list[Level]:
    found = sentences(_ASIDE.sub("", text.replace("*", "")))
    return [sentence.level for sentence in found if sentence.level and not _fits(sentence, asked)]


def _fits(sentence: Sentence, asked: str) -> bool:
    """Whether a sentence of another level is at home in the one asked for."""
    if asked == "haera":
        return sentence.level == "hae" and bool(_MUSING.search(sentence.text))
    other = sentence.level not in LEVELS[asked]
    return other and asked in _POLITE and bool(_GREETING.match(sentence.text))
