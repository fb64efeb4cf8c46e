"""Numbers in Korean text: digits, fractions, 3만 5천, 이백삼십, 스물셋."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

DIGITS = dict(zip("영공일이삼사오육륙칠팔구", (0, 0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9), strict=True))
TENS = {"십": 10, "백": 100, "천": 1000}
MYRIADS = {"만": 10**4, "억": 10**8, "조": 10**12}
ONES = ("하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉")
BEFORE_NOUN = {"한": 1, "두": 2, "세": 3, "네": 4, "석": 3, "넉": 4}
"""How 하나 … 넷 read before what is counted (두 개, 넉 장)."""
TIMES_TEN = ("열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
NATIVE_ONES = {word: at for at, word in enumerate(ONES, start=1)} | BEFORE_NOUN
NATIVE_TENS = {word: at * 10 for at, word in enumerate(TIMES_TEN, start=1)} | {"스무": 20}

_PLAIN = r"(?:\d+(?:\.\d+)?|(?<!\d)\.\d+)"
_SIGN = r"(?:(?<![\w)}])[-−–])?"
_SCALE = r"(?:[십백천](?!분|막|장|자)|만(?!큼|약|남|나|족|들)|억|조(?!각|개|건|금|차|로))"
FRACTION = re.compile(
    rf"(?P<sign>{_SIGN})\s*\\[dt]?frac\s*(?:\{{(-?\d+)\}}\s*\{{(\d+)\}}|(\d)\s*(\d))"
)
PART_OF = re.compile(r"(\d+|[가-힣]{1,6})\s*분의\s*(\d+|[가-힣]{1,6})")
SCALED = re.compile(rf"{_PLAIN}\s?{_SCALE}+(?:\s?(?:{_PLAIN}\s?{_SCALE}*|{_SCALE}))*")
DECIMAL = re.compile(rf"(?:{_SIGN[:-1]}\s?)?{_PLAIN}(?:\s*/\s*\d+(?![\d/]))?")
GROUPED = re.compile(r"(?<![\d.])(\d{1,3}(?:,\d{3})+)(?!\d)")
TEX_GAP = re.compile(r"(?<=\d)(?:\{,\}|\\[,!;])(?=\d{3})|\^\s*\{?\\circ\}?")
"""What TeX sets between thousands, and its sign of degrees."""
NEVER = re.compile(
    r"√|\\sqrt|π|\\pi|[\d)}]\s?\^|\d[⁰¹²³⁴-⁹]|∞|frac\s*\{[^}]*[A-Za-z]"
    r"|\d\s?[xyznkabi](?![A-Za-z])"
)
"""What makes an expression more than a number."""


def ungroup(text: str) -> str:
    """Return `text` with the commas inside of numbers left out.

    >>> ungroup("1,234,567원과 3, 4")
    '1234567원과 3, 4'
    """
    return GROUPED.sub(lambda found: found[1].replace(",", ""), TEX_GAP.sub("", text))


def numbers(text: str) -> Iterator[Fraction]:
    r"""Yield the numbers written with digits, in order; nothing where roots, powers or letters are.

    >>> [str(number) for number in numbers("3만 5천 원과 -2.5, \\frac{1}{3}과 4분의 3")]
    ['35000', '-5/2', '1/3', '3/4']
    """
    text = ungroup(text)
    if NEVER.search(text):
        return
    at = 0
    while at < len(text):
        found = _number_at(text, at)
        if found is not None:
            yield found[0]
        at = found[1] if found is not None else at + 1


def word_number(text: str) -> Fraction | None:
    """Return the number that the whole of `text` spells, blanks ignored, None if it spells none.

    >>> [str(word_number(text)) for text in ("스물세", "이백 삼십오", "삼분의 이", "사과")]
    ['23', '235', '2/3', 'None']
    """
    below, part, above = "".join(text.split()).rpartition("분의")
    if part:
        parts = (_word(below), _word(above))
        return Fraction(parts[1], parts[0]) if parts[0] and parts[1] is not None else None
    return None if (whole := _word(above)) is None else Fraction(whole)


def _word(packed: str) -> int | None:
    native = _native(packed)
    return _sino(packed) if native is None else native


def parse(text: str) -> Fraction | None:
    """Return the one number that `text` holds, in digits, or spells as a whole; else None.

    >>> parse("-1,234.50개"), parse("1, 2"), parse("쉰셋")
    (Fraction(-2469, 2), None, Fraction(53, 1))
    """
    found = set(numbers(text))
    if found:
        return found.pop() if len(found) == 1 else None
    if NEVER.search(text):
        return None
    return word_number(text)


def _number_at(text: str, at: int) -> tuple[Fraction, int] | None:
    """Return the number that begins at `at`, and where it ends."""
    if found := FRACTION.match(text, at):
        above, below = int(found[2] or found[4]), int(found[3] or found[5])
        sign = -1 if found["sign"] else 1
        return (sign * Fraction(above, below), found.end()) if below else None
    if found := PART_OF.match(text, at):
        parts = [_whole(part) for part in found.groups()]
        known = parts[0] and parts[1] is not None
        return (Fraction(parts[1] or 0, parts[0] or 1), found.end()) if known else None
    if found := SCALED.match(text, at):
        return _scaled(found[0]), found.end()
    found = DECIMAL.match(text, at)
    return (_decimal(found[0]), found.end()) if found else None


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() else _word(text)


def _decimal(text: str) -> Fraction:
    """Return "-3.5" or "3/4"; a division by nothing is read as the number before it."""
    above, _, below = re.sub(r"\s", "", text).replace("−", "-").replace("–", "-").partition("/")
    return Fraction(above) / (int(below or 1) or 1)


def _scaled(text: str) -> Fraction:
    """Return 3만 5천 500: groups below 만 are added up, 만, 억 and 조 multiply their group."""
    total, group, value = Fraction(0), Fraction(0), None
    for part in re.findall(rf"{_PLAIN}|[십백천만억조]", text):
        if part in TENS:
            group += (1 if value is None else value) * TENS[part]
        elif part in MYRIADS:
            total += ((group + (value or 0)) or 1) * MYRIADS[part]
            group = Fraction(0)
        value = None if part in TENS or part in MYRIADS else Fraction(part)
    return total + group + (value or 0)


def _native(text: str) -> int | None:
    """Return 1..99 of 하나 … 아흔아홉, and of 한, 두, 스무 … before a noun."""
    for tens, value in (("", 0), *NATIVE_TENS.items()):
        rest = text.removeprefix(tens)
        if text.startswith(tens) and rest in NATIVE_ONES:
            return value + NATIVE_ONES[rest]
    return NATIVE_TENS.get(text)


def _sino(text: str) -> int | None:
    """Return the number of 일 … 조; each scale at most once, from great to small."""
    if text in ("영", "공"):
        return 0
    total, limit = 0, 10**16
    for group in re.findall(r"[^만억조]*[만억조]|[^만억조]+", text):
        scale = MYRIADS.get(group[-1], 1)
        value = _below_myriad(group[:-1] if scale > 1 else group)
        bare = len(group) == 1 and scale > 1
        if value is None or scale >= limit or (bare and total):
            return None
        total, limit = total + value * scale, scale
    return total if text else None


def _below_myriad(text: str) -> int | None:
    """Return 1..9999; nothing before 만 is one (만 = 10000)."""
    if not text:
        return 1
    found = re.fullmatch(
        r"(?:([이삼사오육륙칠팔구일]?)천)?(?:([이삼사오육륙칠팔구일]?)백)?"
        r"(?:([이삼사오육륙칠팔구일]?)십)?([일이삼사오육륙칠팔구]?)",
        text,
    )
    if found is None:
        return None
    thousands, hundreds, tens, ones = found.groups()
    parts = ((thousands, 1000), (hundreds, 100), (tens, 10))
    return sum(DIGITS.get(digit, 1) * scale for digit, scale in parts if digit is not None) + (
        DIGITS[ones] if ones else 0
    )
