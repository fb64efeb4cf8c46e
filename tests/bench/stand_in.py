"""A Korean text of the right shape for an English one that nobody translated.

It is no translation: its nouns are drawn from a list. What the checks look at is as a right
translation has it: the marks, numbers and names, lines and list signs, the number of sentences,
each with its speech act (a request, a question, a denial, a statement), one speech level, and about
the length that Korean has. Nouns that commonwords.py knows stand where the English has them, so
that exchanged rows can be told.
"""

from __future__ import annotations

import random
import re
from functools import cache

from korean_rlhf.hangul import josa
from korean_rlhf.records import Role
from korean_rlhf.translate.checks.speech import DENIES
from korean_rlhf.translate.commonwords import korean_beginnings
from korean_rlhf.translate.imperative import asks_for_something
from korean_rlhf.translate.numerals import NUMBER, canonical
from korean_rlhf.translate.protect import MARK, Protected
from korean_rlhf.translate.quantities import english_quantities

NOUNS = """
    기록 바람 생각 방법 자리 이야기 마음 하루 의견 부분 결과 내용 과정 경험 관계 기회 문제 변화 사실
    상태 상황 선택 설명 시간 역할 영향 의미 이유 자료 정보 조건 주제 준비 차이 태도 특징 표현 행동
    환경 효과 가치 감정 건강 계획 공간 기술 기준 노력 능력 단계 대화 도움 목표 목적 물건 배경 분위기
    사람 사회 생활 성격 소식 수준 순서 습관 시작 약속 연구 예시 원인 의도 이름 이웃 인사 일상 작업
    장면 장소 전체 정도 제안 조사 주변 지식 질서 책임 친구 토론 판단 평가 풍경 필요 해결 희망
""".split()
LINKS = ("{0} {1} 함께", "{0} 가운데 {1} 먼저", "{0} 따라 {1} 다시", "{0} 보면서 {1} 조금 더")
PREDICATES = {
    "request": ("적어 주세요", "설명해 주세요", "골라 주세요", "정리해 주세요", "써 주세요"),
    "question": ("어떻게 되나요", "무엇인가요", "어떻게 하면 되나요", "어디에서 찾을 수 있나요"),
    "denied request": ("하지 말고 적어 주세요", "빼지 말고 설명해 주세요"),
    "denied question": ("왜 그렇지 않나요", "어떻게 하면 되지 않나요"),
    "denial": ("하지 않아요", "되지 않아요", "그렇지 않아요", "찾을 수 없어요"),
    "statement": ("이어져요", "살펴봐요", "나타나요", "정리돼요", "남아 있어요", "좋아져요"),
}
LIST_SIGN = re.compile(r"^(\s*(?:[-*+•]\s|\d+[.)]\s|#{1,6} )?\s*)(.*)$")
TABLE = re.compile(r"^\s*\|.*\|\s*$")
END = re.compile(r"(?<=[.!?…])(?<!\bMr\.)(?<!\bDr\.)(?<!\bMs\.)(?<!\be\.g\.)(?<!\bi\.e\.)\s+")
CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}")
DIGITS = re.compile(NUMBER)
SHARE = 0.55
"""Length of Korean over English, in characters: the median of JHE is 0.5."""


def stand_in(protected: Protected, speaker: Role) -> str:
    """Return Korean in the shape of a masked English text, its spans in place."""
    rng = random.Random(protected.masked)
    lines = [_line(line, speaker, rng) for line in protected.masked.split("\n")]
    return MARK.sub(lambda mark: protected.spans[int(mark[1])], "\n".join(lines))


def _line(line: str, speaker: Role, rng: random.Random) -> str:
    if TABLE.match(line):
        return re.sub(r"[A-Za-z][A-Za-z ]*", lambda cell: rng.choice(NOUNS), line)
    sign, text = LIST_SIGN.match(line).groups()
    return sign + " ".join(_sentence(part, speaker, rng) for part in END.split(text) if part)


def _sentence(english: str, speaker: Role, rng: random.Random) -> str:
    if not re.search(r"[A-Za-z]", MARK.sub("", english)):
        return english
    said = _facts(english)
    end = re.search(r"[.!?…:;,]*[\"'”’)\]]*\s*$", english)[0].strip()
    act = _act(english, speaker)
    predicate = rng.choice(PREDICATES[act])
    words = len(" ".join(said))
    while words + len(predicate) < SHARE * len(english):
        pair = _clause(rng, act)
        said.insert(rng.randrange(len(said) + 1), pair)
        words += len(pair) + 1
    if not re.search(r"[.!?]", end) and act == "statement":
        said.append(rng.choice(NOUNS))  # a heading, a label: a noun ends it
        return " ".join(said) + end
    return f"{' '.join(said)} {predicate}{end}".strip()


def _clause(rng: random.Random, act: str) -> str:
    first, second = rng.sample(NOUNS, 2)
    frame = rng.choice(LINKS)
    return frame.format(first + josa(first, "을/를"), second + josa(second, "을/를"))


def _facts(english: str) -> list[str]:
    """Return what a translation must hold: marks, numbers, names and known words, in order."""
    found = [(mark.start(), mark[0]) for mark in MARK.finditer(english)]
    plain = MARK.sub(lambda mark: " " * len(mark[0]), english)
    found += [(digits.start(), digits[0]) for digits in DIGITS.finditer(plain)]
    found += [(name.start(), name[0]) for name in CAPITAL.finditer(plain)]
    for word in re.finditer(r"[A-Za-z]+", plain):
        known = korean_beginnings(word[0])
        if known and len(known[0]) > 1 and _is_noun(known[0]):
            found.append((word.start(), known[0]))
    digits = {canonical(digits[0]) for digits in DIGITS.finditer(plain)}
    quantities = english_quantities(plain)
    others = sorted((quantities.spelled | quantities.written) - digits)
    return [text for _, text in sorted(found)] + [f"{value}개" for value in others]


@cache
def _act(english: str, speaker: Role) -> str:
    denied = bool(DENIES.search(english))
    if english.rstrip("\"'”’) ").endswith("?"):
        return "denied question" if denied else "question"
    if speaker == "user" and asks_for_something(english):
        return "denied request" if denied else "request"
    return "denial" if denied else "statement"


@cache
def _is_noun(word: str) -> bool:
    """Whether a beginning in commonwords.py is a word of its own: not 좋아 or 무거."""
    from kiwipiepy import Kiwi

    if "kiwi" not in _LOADED:
        _LOADED["kiwi"] = Kiwi(num_workers=1, load_multi_dict=False)
    return [token.tag for token in _LOADED["kiwi"].tokenize(word)] == ["NNG"]


_LOADED: dict[str, object] = {}
