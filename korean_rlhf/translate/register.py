"""Speech levels (말투) of Korean text, sentence by sentence, from the endings that Kiwi finds.

Kiwi and its model take 2 seconds and 330 MB to load, so they are loaded at the first sentence.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from kiwipiepy import Kiwi

Level: TypeAlias = Literal["hapsyo", "haeyo", "hao", "hae", "haera", ""]
"""하십시오체, 해요체, 하오체 (하시오), 해체, 해라체; "" for a sentence without an ending."""

POLITE = frozenset({"hapsyo", "haeyo"})
PLAIN = frozenset({"hae", "haera"})

_HAPSYO = re.compile(r"(?:니다|[ᆸ습읍]니까|ᆸ시다|읍시다|십시오|ᆸ시오)$")
_HAEYO = re.compile(r"(?:요|죠)$")
_HAO = re.compile(r"(?:^오|^소|^으오|시오|구려|ᆸ디다)$")
_HAERA = re.compile(r"(?:다|라|자|냐|니|구나|렴|려무나|랴|ᆫ가|는가|은가|던가|마)$")
_NOMINAL = frozenset({"음", "ᆷ", "기", "것", "ㅁ"})
_REQUEST = re.compile(
    r"(?:세요|셔요|십시오|시오|ᆸ시다|읍시다|어라|아라|여라|거라|너라|렴|려무나|^라|^으라|^자|주라|^게)$"
)
_QUESTION = re.compile(r"(?:니까|까|까요|나요|가요|ᆫ가|는가|냐|니|느냐|지|죠|지요)$")
_CLOSING = frozenset({"SF", "SSC", "SSO", "SP", "SE", "SO", "SW", "W_EMOJI", "SY", "SS"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and how it ends."""

    text: str
    level: Level
    request: bool
    """It asks the reader to do something: 하세요, 해 줘, 하라, 하기, 할 것, or a question."""
    ended: bool
    """It has an ending, a nominal ending or a noun at its end, as a whole sentence has."""


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of `text`, each with its speech level.

    >>> [sentence.level for sentence in sentences("비가 와요. 우산을 챙기십시오. 간다!")]
    ['haeyo', 'hapsyo', 'haera']
    """
    lines = unicodedata.normalize("NFC", text).splitlines()
    return [sentence for line in lines if line.strip() for sentence in _of_line(line)]


def text_register(text: str) -> str:
    """Return the speech level of `text`, "mixed" for several, "" for none.

    >>> text_register("책을 읽었어요. 재미있었어요."), text_register("책을 읽었어요. 재미있다.")
    ('haeyo', 'mixed')
    """
    levels = {sentence.level for sentence in sentences(text)} - {""}
    return levels.pop() if len(levels) == 1 else "mixed" if levels else ""


def is_mixed(found: Sequence[Sentence]) -> bool:
    """Whether polite and plain sentences stand side by side.

    해요체 beside 하십시오체 is not counted: careful speakers mix the two.
    """
    levels = {sentence.level for sentence in found}
    return bool(levels & POLITE) and bool(levels & PLAIN)


@lru_cache(maxsize=4096)
def _of_line(line: str) -> tuple[Sentence, ...]:
    """Return the sentences of one line; several checks ask for the same."""
    with _one_at_a_time:
        parts = _kiwi().split_into_sents(line, return_tokens=True)
    return tuple(
        _sentence(part.text, [(token.form, token.tag) for token in part.tokens]) for part in parts
    )


def _sentence(text: str, tokens: Sequence[tuple[str, str]]) -> Sentence:
    core = list(tokens)
    while core and core[-1][1] in _CLOSING:
        core.pop()
    if not core:
        return Sentence(text, "", request=False, ended=True)
    question = text.rstrip("\"'”’)]」』 ").endswith("?")
    form, tag = core[-1]
    if tag == "JX" and form in ("요", "이요") and len(core) > 1:
        before, before_tag = core[-2]
        form = before + "요" if before_tag == "EF" else "요"
        tag = "EF"
    if tag != "EF":
        nominal = tag == "ETN" or form == "것"
        return Sentence(text, "", request=nominal or question, ended=nominal or tag[:1] in "NSXI")
    request = question or bool(_QUESTION.search(form)) or _asks(form, core)
    return Sentence(text, _level(form), request=request, ended=True)


def _asks(form: str, core: Sequence[tuple[str, str]]) -> bool:
    """Whether an ending asks for something: 하세요, 해 (which may be an order), 해 주어요."""
    if form in _NOMINAL or _REQUEST.search(form):
        return True
    before, tag = core[-2] if len(core) > 1 else ("", "")
    if form in ("어", "아"):
        return tag in ("VV", "VX", "XSV")  # 봤어 has 었 between
    return form in ("어요", "아요", "오") and before in ("주", "시", "달")


def _level(form: str) -> Level:
    if form in _NOMINAL:
        return ""
    for level, pattern in _LEVELS:
        if pattern.search(form):
            return level
    return "hae"


_LEVELS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("hapsyo", _HAPSYO),
    ("haeyo", _HAEYO),
    ("hao", _HAO),
    ("haera", _HAERA),
)
_one_at_a_time = threading.Lock()


@lru_cache(maxsize=1)
def _kiwi() -> Kiwi:
    from kiwipiepy import Kiwi

    # Names of several words do not matter for endings, and cost 190 MB and 4 seconds.
    return Kiwi(num_workers=1, load_multi_dict=False)
