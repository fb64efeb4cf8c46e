"""Games with syllables: N행시, lines in the order of consonants, 끝말잇기."""

from __future__ import annotations

import re
from itertools import pairwise

from korean_rlhf.evaluate.following.parameters import Parameters, within
from korean_rlhf.hangul import compose, decompose, is_syllable

_BEFORE = re.compile(r"^(?:[\s\-*•·#>\"'“”‘’「『(\[]|\d+[.)]\s)+")
"""What may stand before the first syllable of a line: points, numbers, quotation marks."""
_NAMED = re.compile(r"(\S)[*'\"’”」』)\]]*\s*[:：\])]\s*(.*)")
_BETWEEN_WORDS = re.compile(r"(?:[\s\-–—→>,·/.*\"'“”‘’]|\d+[.)])+")


def acrostic(answer: str, parameters: Parameters) -> bool:
    r"""Whether the lines begin with the syllables of `word` (삼행시), one line each.

    A line may name its syllable first: "봄: 봄바람이 분다". 두음 법칙 gives no licence here.

    >>> acrostic("나: 나는 웃는다\n무: 무지개를 보며", {"word": "나무"})
    True
    """
    lines = [line for line in answer.splitlines() if line.strip()]
    asked = [char for char in parameters["word"] if not char.isspace()]
    return len(lines) == len(asked) and all(map(_begins, lines, asked))


def _begins(line: str, syllable: str) -> bool:
    text = _BEFORE.sub("", line)
    named = _NAMED.match(text)
    if not named:
        return text.startswith(syllable)
    return named[1] == syllable and _BEFORE.sub("", named[2]).startswith(syllable)


def first_consonants(answer: str, parameters: Parameters) -> bool:
    r"""Whether the lines begin with the consonants `letters` in their order, one line each.

    >>> first_consonants("가을이 온다\n나뭇잎이 진다", {"letters": "ㄱㄴ"})
    True
    """
    lines = [_BEFORE.sub("", line) for line in answer.splitlines() if line.strip()]
    found = [decompose(line[0])[0] if line and is_syllable(line[0]) else "" for line in lines]
    return found == list(parameters["letters"])


def word_chain(answer: str, parameters: Parameters) -> bool:
    """Whether the answer is a chain of words, each beginning with the last syllable before it.

    끝말잇기 as it is played: two syllables or more, no word twice, 두음 법칙 allowed. Whether each
    is a word of the dictionary is not checked.

    >>> word_chain("기차 → 차례 → 예절", {"start": "기차", "at_least": 3})
    True
    """
    words = [word for word in _BETWEEN_WORDS.split(answer) if word]
    real = all(len(word) > 1 and all(map(is_syllable, word)) for word in words)
    linked = all(after[0] in _heads(before[-1]) for before, after in pairwise(words))
    begun = words[:1] == [parameters.get("start", words[0] if words else "")]
    single = len(words) == len(set(words))
    return real and linked and begun and single and within(len(words), parameters)


def _heads(syllable: str) -> set[str]:
    """Return what may begin a word after `syllable`: 례 and 예, 락 and 낙, 녀 and 여."""
    if not is_syllable(syllable):
        return {syllable}
    lead, vowel, tail = decompose(syllable)
    heads = {syllable}
    if lead == "ㄹ":
        heads.add(compose("ㅇ" if vowel in "ㅑㅕㅖㅛㅠㅣ" else "ㄴ", vowel, tail))
    if lead == "ㄴ" and vowel in "ㅕㅛㅠㅣ":
        heads.add(compose("ㅇ", vowel, tail))
    return heads
