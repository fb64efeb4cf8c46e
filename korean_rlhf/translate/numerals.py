"""Numbers as Korean writes them: 3만 5천, 200만, 스물다섯, 다섯 개."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

KOREAN_SCALES = {"십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}
NATIVE_ONES = (
    "",
    "하나 한",
    "둘 두",
    "셋 세 석",
    "넷 네 넉",
    "다섯",
    "여섯",
    "일곱",
    "여덟",
    "아홉",
)
NATIVE_TENS = ("", "열", "스물 스무", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
SINO = "영일이삼사오육칠팔구"
_NATIVE = {
    ten + form: 10 * tens + ones
    for tens in range(10)
    for ten in (NATIVE_TENS[tens].split() or [""])
    for ones in range(10)
    for form in (NATIVE_ONES[ones].split() or [""])
    if 10 * tens + ones > 1
}
"""Korean numerals and their values from 2 to 99: 두, 셋, 스무, 스물다섯."""

NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*"
_KOREAN = re.compile(rf"({NUMBER})([십백천만억조]+)?")
_COUNTERS = (
    "개 명 마리 권 살 송이 그루 병 잔 자루 장 켤레 채 척 벌 그릇 조각 사람 시간 시 번".split()
)
_MORE_COUNTERS = """
    가지 달 주 배 쌍 쪽 군데 종류 층 대 년 월 일 분 초 인 차 등 단계 학년 세기 호 자리 줄 방울
    곳 편 곡 바퀴 걸음 달러 센트 원 퍼센트 미터 킬로 그램 리터 점 부 회 위 끼 통 채널 비트 바이트
    진 차원 명령 요소 값 경우
""".split()
_COUNTED = re.compile(
    rf"(?<![가-힣])({'|'.join(_NATIVE)})\s?(?:{'|'.join(_COUNTERS)})(?![을를]?\s?위|째)"
)
_ALL_COUNTERS = "|".join((*_COUNTERS, *_MORE_COUNTERS))


@dataclass(frozen=True, slots=True)
class KoreanNumber:
    """A number in digits, in one part or more: 3만 5천."""

    parts: tuple[tuple[str, ...], ...]
    """Each with all that it may mean: 3만 is 30000, and perhaps "only 3"."""

    @property
    def whole(self) -> str:
        """The sum of the parts."""
        if len(self.parts) == 1:
            return self.parts[0][0]
        return str(sum(_floor(part[0]) for part in self.parts))

    @property
    def values(self) -> set[str]:
        """All that it may mean."""
        return {self.whole, *(value for part in self.parts for value in part)}


@lru_cache(maxsize=4096)  # a text is compared with every other of its request
def korean_numbers(text: str) -> tuple[KoreanNumber, ...]:
    """Return the numbers in digits of a Korean text; 3만 5천 is one number of two parts.

    >>> [number.whole for number in korean_numbers("3만 5천 원과 1,200명")]
    ['35000', '1200']
    """
    runs: list[list[tuple[str, ...]]] = []
    end, smallest = -2, 0
    for match in _KOREAN.finditer(text):
        factor = math.prod(KOREAN_SCALES[char] for char in match[2] or "")
        value = scaled(match[1], factor)
        meanings = (value, canonical(match[1])) if match[2] else (value,)
        if smallest > _floor(value) > 0 and match.start() - end in (0, 1):
            runs[-1].append(meanings)
        else:
            runs.append([meanings])
        end, smallest = match.end(), factor if match[2] else 0
    return tuple(KoreanNumber(tuple(run)) for run in runs)


@lru_cache(maxsize=4096)  # a text is compared with every other of its request
def counted_words(text: str) -> tuple[tuple[str, str], ...]:
    """Return (word, value) of the numerals in Korean words that count something; 한 is left out.

    >>> counted_words("사과 다섯 개와 한 마리의 개, 두 번, 스물두 명")
    (('다섯', '5'), ('두', '2'), ('스물두', '22'))
    """
    return tuple((found[1], str(_NATIVE[found[1]])) for found in _COUNTED.finditer(text))


def _floor(value: str) -> int:
    return int(value.partition(".")[0])


@lru_cache(maxsize=4096)
def korean_forms(number: int) -> tuple[str, ...]:
    """Return how a whole number is said in Korean words.

    >>> korean_forms(3), korean_forms(25), korean_forms(200)
    (('셋', '세', '석', '삼'), ('스물다섯', '스무다섯', '이십오'), ('이백',))
    """
    forms = []
    if 0 < number < 100:
        tens, ones = divmod(number, 10)
        for ten in NATIVE_TENS[tens].split() or [""]:
            forms += [ten + one for one in NATIVE_ONES[ones].split() or [""]]
    if number < 10**8:
        forms.append(_sino(number))
    return tuple(forms)


def _sino(number: int) -> str:
    if number == 0:
        return SINO[0]
    if number >= 10**4:
        high, low = divmod(number, 10**4)
        return ("" if high == 1 else _sino(high)) + "만" + (_sino(low) if low else "")
    said = ""
    for place, name in ((1000, "천"), (100, "백"), (10, "십"), (1, "")):
        digit = number // place % 10
        if digit:
            said += ("" if digit == 1 and name else SINO[digit]) + name
    return said


def holds_word(form: str, target: str) -> bool:
    """Whether a numeral in words stands in `target`; 세 is none in 세라, nor 오 in 오이."""
    if len(form) > 1:
        return form in target
    behind = rf"\s|$|[^가-힣]|{_ALL_COUNTERS}"
    if form in "둘셋넷열":  # these stand alone and take particles
        behind += "|[은는이가을를과와도만의로씩]|으로|이서"
    return bool(re.search(rf"(?<![가-힣]){form}(?={behind})", target))


def scaled(digits: str, factor: int) -> str:
    """Return the number written in `digits`, times `factor`, in one form for equal values."""
    plain = digits.replace(",", "")
    if plain.count(".") > 1:
        return plain  # a version
    if "." not in plain:
        return str(int(plain) * factor)
    value = float(plain) * factor
    whole = round(value)
    return str(whole) if factor > 1 and abs(value - whole) < 1e-6 else f"{value:g}"


def canonical(digits: str) -> str:
    """Return a number in one form for equal values: 1,200 is 1200, 2.50 is 2.5."""
    return scaled(digits, 1)
