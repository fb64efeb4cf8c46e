r"""Which of a few label words (긍정, 부정) a written answer settles on.

`extraction.choice` reads numbered choices, where 가, 나 and 두 번째 are answers; beside label words
they are words like others. The first place that names one decides: a \boxed{} or a marked answer,
a first line that is nothing but a label, a conclusion, a label that the text calls the answer. Of a
text that names several otherwise, nothing is read: a guess would be scored as knowledge.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from korean_rlhf.evaluate.extraction import CONCLUSION
from korean_rlhf.evaluate.statements import boxed, cleaned, marked, sentences

NOT_BEFORE = r"(?<![가-힣A-Za-z])(?<!안 )(?<!못 )"
"""A label is no end of another word, and 안 좋다 is not 좋다."""
MODIFIED = (
    r"(?:적|스럽|스러)?(?:인|운)?\s*(?:감정|표현|느낌|의미|내용|뜻|문장|말|면|쪽|것)?"
    r"(?:은|는|이|가|도|을|를|의|으로|로|에|에는)?\s*"
)
SAID = r"(?:이?라|다)?(?:고(?:는|도)?)?\s*"
"""긍정이라고(는), 좋다고(도): the label as what is said of the text."""
VERB = (
    r"(?:보이|보|느껴지|느끼|여겨지|여기|생각되|생각하|판단되|판단하|분류되|분류하|해당하|속하|가깝"
    r"|나타나|나타내|드러나|드러내|담기|들|말하|하|되|이)?"
)
DONE = (
    rf"(?:{VERB}(?:지(?:는|도|를|가)?|진|기(?:는|도|가|에는|에|엔)?)\s*"
    r"|(?:[볼될할일]|말할)\s*(?:수|리)(?:는|도|가)?\s*)?"
)
"""The verb that a denial belongs to: (긍정으로) 보이지는 않다, 보기에는 어렵다, 볼 수가 없다."""
DENIED = re.compile(
    rf"{MODIFIED}{SAID}{DONE}(?:전혀\s*|딱히\s*|별로\s*)?"
    r"(?:아니|아닌|아닙|아님|않(?!을까)|없|어렵|어려|힘들|못\s?(?:하|할|합|해|됩|되|된|돼|봅|보))"
    r"|(?:적)?(?:이|인|이라|다)?기?보[다단]"
    r"|(?:과|와)(?:는|도)?\s*(?:거리가|반대|다르|다른|달라)|의\s*반대"
)
"""What takes a label back: no such thing, hard to call it so, less it than something else."""
ALSO = re.compile(r"(?:적)?(?:도|이?지도|이나|이?거나|나|과|와|이든|든)?[\s,]*$")
"""What stands between two words that one denial denies: 긍정도 부정도 아니다."""
CALLED = re.compile(
    r"(?:적)?(?:입니다|이다|이에요|예요|이야|야\b|임\b|이라고|라고|이라는|으로\s*(?:판단|분류|보|봅|볼|여|느)"
    r"|로\s*(?:판단|분류|보|봅|볼|여|느)|(?:적)?인\s*(?:감정|문장|느낌|내용|평)|을\s*(?:나타|드러|고르|선택)"
    r"|를\s*(?:나타|드러|고르|선택)|에\s*(?:해당|가깝|속))"
)
"""What follows a label that a sentence says of the text."""
AROUND = re.compile(r"^[\s\-*#>:(\[<]*|[\s.,!?:)\]>~]*$")
COPULA = r"(?:적)?(?:입니다|이다|다|이에요|예요|이야|야|임|요)?"


def label(text: str, words: Sequence[str]) -> int | None:
    """Return the place of the word of `words` that `text` settles on, None if none or several.

    >>> label("정답: 긍정", ["긍정", "부정"]), label("긍정이 아니라 부정입니다.", ["긍정", "부정"])
    (0, 1)
    >>> label("긍정일 수도 부정일 수도 있어요.", ["긍정", "부정"]) is None
    True
    """
    text = _one_blank(cleaned(text))
    content = boxed(text)
    for clause in [*([content] if content is not None else []), *marked(text)]:
        if found := _named(clause, words):
            return _only(found)
    first = AROUND.sub("", text.split("\n")[0])
    alone = re.fullmatch(rf"({_pattern(tuple(words)).pattern}){COPULA}", first)
    if alone:
        return _only(_named(first, words))
    for sentence in reversed(sentences(text)):
        if CONCLUSION.search(sentence) and (found := _named(sentence, words)):
            return _only(found)
    return _only(_called(text, words) or _named(text, words))


def _one_blank(text: str) -> str:
    """Return `text` with each run of blanks cut to one: a model in a loop may write only them."""
    return re.sub(r"(?: ?\n ?)+", "\n", re.sub(r"[^\S\n]+", " ", text))


def _named(text: str, words: Sequence[str]) -> set[int]:
    """Return the words that `text` names and does not deny."""
    return {place for place, denied, _ in _mentions(text, words) if not denied}


def _called(text: str, words: Sequence[str]) -> set[int]:
    """Return the words that `text` says of what it was asked about."""
    return {
        place
        for place, denied, end in _mentions(text, words)
        if not denied and CALLED.match(text, end)
    }


def _mentions(text: str, words: Sequence[str]) -> list[tuple[int, bool, int]]:
    """Return (place of the word, whether it is denied, its end) of each mention."""
    found = list(_pattern(tuple(words)).finditer(text))
    mentions: list[tuple[int, bool, int]] = []
    denied = False
    for at in range(len(found) - 1, -1, -1):
        end = found[at].end()
        between = text[end : found[at + 1].start()] if at + 1 < len(found) else ""
        shares = denied and bool(between) and ALSO.fullmatch(between) is not None
        denied = shares or DENIED.match(text, end) is not None
        mentions.append((_place(found[at][0], words), denied, end))
    return mentions


@functools.lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of the words, the longest first; marks and blanks in them may vary."""
    forms = sorted((_loose(word) for word in words), key=len, reverse=True)
    return re.compile(rf"{NOT_BEFORE}(?:{'|'.join(forms)})", re.IGNORECASE)


def _loose(word: str) -> str:
    parts = re.findall(r"\w+", cleaned(word))
    return r"[\s·/,ㆍ・]*".join(map(re.escape, parts))


def _place(said: str, words: Sequence[str]) -> int:
    """Return which word was said; the one that it spells, blanks and marks aside."""
    packed = ["".join(re.findall(r"\w+", cleaned(word))).lower() for word in (said, *words)]
    return packed.index(packed[0], 1) - 1


def _only(found: set[int]) -> int | None:
    return next(iter(found)) if len(found) == 1 else None
