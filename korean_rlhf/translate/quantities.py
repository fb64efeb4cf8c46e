"""The numbers of an English text and of its Korean translation, and whether they are the same.

English "2 million", "twenty-five" and "3 pm" are the numbers of 200만, 25 and 15시. Values are
compared as sets: a Korean sentence may leave out what is clear, or say it twice.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

UNITS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
TENS = dict(
    zip(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        range(20, 100, 10),
        strict=True,
    )
)
SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINALS = dict(
    zip(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        range(1, 13),
        strict=True,
    )
)
MONTHS = dict(
    zip(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(),
        range(1, 13),
        strict=True,
    )
)
OTHERS = {
    **{"once": (1,), "twice": (2,), "thrice": (3,), "both": (2,), "couple": (2,), "pair": (2,)},
    **{"double": (2,), "triple": (3,), "dozen": (12,), "dozens": (10, 12), "half": (1, 2, 50, 30)},
    **{"quarter": (1, 4, 25, 15), "noon": (12,), "midnight": (0, 12, 24), "single": (1,)},
    **{"decade": (10,), "decades": (10,), "century": (100, 1), "centuries": (100,)},
    **{"fortnight": (2,), "week": (1, 7), "year": (1,), "hour": (1,), "day": (1,), "another": (1,)},
    **{"decimal": (10,), "hexadecimal": (16,), "hex": (16,), "octal": (8,), "binary": (2,)},
    **{"nonzero": (0,), "zeros": (0,), "zeroes": (0,), "none": (0,), "no": (0,)},
    **{"month": (1,), "minute": (1,), "a": (1,), "an": (1,), "each": (1,), "only": (1,)},
}
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

_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*"
_ENGLISH = re.compile(
    rf"(?P<digits>{_NUMBER})(?P<scale>\s?(?:hundred|thousand|million|billion|trillion|k|bn|m)\b)?"
    r"|(?P<word>[a-z]+)",
    re.IGNORECASE,
)
_SHORT = {"k": 10**3, "m": 10**6, "bn": 10**9}
_KOREAN = re.compile(rf"({_NUMBER})([십백천만억조]+)?")
_COUNTERS = "개 명 마리 권 살 송이 그루 병 잔 자루 장 켤레 채 척 벌 그릇 조각 사람 시간 시".split()
_MORE_COUNTERS = """
    번 가지 달 주 배 쌍 쪽 군데 종류 층 대 년 월 일 분 초 인 차 등 단계 학년 세기 호 자리 줄 방울
    곳 편 곡 바퀴 걸음 달러 센트 원 퍼센트 미터 킬로 그램 리터 점 부 회 위 끼 통 채널 비트 바이트
    진 차원 명령 요소 값 경우
""".split()
_COUNTED = re.compile(
    rf"(?<![가-힣])({'|'.join(_NATIVE)})\s?(?:{'|'.join(_COUNTERS)})(?![을를]?\s?위)"
)
_ALL_COUNTERS = "|".join((*_COUNTERS, *_MORE_COUNTERS))
_FULL_HOUR = re.compile(r"(\d{1,2}):00\b")
_HALF_DAY = re.compile(r"\b(?:[ap]\.?m\b|o'clock|noon|evening|afternoon|night)", re.IGNORECASE)


@dataclass
class Quantities:
    """The numbers of an English text."""

    written: set[str] = field(default_factory=set)
    """In digits: a translation must hold each."""
    spelled: set[str] = field(default_factory=set)
    """In plain number words from two up: a translation must hold each, in digits or words."""
    possible: set[str] = field(default_factory=set)
    """What a translation may write as a number besides: months, ordinals, half, once."""
    half_day: bool = False
    """Times of day are said, so 3 may become 15."""


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


def changed_numbers(source: str, target: str) -> str:
    """Return what differs between the numbers of an English and a Korean text, "" for nothing.

    >>> changed_numbers("It has 3 rooms and 2 million books.", "방이 3개이고 책이 200만 권 있어요.")
    ''
    >>> changed_numbers("It has 3 rooms.", "방이 4개 있어요.")
    'lost 3; new 4'
    """
    wanted, numbers = english_quantities(source), korean_numbers(target)
    found = {value for number in numbers for value in number.values}
    needed = [*sorted(wanted.written), *sorted(wanted.spelled)]
    lost = [value for value in needed if not _is_said(value, found, target, wanted)]
    new = sorted({value for number in numbers for value in _new_values(number, wanted)})
    new += [word for word, value in counted_words(target) if not _is_meant(value, wanted)]
    said = (("lost", lost), ("new", new))
    return "; ".join(f"{name} {', '.join(values)}" for name, values in said if values)


def english_quantities(text: str) -> Quantities:
    """Return the numbers of an English text, in digits and in words."""
    found = Quantities(half_day=bool(_HALF_DAY.search(text)))
    text = _FULL_HOUR.sub(r"\1", text)  # 5:00 is 5시
    run: list[str] = []
    end = 0
    for match in _ENGLISH.finditer(text):
        word = (match["word"] or "").lower()
        if not _goes_on(run, word, text[end : match.start()]):
            _spelled(run, found)
            run = []
        end = match.end()
        if word in UNITS or word in TENS or run:
            run.append(word)
        elif match["digits"]:
            scale = (match["scale"] or "").strip().lower()
            attached = text[match.start() - 1 : match.start()].isalpha()  # w3m is no 3 million
            factor = 1 if attached else SCALES.get(scale) or _SHORT.get(scale, 1)
            found.written.add(_scaled(match["digits"], factor))
            found.possible.add(_canonical(match["digits"]))
        else:
            found.possible.update(map(str, _other_values(word)))
    _spelled(run, found)
    return found


def _goes_on(run: list[str], word: str, gap: str) -> bool:
    """Whether `word` belongs to the number begun in `run`: seven-thirty and "two, three" do not."""
    if not run or gap not in (" ", "-"):
        return False
    if word in UNITS:
        return run[-1] not in UNITS
    return word in SCALES or word == "and" or (word in TENS and run[-1] not in (*UNITS, *TENS))


def korean_numbers(text: str) -> list[KoreanNumber]:
    """Return the numbers in digits of a Korean text; 3만 5천 is one number of two parts.

    >>> [number.whole for number in korean_numbers("3만 5천 원과 1,200명")]
    ['35000', '1200']
    """
    runs: list[list[tuple[str, ...]]] = []
    end, smallest = -2, 0
    for match in _KOREAN.finditer(text):
        factor = math.prod(KOREAN_SCALES[char] for char in match[2] or "")
        scaled = _scaled(match[1], factor)
        meanings = (scaled, _canonical(match[1])) if match[2] else (scaled,)
        if smallest > _floor(scaled) > 0 and match.start() - end in (0, 1):
            runs[-1].append(meanings)
        else:
            runs.append([meanings])
        end, smallest = match.end(), factor if match[2] else 0
    return [KoreanNumber(tuple(run)) for run in runs]


def counted_words(text: str) -> list[tuple[str, str]]:
    """Return (word, value) of the numerals in Korean words that count something; 한 is left out.

    >>> counted_words("사과 다섯 개와 한 마리의 개, 두 번, 스물두 명")
    [('다섯', '5'), ('스물두', '22')]
    """
    return [(found[1], str(_NATIVE[found[1]])) for found in _COUNTED.finditer(text)]


def _floor(value: str) -> int:
    return int(value.partition(".")[0])


def _new_values(number: KoreanNumber, wanted: Quantities) -> list[str]:
    """Return what the English text does not say: nothing, when it says the whole."""
    if _is_meant(number.whole, wanted):
        return []
    return [part[0] for part in number.parts if not any(_is_meant(value, wanted) for value in part)]


def _is_said(value: str, found: set[str], target: str, wanted: Quantities) -> bool:
    if value in found:
        return True
    if not value.isdigit():
        return False
    number = int(value)
    if wanted.half_day and number <= 12 and str(number + 12) in found:
        return True
    if len(value) == 2 and any(each.endswith(value) and len(each) == 4 for each in found):
        return True  # the 90s: 1990년대
    return any(_holds_word(form, target) for form in korean_forms(number))


def _holds_word(form: str, target: str) -> bool:
    """Whether a numeral in words stands in `target`; 세 is none in 세라, nor 오 in 오이."""
    if len(form) > 1:
        return form in target
    behind = rf"\s|$|[^가-힣]|{_ALL_COUNTERS}"
    if form in "둘셋넷열":  # these stand alone and take particles
        behind += "|[은는이가을를과와도만의로씩]|으로|이서"
    return bool(re.search(rf"(?<![가-힣]){form}(?={behind})", target))


def _is_meant(value: str, wanted: Quantities) -> bool:
    if value in wanted.written or value in wanted.spelled or value in wanted.possible:
        return True
    if not value.isdigit():
        return False
    number = int(value)
    if len(value) == 4 and value[2:] in wanted.written:
        return True  # 1990년대 for the 90s
    return (
        wanted.half_day
        and 12 <= number <= 24
        and str(number - 12) in wanted.written | wanted.spelled
    )


def korean_forms(number: int) -> list[str]:
    """Return how a whole number is said in Korean words.

    >>> korean_forms(3), korean_forms(25), korean_forms(200)
    (['셋', '세', '석', '삼'], ['스물다섯', '스무다섯', '이십오'], ['이백'])
    """
    forms = []
    if 0 < number < 100:
        tens, ones = divmod(number, 10)
        for ten in NATIVE_TENS[tens].split() or [""]:
            forms += [ten + one for one in NATIVE_ONES[ones].split() or [""]]
    if number < 10**8:
        forms.append(_sino(number))
    return forms


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


def _spelled(run: list[str], found: Quantities) -> None:
    """Add the number that the words in `run` make."""
    words = [word for word in run if word != "and"]
    if not words:
        return
    total = current = 0
    for word in words:
        if word in SCALES:
            current = max(current, 1) * SCALES[word]
            if word != "hundred":
                total, current = total + current, 0
        else:
            current += UNITS.get(word, 0) + TENS.get(word, 0)
    value = total + current
    # "One" is a pronoun as often as a number.
    (found.spelled if value > 1 else found.possible).add(str(value))
    found.possible.update(str(UNITS.get(word) or TENS.get(word) or 0) for word in words)


def _other_values(word: str) -> tuple[int, ...]:
    if word in OTHERS:
        return OTHERS[word]
    if word in ORDINALS:
        return (ORDINALS[word],)
    if word in SCALES:
        return (SCALES[word],)
    month = MONTHS.get(word[:3])
    return (month,) if month else ()


def _scaled(digits: str, factor: int) -> str:
    plain = digits.replace(",", "")
    if plain.count(".") > 1:
        return plain  # a version
    if "." not in plain:
        return str(int(plain) * factor)
    value = float(plain) * factor
    whole = round(value)
    return str(whole) if factor > 1 and abs(value - whole) < 1e-6 else f"{value:g}"


def _canonical(digits: str) -> str:
    return _scaled(digits, 1)
