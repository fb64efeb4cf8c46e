"""Words in an answer, with the particles that Korean adds to them.

A word is there where it begins an eojeol (or follows a mark) and nothing but particles, or 이다 in
one of its forms, follows within the eojeol: 약속 is in 약속을, 약속에서는 and 약속입니다, but in
neither 약속어음 nor 새약속. A word of two syllables or more is also in its verb with 하다, 되다 or
시키다 (약속했다). Particles must fit the final sound (나는, not 나은). It is a rule without
analysis: a form of another word that reads the same (감기는 of 감기다) counts. So give nouns of two
syllables or more.

Measured on 6,000 lines of Korean Wikipedia and petitions, for their 400 commonest nouns of two
syllables or more: of 5,922 places where Kiwi sees the noun with particles alone, the rule finds
5,912; of 6,027 that the rule finds, Kiwi sees the noun in 5,912. The rest is mostly place names
(경기도 for 경기 with 도).
"""

from __future__ import annotations

import re
from functools import lru_cache

from korean_rlhf.evaluate.following.parameters import Parameters, within
from korean_rlhf.hangul import RIEUL, final_index

_LETTER = "[0-9A-Za-z가-힣]"
_FREE = """
    에다가 에다 에게서는 에게서 에게 에서 한테서 한테 께서 께 까지 부터 마저 조차 처럼 만큼
    보다 대로 하고 마다 밖에 끼리 같이 치고 커녕 따라 에 만 뿐 들
"""
_FREE_LAST = "의 도 요 엔 에선 에겐 한테선 까진 부턴"
_AFTER_CONSONANT = "으로서 으로써 으로 이랑 이나마 과"
_AFTER_RIEUL = "로서 로써 로 이랑 이나마 과"
_AFTER_VOWEL = "로서 로써 로 랑 나마 와"
_LAST_AFTER_CONSONANT = "은 이 을 아 이여 이나 이라도 이야말로 이든 이든지 으론"
_LAST_AFTER_VOWEL = "는 가 를 나 라도 야말로 든 든지 론"
_COPULA = """
    이다 입니[다까] 이에요 이었[가-힣]{0,5} 이고 이고요 이며 이면 이면서 이라
    이라(?:면|는|고|고는|고도|서|도|니|던|든가) 이란 이니 이니까 이지만 이지 이죠 이지요 이자
    이야 이네 이네요 이군 이군요 이구나 이거든 이거든요 인 인데 인데요 인데도 인지 인가 인가요
    일 일까 일까요 일지 일지라도 임 임[을이은에] 임에도 이기 이기에 이기도 이어서 이어야
    이랍니다 이던 이더라 이건 이냐 이요 이잖아 이잖아요 이시[다고며네지] 이신 이셨[가-힣]{1,4}
    이십니[다까] 이세요
"""
_SHORT_COPULA = """
    다 예요 였[가-힣]{0,5} 라면 라는 라고 라고는 라고도 라든가 라서 라며 란 니까 지만 죠 지요
    야 네요 군요 거든요 여서 여야 랍니다 시[다고며네지] 신 셨[가-힣]{1,4} 십니[다까] 세요 여
"""
_VERB = """
    하[고며면지는다던게기도여였네니자려러세시십신셨거겠길든냐라나느더므][가-힣]* 해
    해[서요도야라주준줄보봐본볼버지진질졌][가-힣]* 했[가-힣]* 한 한다[가-힣]* 한데[가-힣]*
    한지 할 할[지까게래수][가-힣]* 함 함(?:[을은이도과에]|으로써?) 합니[다까] 합시다 되
    되[고며면지는다던게기도어었네니자려겠길든냐라나느더거므][가-힣]* 돼[가-힣]* 됐[가-힣]* 된
    된다[가-힣]* 된지 될 될[지까수][가-힣]* 됨 됨[을은이] 됩니[다까]
    시[키켜켰킨킬킴킵][가-힣]*
"""


def contains(answer: str, parameters: Parameters) -> bool:
    """Whether each of `words` is in the answer, with or without particles.

    >>> contains("사과를 배와 먹었다.", {"words": ["사과", "배"]})
    True
    """
    return all(occurrences(answer, word) for word in parameters["words"])


def lacks(answer: str, parameters: Parameters) -> bool:
    """Whether none of `words` is in the answer, neither bare nor with particles.

    >>> lacks("사과나무를 심었다.", {"words": ["사과"]})
    True
    """
    return not any(occurrences(answer, word) for word in parameters["words"])


def word_frequency(answer: str, parameters: Parameters) -> bool:
    """Whether `word` is in the answer that many times."""
    return within(occurrences(answer, parameters["word"]), parameters)


def occurrences(text: str, word: str) -> int:
    """Return how often `word` stands in `text`.

    >>> occurrences("봄비가 온다. 봄비는 봄비답게 조용하다.", "봄비")
    2
    """
    return len(_pattern(word).findall(text))


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str]:
    bare = r"\s+".join(map(re.escape, word.split()))
    return re.compile(rf"(?<!{_LETTER}){bare}(?:{_tail(word)})?(?!{_LETTER})", re.I)


def _tail(word: str) -> str:
    """Return the pattern of what may follow `word`; the first particle must fit its last sound."""
    final = final_index(word)
    after_consonant = [_AFTER_RIEUL if final == RIEUL else _AFTER_CONSONANT]
    vowel_last = [_LAST_AFTER_VOWEL, _SHORT_COPULA if len(word) > 1 else ""]
    first, last = [], []
    if final != 0:
        first, last = after_consonant, [_LAST_AFTER_CONSONANT]
    if final in (0, None):
        first, last = [*first, _AFTER_VOWEL], [*last, *vowel_last]
    any_last = _any(_FREE_LAST, _LAST_AFTER_CONSONANT, _LAST_AFTER_VOWEL, _COPULA, "다")
    any_middle = _any(_FREE, _AFTER_CONSONANT, _AFTER_VOWEL)
    middle = f"{_any(_FREE, *first)}{any_middle}{{0,2}}{any_last}?"
    verb = f"|{_any(_VERB)}" if len(word) > 1 else ""
    return f"{middle}|{_any(_FREE_LAST, _COPULA, *last)}{verb}"


def _any(*lists: str) -> str:
    forms = sorted({form for listed in lists for form in listed.split()}, key=len, reverse=True)
    return f"(?:{'|'.join(forms)})"
