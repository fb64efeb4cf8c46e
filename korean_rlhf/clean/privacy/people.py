"""Numbers that the state gives a person or a car: resident, foreigner, passport, licence, plate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from korean_rlhf.clean.privacy.checkdigits import RANDOM_SINCE, birthday, resident_fits
from korean_rlhf.clean.privacy.kinds import Finding, after, before, digits_of

_RESIDENT = re.compile(
    r"(?<![0-9])(?<![0-9][-–.,])[0-9]{6}\s?[-–—‐‑~.]?\s?[0-9]{7}(?![0-9]|[-–.,][0-9])"
)
_RESIDENT_WORD = re.compile(r"주민|등록\s?번호|외국인|RRN|주번|民")
_COMPANY = re.compile(r"법인")
"""A company's number (법인등록번호) has the same form and is no one's personal data."""

_PASSPORT = re.compile(
    r"(?<![A-Za-z0-9])[MSRDOGT](?:[0-9]{8}|[0-9]{3}[A-Z][0-9]{4})(?![A-Za-z0-9])"
)
_PASSPORT_WORD = re.compile(r"여권|passport|旅券", re.IGNORECASE)

_LICENCE = re.compile(
    r"(?<![0-9])(?<![0-9]-)(?:1[1-9]|2[0-68])[- ][0-9]{2}[- ][0-9]{6}[- ][0-9]{2}(?![0-9]|-[0-9])"
    r"|(?:서울|부산|경기|강원|충북|충남|전북|전남|경북|경남|제주|대구|인천|광주|대전|울산)"
    r"\s?[0-9]{2}-[0-9]{6}-[0-9]{2}(?![0-9]|-[0-9])"
)
"""The police office that gave it, the year, a serial number and a check digit of unknown rule."""
_LICENCE_WORD = re.compile(r"면허")

_PLATE = re.compile(
    r"(?<![0-9A-Za-z가-힣])(?:(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북"
    r"|경남|제주)\s?[0-9]{1,2}|[0-9]{2,3})\s?"
    r"[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주아바사자배하허호육해공국합]"
    r"\s?[0-9]{4}(?![0-9]|[.,][0-9])"
)
"""The letters that plates bear; no plate has 차, 카, 타 or 파 yet."""
_PLATE_WORD = re.compile(
    r"번호판|차번호|차량|승용차|승합차|화물차|트럭|택시|버스|오토바이|자가용|렌터카|뺑소니|주차|견인|차주|용의차|車"
)
_REGION = re.compile(r"[가-힣]{2}\s?[0-9]{1,2}\s?[가-힣]")
_COUNT = re.compile(r"\s?(?:원|만|억|조|명|개|건|년|월|호|번|점|표|주|대|달러|%|km|㎞|m)")
"""What follows a count: "12조 3456억" is money."""


def find_residents(line: str) -> Iterator[Finding]:
    """Find resident and foreigner numbers: a real birthday, and a check digit or a word before.

    Numbers given since October 2020 end at random, so for those born later no digit is checked.
    """
    for found in _RESIDENT.finditer(line):
        digits = digits_of(found[0])
        born, context = birthday(digits), before(line, found.start())
        if born is None or _COMPANY.search(context):
            continue
        said, fits = bool(_RESIDENT_WORD.search(context)), resident_fits(digits)
        grouped = len(digits) < len(found[0])
        if said or fits or (grouped and "-" in found[0] and born >= RANDOM_SINCE):
            yield Finding(*found.span(), "foreigner" if digits[6] in "5678" else "resident")


def find_passports(line: str) -> Iterator[Finding]:
    """Find passport numbers, M12345678 and since 2021 M123A4567, by a word beside them.

    Product numbers look just like them.
    """
    for found in _PASSPORT.finditer(line):
        if _near(_PASSPORT_WORD, line, found):
            yield Finding(*found.span(), "passport")


def find_licences(line: str) -> Iterator[Finding]:
    """Find driving licences by the code or name of their region and a word beside them."""
    for found in _LICENCE.finditer(line):
        if _near(_LICENCE_WORD, line, found):
            yield Finding(*found.span(), "licence")


def find_plates(line: str) -> Iterator[Finding]:
    """Find number plates by a region on them or a word beside them: "12가 3456" may be prose."""
    for found in _PLATE.finditer(line):
        if _COUNT.match(line, found.end()):
            continue
        if _REGION.match(found[0]) or _near(_PLATE_WORD, line, found):
            yield Finding(*found.span(), "plate")


def _near(word: re.Pattern[str], line: str, found: re.Match[str]) -> bool:
    """Whether a word stands shortly before or after a number."""
    return bool(word.search(before(line, found.start())) or word.search(after(line, found.end())))
