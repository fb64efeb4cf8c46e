"""Mask personal data by its kind, found by pattern and by context or check digit.

Dates, prices, ISBNs, statistics and article numbers of laws look much like it and stay; the golden
file holds both sides.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator

KINDS = (
    "이메일",
    "주민등록번호",
    "외국인등록번호",
    "카드번호",
    "사업자등록번호",
    "계좌번호",
    "전화번호",
)
"""Everything that may be masked, in the order in which it is looked for."""

_BANKS = (
    "국민은행|신한은행|우리은행|하나은행|기업은행|농협|수협|신협|새마을금고|우체국|카카오뱅크|케이뱅크|토스뱅크|"
    "제일은행|SC제일|씨티은행|대구은행|부산은행|광주은행|전북은행|경남은행|제주은행|산업은행|외환은행|"
    "국민|신한|우리|하나|기업|KB|NH|IBK|카뱅"
)
_DIGITS = re.compile(r"\d[-\d .)·–—]{7,}\d")
"""Whatever is masked but an address holds this; a line without it is not looked at any closer."""
_CONTEXT = 24
"""Characters before a number in which a word may say what it is."""

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9_.+%-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![A-Za-z0-9_@-])"
)
_RESIDENT = re.compile(r"(?<![\d-])(\d{2})(\d{2})(\d{2})\s?[-–—]?\s?([0-9])(\d{6})(?![\d-])")
_RESIDENT_WORD = re.compile(r"주민|등록\s?번호|외국인|RRN")
_CARD = re.compile(
    r"(?<![\d-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5}|\d{15,16})(?![\d-])"
)
_CARD_WORD = re.compile(r"카드|card|결제|VISA|비자|마스터", re.IGNORECASE)
_BUSINESS = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{5}(?![\d-])")
_BUSINESS_WORD = re.compile(r"사업자\s?(?:등록)?\s?(?:번호)?")
_ACCOUNT = re.compile(
    r"(?<![\d.,-])(?:\d{2,6}-\d{2,6}-\d{2,8}(?:-\d{1,3})?|\d{10,14})(?![\d-]|[.,]\d)"
)
_ACCOUNT_WORD = re.compile(rf"계좌|통장|입금|송금|예금주|후원금|(?:{_BANKS})\s*[(:)]?\s*$")
_MOBILE = re.compile(
    r"(?<![\d.,-])(?:\+?82[ .-]?(?:\(0\))?1[016789]|\(01[016789]\)|01[016789]\)?)"
    r"[ .·)-]{0,2}\d{3,4}[ .·-]{0,2}\d{4}(?![\d-]|[.,]\d)"
)
_LANDLINE = re.compile(
    r"(?<![\d.,-])(?:\+?82[ .-]?(?:2|[3-6][1-5]|70)|\(0(?:2|[3-6][1-5]|70)\)"
    r"|0(?:2|[3-6][1-5]|70|50\d?|80))"
    r"(?:[ .]{0,2}[-)][ ]?|[ .]|(?<=\)))\d{3,4}[ .]?-?[ ]?\d{4}(?![\d-]|[.,]\d)"
)
_HOTLINE = re.compile(
    r"(?<![\d.,-])(?:15(?:22|33|44|66|77|88|99)|16(?:00|11|22|33|44|55|60|61|66|68|70|77|80|88|96|99)|"
    r"18(?:00|11|33|55|66|77|99))-\d{4}(?![\d-]|[.,]\d)"
)
_HOTLINE_WORD = re.compile(r"전화|문의|대표|고객|콜|상담|센터|예약|☎|☏|TEL|Tel|tel")
_PHONE_WORD = re.compile(
    r"전화|연락|휴대|핸드폰|폰|문의|☎|☏|📞|H\.?P|TEL|Tel|tel|Mobile|mobile|팩스|FAX|Fax"
)
_COUNT_AFTER = re.compile(r"\s?(?:원|달러|명|개|건|년|호|번지|%|km|㎞)")

Find = Callable[[str], Iterator[tuple[int, int, str]]]


def mask(text: str, *, email: bool = True) -> str:
    """Return `text` with personal data replaced by its kind: "<전화번호>".

    >>> mask("문의: 010-1234-5678, 2024-05-21, ISBN 978-89-01-23456-7")
    '문의: <전화번호>, 2024-05-21, ISBN 978-89-01-23456-7'
    """
    if email and "@" in text:
        text = _replace(text, _emails)
    if not _DIGITS.search(text):
        return text
    return "\n".join(map(_mask_line, text.split("\n")))


def _mask_line(line: str) -> str:
    """Mask the numbers of one line; no pattern and no context reaches over its end."""
    if _DIGITS.search(line):
        for find in _FINDERS:
            line = _replace(line, find)
    return line


def _replace(text: str, find: Find) -> str:
    parts: list[str] = []
    position = 0
    for start, end, kind in find(text):
        parts += [text[position:start], f"<{kind}>"]
        position = end
    return "".join(parts) + text[position:] if parts else text


def _before(text: str, start: int) -> str:
    """Return what stands before a number, as far as context reaches."""
    return text[max(0, start - _CONTEXT) : start]


def _emails(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _EMAIL.finditer(text):
        yield *found.span(), "이메일"


def _residents(text: str) -> Iterator[tuple[int, int, str]]:
    """Find resident and foreigner numbers: a real birthday, and a check digit or a word before.

    Numbers given since October 2020 end at random, so for those born later no digit is checked.
    """
    for found in _RESIDENT.finditer(text):
        born = _birthday(found[1], found[2], found[3], found[4])
        if born is None:
            continue
        digits = re.sub(r"\D", "", found[0])
        certain = bool(_RESIDENT_WORD.search(_before(text, found.start())))
        if len(digits) == len(found[0]) and not certain and not _resident_check(digits):
            continue  # thirteen bare digits
        if certain or born >= datetime.date(2020, 10, 1) or _resident_check(digits):
            kind = "외국인등록번호" if found[4] in "5678" else "주민등록번호"
            yield *found.span(), kind


def _birthday(year: str, month: str, day: str, code: str) -> datetime.date | None:
    century = {"9": 1800, "0": 1800, "1": 1900, "2": 1900, "5": 1900, "6": 1900}.get(code, 2000)
    try:
        return datetime.date(century + int(year), int(month), int(day))
    except ValueError:
        return None


def _resident_check(digits: str) -> bool:
    """Whether the last digit fits; foreigners' numbers add two to it."""
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False))
    foreign = 2 if digits[6] in "5678" else 0
    return (11 - total % 11 + foreign) % 10 == int(digits[12])


def _cards(text: str) -> Iterator[tuple[int, int, str]]:
    """Find card numbers: a known first digit, Luhn's sum, and groups of four or a word before."""
    from stdnum import luhn

    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if len(set(digits)) < 3 or not luhn.is_valid(digits):
            continue
        grouped_like_one = digits[0] in "34569" and len(digits) < len(found[0])
        if grouped_like_one or _CARD_WORD.search(_before(text, found.start())):
            yield *found.span(), "카드번호"


def _businesses(text: str) -> Iterator[tuple[int, int, str]]:
    """Find business numbers: a check digit that fits, or the word for it before."""
    for found in _BUSINESS.finditer(text):
        if _BUSINESS_WORD.search(_before(text, found.start())) or _business_check(found[0]):
            yield *found.span(), "사업자등록번호"


def _business_check(number: str) -> bool:
    """Whether the last digit fits by the rule of the tax office (stdnum checks the form only)."""
    digits = [int(char) for char in number if char.isdigit()]
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(weight * digit for weight, digit in zip(weights, digits, strict=False))
    return (10 - (total + digits[8] * 5 // 10) % 10) % 10 == digits[9]


def _accounts(text: str) -> Iterator[tuple[int, int, str]]:
    """Find bank accounts: ten to sixteen digits after a bank or a word for an account."""
    for found in _ACCOUNT.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        before = _before(text, found.start())
        if not 10 <= len(digits) <= 16 or not _ACCOUNT_WORD.search(before):
            continue
        if _MOBILE.fullmatch(found[0]) and _PHONE_WORD.search(before):
            continue
        if not _COUNT_AFTER.match(text, found.end()):
            yield *found.span(), "계좌번호"


def _phones(text: str) -> Iterator[tuple[int, int, str]]:
    spans = [found.span() for found in (*_MOBILE.finditer(text), *_LANDLINE.finditer(text))]
    for found in _HOTLINE.finditer(text):  # 1588-1592 may be years: a word must say it
        if _HOTLINE_WORD.search(_before(text, found.start())):
            spans.append(found.span())
    last = 0
    for start, end in sorted(spans):
        if start >= last and not _COUNT_AFTER.match(text, end):
            yield start, end, "전화번호"
            last = end


_FINDERS: tuple[Find, ...] = (_residents, _cards, _businesses, _accounts, _phones)
