"""Conjugate Korean verbs, adjectives and the copula, irregular ones too, in four speech levels.

A predicate is written in its dictionary form: "먹다", "손을 씻다" (only the last word changes),
"의사=" (a noun with the copula 이다; the mark keeps it apart from verbs such as 보이다).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

from korean_rlhf.hangul import compose, decompose, final_index

Register: TypeAlias = Literal["haeyo", "hapsyo", "hae", "haera"]
REGISTERS: tuple[Register, ...] = get_args(Register)
"""Speech levels: 해요체, 하십시오체, 해체 (반말), 해라체 (the plain style of writing)."""

# Regular ones that look alike (입다, 받다, 씻다, 좋다) are simply not listed.
_BIEUP = frozenset(
    "덥 춥 맵 쉽 어렵 가깝 무겁 가볍 뜨겁 차갑 더럽 어둡 두껍 귀엽 고맙 아름답 즐겁 시끄럽 "
    "부드럽 반갑 새롭 눕 줍 굽 돕 싱겁 외롭 무섭 미끄럽 자연스럽 사랑스럽 따갑".split()
)
_DIGEUT = frozenset("걷 듣 묻 싣 깨닫".split())
_SIOT = frozenset("짓 낫 잇 붓 젓".split())
_HIEUT = frozenset("빨갛 노랗 파랗 하얗 까맣 이렇 그렇 어떻".split())

ADJECTIVES = frozenset(
    "달다 시다 짜다 쌉쌀하다 맵다 크다 작다 길다 짧다 높다 낮다 많다 적다 빠르다 느리다 덥다 춥다 "
    "무겁다 가볍다 밝다 어둡다 넓다 좁다 쉽다 어렵다 가깝다 멀다 두껍다 얇다 깨끗하다 더럽다 "
    "뜨겁다 차갑다 강하다 약하다 기쁘다 슬프다 좋다 나쁘다 새롭다 낡다 깊다 얕다 굵다 가늘다 "
    "비싸다 싸다 젊다 부지런하다 게으르다 조용하다 시끄럽다 맛있다 재미있다 시원하다 "
    "따뜻하다 부드럽다 고소하다 상큼하다 새콤하다 달콤하다 매콤하다 담백하다 아삭하다 쫄깃하다 "
    "귀엽다 예쁘다 아름답다 착하다 친절하다 바쁘다 아프다 고맙다 즐겁다 반갑다 행복하다 편리하다 "
    "빨갛다 노랗다 파랗다 하얗다 까맣다 맑다 흐리다 고프다 심심하다 배고프다 "
    "피곤하다 건강하다 싱싱하다 둥글다 다르다 같다 유명하다 중요하다 튼튼하다 순하다 "
    "영리하다 무섭다 짙다 안전하다 편하다 필요하다 속상하다 뿌듯하다 미안하다".split()
)
_EXISTENCE = ("있", "없", "계시")
_BRIGHT = "ㅏㅑㅗ"
_CONTRACTED = {"ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ", "ㅚ": "ㅙ"}
_SILENT = "ㅏㅐㅓㅔㅕ"


def is_adjective(predicate: str) -> bool:
    """Whether the last word of `predicate` is an adjective (형용사), which has no 는다.

    >>> is_adjective("값이 싸다"), is_adjective("사다")
    (True, False)
    """
    last = predicate.split(" ")[-1]
    return last in ADJECTIVES or (last.endswith(("있다", "없다")) and last in ADJECTIVES)


def infinitive(stem: str) -> str:
    """Return the 아/어 form of `stem`, contracted as it is spoken.

    >>> [infinitive(stem) for stem in ("가", "먹", "마시", "빠르", "덥", "돕", "듣", "하얗", "쓰")]
    ['가', '먹어', '마셔', '빨라', '더워', '도와', '들어', '하얘', '써']
    """
    head, last = stem[:-1], stem[-1]
    lead, vowel, tail = decompose(last)
    word = _word(stem)
    if last == "하":
        return head + "해"
    if last == "르" and head and word not in ("치르", "들르", "따르"):
        return _doubled_rieul(head)
    if word in _BIEUP:
        return head + compose(lead, vowel) + ("와" if word in ("돕", "곱") else "워")
    if word in _DIGEUT:
        return head + compose(lead, vowel, "ㄹ") + _a_or_eo(vowel)
    if word in _SIOT:
        return head + compose(lead, vowel) + _a_or_eo(vowel)
    if word in _HIEUT:
        return head + compose(lead, {"ㅏ": "ㅐ", "ㅓ": "ㅐ", "ㅑ": "ㅒ"}[vowel])
    if tail:
        return stem + _a_or_eo(vowel)
    return _open_infinitive(head, lead, vowel)


def _open_infinitive(head: str, lead: str, vowel: str) -> str:
    """Return the 아/어 form of a stem without a final consonant."""
    if vowel in _SILENT:
        return head + compose(lead, vowel)
    if vowel == "ㅡ":
        before = decompose(head[-1])[1] if head and head[-1] != " " else ""
        return head + compose(lead, "ㅏ" if before and before in "ㅏㅗ" else "ㅓ")
    if vowel in _CONTRACTED:
        return head + compose(lead, _CONTRACTED[vowel])
    return head + compose(lead, vowel) + "어"


def _doubled_rieul(head: str) -> str:
    lead, vowel, _ = decompose(head[-1])
    return head[:-1] + compose(lead, vowel, "ㄹ") + ("라" if vowel in _BRIGHT else "러")


def _a_or_eo(vowel: str) -> str:
    return "아" if vowel in _BRIGHT else "어"


def _word(stem: str) -> str:
    return stem.split(" ")[-1]


def _soft(stem: str) -> tuple[str, str]:
    """Return `stem` as it stands before 으-endings and the buffer that joins them: 으 or ""."""
    lead, vowel, tail = decompose(stem[-1])
    word, head = _word(stem), stem[:-1]
    if word in _BIEUP:
        return head + compose(lead, vowel) + "우", ""
    if word in _DIGEUT:
        return head + compose(lead, vowel, "ㄹ"), "으"
    if word in _SIOT:
        return head + compose(lead, vowel), "으"
    if word in _HIEUT:
        return head + compose(lead, vowel), ""
    return stem, "으" if tail and tail != "ㄹ" else ""


def attach_eu(stem: str, ending: str) -> str:
    """Return `stem` with an ending that takes 으 after a consonant; ㄴ, ㄹ, ㅂ join as a final.

    >>> attach_eu("먹", "면"), attach_eu("만들", "면"), attach_eu("만들", "니까")
    ('먹으면', '만들면', '만드니까')
    >>> attach_eu("덥", "ㄴ"), attach_eu("걷", "ㄹ"), attach_eu("가", "ㄹ"), attach_eu("살", "ㄴ")
    ('더운', '걸을', '갈', '산')
    """
    soft, buffer = _soft(stem)
    first = ending[0]
    initial = decompose(first)[0] if first not in "ㄴㄹㅂ" else first
    if initial in "ㄴㅂㅅ" and not buffer:
        soft = _without_rieul(soft)
    if first not in "ㄴㄹㅂ":
        return soft + buffer + ending
    base = soft + buffer
    lead, vowel, tail = decompose(base[-1])
    if tail == "ㄹ":  # 만들 + ㄹ stays 만들
        return base + ending[1:]
    return base[:-1] + compose(lead, vowel, first) + ending[1:]


def attach(stem: str, ending: str) -> str:
    """Return `stem` with a consonant ending; ㄹ falls before ㄴ and ㅅ.

    >>> attach("만들", "는"), attach("만들", "고"), attach("덥", "지만")
    ('만드는', '만들고', '덥지만')
    """
    if decompose(ending[0])[0] in "ㄴㅅ":
        stem = _without_rieul(stem)
    return stem + ending


def _without_rieul(stem: str) -> str:
    lead, vowel, tail = decompose(stem[-1])
    return stem[:-1] + compose(lead, vowel) if tail == "ㄹ" else stem


def past_stem(stem: str) -> str:
    """Return the stem with 았/었.

    >>> past_stem("가"), past_stem("먹"), past_stem("하")
    ('갔', '먹었', '했')
    """
    form = infinitive(stem)
    lead, vowel, _ = decompose(form[-1])
    return form[:-1] + compose(lead, vowel, "ㅆ")


def _formal(stem: str, ending: str) -> str:
    """Return `stem` with ㅂ니다/습니다 or ㅂ니까/습니까."""
    open_or_rieul = decompose(stem[-1])[2] in ("", "ㄹ")
    return attach_eu(stem, "ㅂ" + ending) if open_or_rieul else stem + "습" + ending


def _plain_present(stem: str, adjective: bool) -> str:
    """Return the 해라체 present: 간다, 먹는다, 크다, 있다."""
    if adjective or stem.endswith(_EXISTENCE[:2]):
        return stem + "다"
    open_or_rieul = decompose(stem[-1])[2] in ("", "ㄹ")
    return attach_eu(stem, "ㄴ다") if open_or_rieul else stem + "는다"


def _present(stem: str, register: Register, adjective: bool) -> str:
    if register == "haeyo":
        return "아니에요" if stem == "아니" else infinitive(stem) + "요"
    if register == "hapsyo":
        return _formal(stem, "니다")
    return infinitive(stem) if register == "hae" else _plain_present(stem, adjective)


def _ask(stem: str, register: Register, adjective: bool) -> str:
    if register == "hapsyo":
        return _formal(stem, "니까")
    if register == "haera":
        return attach(stem, "니")
    return _present(stem, register, adjective)


_AFTER_SS: dict[Register, str] = {"haeyo": "어요", "hapsyo": "습니다", "hae": "어", "haera": "다"}
_ASKED: dict[Register, str] = {"haeyo": "어요", "hapsyo": "습니까", "hae": "어", "haera": "니"}
_THING: dict[Register, str] = {
    "haeyo": "거예요",
    "hapsyo": "것입니다",
    "hae": "거야",
    "haera": "것이다",
}
_GIVE: dict[Register, str] = {"haeyo": "주세요", "hapsyo": "주십시오", "hae": "줘", "haera": "다오"}
_DO: dict[Register, str] = {"haeyo": "해요", "hapsyo": "합니다", "hae": "해", "haera": "한다"}
_WANT: dict[Register, str] = {
    "haeyo": "싶어요",
    "hapsyo": "싶습니다",
    "hae": "싶어",
    "haera": "싶다",
}
_CAN: dict[Register, str] = {
    "haeyo": "있어요",
    "hapsyo": "있습니다",
    "hae": "있어",
    "haera": "있다",
}
_BE: dict[Register, str] = _CAN
_OFFER: dict[Register, str] = {"haeyo": "까요", "hapsyo": "까요", "hae": "까", "haera": "까"}


def _please(stem: str, register: Register) -> str:
    if register == "haeyo":
        return attach_eu(stem, "세요")
    if register == "hapsyo":
        return attach_eu(stem, "십시오")
    return infinitive(stem) + ("라" if register == "haera" else "")


def _let(stem: str, register: Register) -> str:
    if register == "hapsyo":
        return attach_eu(stem, "ㅂ시다")
    return attach(stem, "자") if register in ("hae", "haera") else infinitive(stem) + "요"


_FINAL: dict[str, Callable[[str, Register, bool], str]] = {
    "present": _present,
    "past": lambda stem, register, _: past_stem(stem) + _AFTER_SS[register],
    "will": lambda stem, register, _: attach_eu(stem, "ㄹ") + " " + _THING[register],
    "intend": lambda stem, register, _: attach(stem, "겠") + _AFTER_SS[register],
    "ask": _ask,
    "asked": lambda stem, register, _: past_stem(stem) + _ASKED[register],
    "please": lambda stem, register, _: _please(stem, register),
    "favor": lambda stem, register, _: infinitive(stem) + " " + _GIVE[register],
    "let": lambda stem, register, _: _let(stem, register),
    "offer": lambda stem, register, _: attach_eu(stem, "ㄹ") + _OFFER[register],
    "must": lambda stem, register, _: infinitive(stem) + "야 " + _DO[register],
    "want": lambda stem, register, _: attach(stem, "고 ") + _WANT[register],
    "can": lambda stem, register, _: attach_eu(stem, "ㄹ") + " 수 " + _CAN[register],
    "being": lambda stem, register, _: attach(stem, "고 ") + _BE[register],
    "not": lambda stem, register, adjective: (
        attach(stem, "지 ") + _present("않", register, adjective)
    ),
    "good": lambda stem, register, _: attach_eu(stem, "면 ") + _present("좋", register, True),
}
_JOINING: dict[str, Callable[[str, bool], str]] = {
    "고": lambda stem, _: attach(stem, "고"),
    "지만": lambda stem, _: attach(stem, "지만"),
    "지": lambda stem, _: attach(stem, "지"),
    "게": lambda stem, _: attach(stem, "게"),
    "기": lambda stem, _: attach(stem, "기"),
    "아서": lambda stem, _: infinitive(stem) + "서",
    "아도": lambda stem, _: infinitive(stem) + "도",
    "아": lambda stem, _: infinitive(stem),
    "면": lambda stem, _: attach_eu(stem, "면"),
    "니까": lambda stem, _: attach_eu(stem, "니까"),
    "려면": lambda stem, _: attach_eu(stem, "려면"),
    "러": lambda stem, _: attach_eu(stem, "러"),
    "려고": lambda stem, _: attach_eu(stem, "려고"),
    "면서": lambda stem, _: attach_eu(stem, "면서"),
    "past_how": lambda stem, _: past_stem(stem) + "는지",
    "past_because": lambda stem, _: past_stem(stem) + "기",
    "는지": lambda stem, adjective: (
        attach_eu(stem, "ㄴ지")
        if adjective and not stem.endswith(_EXISTENCE)
        else attach(stem, "는지")
    ),
    "ㄹ": lambda stem, _: attach_eu(stem, "ㄹ"),
    "ㄴ": lambda stem, _: attach_eu(stem, "ㄴ"),  # of a verb: past
    "는": lambda stem, adjective: (
        attach_eu(stem, "ㄴ") if adjective and not stem.endswith(_EXISTENCE) else attach(stem, "는")
    ),
    "는데": lambda stem, adjective: (
        attach_eu(stem, "ㄴ데")
        if adjective and not stem.endswith(_EXISTENCE)
        else attach(stem, "는데")
    ),
}
FINAL_ENDINGS: tuple[str, ...] = tuple(_FINAL)
JOINING_ENDINGS: tuple[str, ...] = tuple(_JOINING)

_COPULA: dict[str, dict[Register, tuple[str, str]]] = {
    "present": {
        "haeyo": ("이에요", "예요"),
        "hapsyo": ("입니다", "입니다"),
        "hae": ("이야", "야"),
        "haera": ("이다", "다"),
    },
    "past": {
        "haeyo": ("이었어요", "였어요"),
        "hapsyo": ("이었습니다", "였습니다"),
        "hae": ("이었어", "였어"),
        "haera": ("이었다", "였다"),
    },
    "ask": {
        "haeyo": ("이에요", "예요"),
        "hapsyo": ("입니까", "입니까"),
        "hae": ("이야", "야"),
        "haera": ("이니", "니"),
    },
    "offer": {
        "haeyo": ("일까요", "일까요"),
        "hapsyo": ("일까요", "일까요"),
        "hae": ("일까", "일까"),
        "haera": ("일까", "일까"),
    },
}
_COPULA_JOINING = {
    "고": ("이고", "고"),
    "지만": ("이지만", "지만"),
    "아서": ("이라서", "라서"),
    "기": ("이기", "이기"),
    "는": ("인", "인"),
    "는데": ("인데", "인데"),
    "니까": ("이니까", "니까"),
    "면": ("이면", "면"),
}


@lru_cache(maxsize=20_000)
def conjugate(predicate: str, ending: str, register: Register = "haeyo") -> str:
    """Return `predicate` (dictionary form, or a noun and "=") with `ending`.

    Raises:
        KeyError: no ending is called so.

    >>> [conjugate("손을 씻다", "past", register) for register in REGISTERS]
    ['손을 씻었어요', '손을 씻었습니다', '손을 씻었어', '손을 씻었다']
    >>> conjugate("의사=", "present"), conjugate("선생님=", "present"), conjugate("의사=", "고")
    ('의사예요', '선생님이에요', '의사고')
    >>> conjugate("크다", "present", "haera"), conjugate("만들다", "present", "haera")
    ('크다', '만든다')
    """
    if predicate.endswith("="):
        return _conjugate_copula(predicate[:-1], ending, register)
    stem, adjective = predicate[:-1], is_adjective(predicate)
    if ending in _JOINING:
        return _JOINING[ending](stem, adjective)
    return _FINAL[ending](stem, register, adjective)


def _conjugate_copula(noun: str, ending: str, register: Register) -> str:
    forms = _COPULA_JOINING[ending] if ending in _COPULA_JOINING else _COPULA[ending][register]
    return noun + forms[0 if final_index(noun) else 1]
