"""What the last morphemes of a sentence say: its speech level, whether it asks, whether it ends.

The level of an ending is that of the 표준국어대사전. 하게체 is rare, and most of its
endings (-네, -나) are those of 해체, so it is counted there. -ㄴ가 is counted as 해라체,
where essays have it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from korean_rlhf.translate.morphemes import Morpheme

Level: TypeAlias = Literal["hapsyo", "haeyo", "hao", "hae", "haera", ""]
"""하십시오체, 해요체, 하오체 (하시오), 해체, 해라체; "" for a sentence without an ending."""

POLITE = frozenset({"hapsyo", "haeyo"})
PLAIN = frozenset({"hae", "haera"})


class Ending(NamedTuple):
    """How a sentence ends."""

    level: Level
    request: bool
    """It asks the reader to do something: 하세요, 해 줘, 하라, 하기, 할 것, or a question."""
    ended: bool
    """It is whole: an ending, a nominal ending or a noun stands last, and nothing is cut off."""


_LEVELS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    (
        "hapsyo",
        re.compile(r"(?:니다|[ᆸ습옵]니까|^니까|시다|십시[오요]|ᆸ시[오요]|소서|ᆸ쇼|슴다|니다만)$"),
    ),
    ("haeyo", re.compile(r"(?:요|죠|[아어네에지까나데세죠]여)$")),
    ("hao", re.compile(r"(?:^오|^소|^으오|시오|구려|ᆸ디다|[다라]오)$")),
    ("hae", re.compile(r"(?:[다라냐자]니|[다라냐자]고)$")),  # 그럴 수 있다니, 어디라고
    ("haera", re.compile(r"(?:다|라|자|냐|니|구나|렴|려무나|랴|ᆫ가|는가|은가|던가|마)$")),
)
_NOMINAL = frozenset({"음", "ᆷ", "기", "것", "ㅁ"})
_REQUEST = re.compile(
    r"(?:세요|셔요|십시[오요]|시오|ᆸ시다|읍시다|어라|아라|여라|거라|너라|렴|려무나|^라|^으라|^자|주라"
    r"|^게|소서)$"
)
_QUESTION = re.compile(r"(?:[ᆸ습]니까|까|까요|나요|가요|ᆫ가|는가|냐|니|느냐|지|죠|지요)$")
_WISH = re.compile(
    r"바라/V|부탁/N\S+ (?:드리|하)/|[아어]야/E\S+ (?:[하되]/V|ᆯ)"
    r"|면/E\S+ (?:\S+/MA )?(?:좋/V|감사/|고맙/|하/V)"
    r"|필요/[NX]\S+ (?:하|이|가/\S+ 있)/|싶/V"
)
_TASKS = frozenset({"과제", "임무", "목표", "역할", "작업", "할일", "일"})
_CONNECTIVE = re.compile(r"(?:^고|^구|지만|며|면서|[어아]서|[으다]?니까|^으?면|느라|도록|려면)$")
"""Kiwi takes any form before a full stop for a final ending; these are not."""
_SPOKEN = re.compile(
    r"(?:[ᆫ은는던ᆯ을]데|^지|[아어]야지|[ᆯ을]까|네|거든|[다라냐자]고|^나|구나|[ᆫ은는ᆯ을]지|ᆯ는지|니다만"
    r"|^소|^오|^니|[다라]오|랴|^게)$"
)
"""Connectives that end a sentence in speech: 축구 가야 되는데."""
_CLOSING = frozenset({"SF", "SSC", "SSO", "SP", "SE", "SO", "SW", "W_EMOJI", "SY", "SS", "Z_CODA"})
_FULL_STOP = frozenset({"SF", "SE", "SW", "W_EMOJI", "SO"})
_BRACKETS = {")": "(", "]": "[", "}": "{", "）": "（"}


def ending(morphemes: Sequence[Morpheme], *, question: bool) -> Ending:
    """Return how a sentence of these morphemes ends; `question` if it closes with "?".

    >>> from korean_rlhf.translate.morphemes import morphemes
    >>> ending(morphemes("책을 읽으세요."), question=False)
    Ending(level='haeyo', request=True, ended=True)
    """
    core, stopped = _core(morphemes)
    if not core:
        return Ending("", request=False, ended=True)
    form, tag = core[-1].form, core[-1].tag
    if form in ("요", "이요") and tag in ("JX", "MM") and len(core) > 1:
        form, tag = core[-2].form + "요" if core[-2].tag == "EF" else "요", "EF"
    elif form == "그려" and tag == "JX" and len(core) > 1:
        form, tag = core[-2].form, "EF"  # 붉어지네그려
    if tag == "EC" and form.endswith("니다"):
        tag = "EF"  # 옳습니다[3]: a bracket misleads Kiwi
    if tag == "EC" and _SPOKEN.search(form):
        return Ending(_level(form), request=question, ended=stopped)
    if tag != "EF":
        nominal = tag == "ETN" or form == "것"
        return Ending("", request=nominal or question, ended=nominal or tag[:1] in "NSXI")
    if not question and _goes_on(form, core):
        return Ending("", request=False, ended=stopped)
    request = question or bool(_QUESTION.search(form)) or _asks(form, core)
    return Ending(_level(form), request=request, ended=True)


def _core(morphemes: Sequence[Morpheme]) -> tuple[list[Morpheme], bool]:
    """Return the morphemes up to the ending, and whether a mark that stops a sentence follows.

    Punctuation, emoticons, a note of a source and an aside in brackets do not belong to it:
    했다[3]. 했다(1919년).
    """
    core, stopped = list(morphemes), False
    while core:
        opening = _aside(core)
        if opening:
            del core[opening:]
        elif core[-1].tag in _CLOSING:
            stopped |= core.pop().tag in _FULL_STOP
        else:
            break
    return core, stopped


def _aside(core: Sequence[Morpheme]) -> int:
    """Return where the bracket at the end opens, if an ending stands before it; else 0."""
    opener = _BRACKETS.get(core[-1].form)
    if not opener:
        return 0
    for place in range(len(core) - 2, 0, -1):
        if core[place].form == opener:
            before, _ = _core(core[:place])  # another note may stand there: 했다.[2][3]
            return place if before and before[-1].tag in ("EF", "EC") else 0
    return 0


def _goes_on(form: str, core: Sequence[Morpheme]) -> bool:
    """Whether a form before a full stop joins clauses: 봤지만... 내가 할 테니."""
    if form == "니":
        return [each.form for each in core[-3:-1]] == ["터", "이"]
    return bool(_CONNECTIVE.search(form)) and not re.search(r"[ᆸ습옵]니까$", form)


def _asks(form: str, core: Sequence[Morpheme]) -> bool:
    """Whether an ending asks for something: 하세요, 해 (which may be an order), 해 주어요."""
    if form in _NOMINAL or _REQUEST.search(form):
        return True
    if _wishes(core):
        return True
    before, tag = core[-2][:2] if len(core) > 1 else ("", "")
    if form in ("어", "아"):
        return tag in ("VV", "VX", "XSV")  # 봤어 has 었 between
    return form in ("어요", "아요", "오") and before in ("주", "시", "달")


def _wishes(core: Sequence[Morpheme]) -> bool:
    """Whether a statement says what is wanted: 하기 바랍니다, 해야 합니다, 하면 좋겠습니다."""
    forms = [f"{each.form}/{each.tag[:2]}" for each in core[-6:]]
    return bool(_WISH.search(" ".join(forms))) or (
        forms[-3:-1] == ["것/NN", "이/VC"] and any(each.form in _TASKS for each in core)
    )


def _level(form: str) -> Level:
    if form in _NOMINAL:
        return ""
    for level, pattern in _LEVELS:
        if pattern.search(form):
            return level
    return "hae"
