"""Numbers of cards, bank accounts and businesses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from korean_rlhf.clean.privacy.checkdigits import business_fits, card_fits
from korean_rlhf.clean.privacy.kinds import Finding, after, before, digits_of

_CARD = re.compile(
    r"(?<![0-9])(?<![0-9][-.,])(?:[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}"
    r"|[0-9]{4}([ -])[0-9]{6}\2[0-9]{5}"
    r"|[0-9]{4}([ -])[0-9]{6}\3[0-9]{4}|[0-9]{14,16})(?![0-9]|[-.,][0-9])"
)
_CARD_WORD = re.compile(r"카드|card|결제|VISA|비자|마스터", re.IGNORECASE)
_CARD_FIRST = frozenset("234569")
"""First digits of cards in groups of four; 9 is for cards that pay inside Korea only."""
_YEARS = re.compile(r"(?:(?:19|20)[0-9]{2}[ -]?)+")
"""Rows of years pass Luhn's sum one time in ten: 2002 2003 2004 2005."""

_BUSINESS = re.compile(
    r"(?<![0-9])(?<![0-9][-.,])[0-9]{3}[-–‑ ][0-9]{2}[-–‑ ][0-9]{5}(?![0-9]|[-.,][0-9])"
)
_BUSINESS_BARE = re.compile(r"(?<![0-9.,-])[0-9]{10}(?![0-9]|[-.,][0-9])")
_BUSINESS_WORD = re.compile(r"사업자|고유\s?번호")

_ACCOUNT = re.compile(
    r"(?<![0-9])(?<![0-9][-.,/])(?:[0-9]{2,6}(?:-[0-9]{1,9}){1,4}"
    r"|[0-9]{3,6}(?: [0-9]{2,8}){2,3}|[0-9]{10,16})"
    r"(?![0-9]|[-.,/][0-9])"
)
_ACCOUNT_WORD = re.compile(
    r"계좌|통장|입금|송금|이체|예금주|후원금|성금|모금|가상\s?계좌|농협\s?번호"
)
_OWNER_WORD = re.compile(r"예금주|계좌|[(\s,/]\s?(?:예\s?금\s?주)")
_DATE = re.compile(r"(?:19|20)[0-9]{2}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])(?:-|$)")
_MOBILE = re.compile(r"01[016789]-?[0-9]{3,4}-?[0-9]{4}")
_COUNT = re.compile(r"\s?(?:원|달러|명|개|건|년|호|번지|%|km|㎞)")

BANK_FORMS: tuple[tuple[str, str], ...] = (
    (r"국민\s?은행|KB\s?국민|국민|KB", "6-2-6 3-2-4-3 3-4-4-3 4-2-7"),
    (r"신한\s?은행|신한", "3-3-6 3-2-6 3-3-8"),
    (r"우리\s?은행|우리", "4-3-6 3-6-2-3 3-7-2-3"),
    (r"하나\s?은행|KEB\s?하나|하나", "3-6-5 3-2-5-1 3-6-3"),
    (r"기업\s?은행|IBK\s?기업|IBK|기업", "3-6-2-3 3-6-2-2 3-7-1"),
    (
        r"농협(?:\s?은행)?|NH\s?농협|지역\s?농협|단위\s?농협|축협|NH",
        "3-4-4-2 3-4-4-3 3-2-6 6-2-6 4-2-7",
    ),
    (r"카카오\s?뱅크|카뱅", "4-2-7"),
    (r"케이\s?뱅크|K\s?뱅크", "3-3-6 3-2-7"),
    (r"토스\s?뱅크", "4-4-4 3-4-4-2"),
    (r"우체국(?:\s?은행)?", "6-2-6 3-2-6-1"),
    (r"새마을\s?금고", "4-4-4-1 4-2-6-1 4-2-5-1 3-2-6-1 4-4-5"),
    (r"신협", "3-3-6 5-2-6 2-3-6 3-2-6-1 4-3-6"),
    (r"수협(?:\s?은행)?", "3-4-4-1 3-2-6-1 4-4-4 3-3-6"),
    (r"SC\s?제일(?:\s?은행)?|제일\s?은행", "3-2-6"),
    (r"씨티\s?은행|한미\s?은행", "3-6-3 3-5-3-2 3-6-2-2 1-6-3"),
    (r"대구\s?은행|[Ii][Mm]\s?뱅크", "3-2-6-1 3-2-6"),
    (r"부산\s?은행", "3-4-4-2 3-2-6-1"),
    (r"경남\s?은행", "3-4-4-2 3-2-7"),
    (r"광주\s?은행", "3-3-6 3-4-4-2"),
    (r"전북\s?은행", "4-2-7 3-2-7"),
    (r"제주\s?은행", "2-2-6 3-3-6"),
    (r"산업\s?은행|KDB", "3-4-4-3 3-8-3"),
    (r"외환\s?은행", "3-6-3 3-2-5-1 3-2-6-1"),
)
"""Names of a bank, and the digits in each group of its account numbers as customers write them.

A number in its bank's own form needs no other word; any other grouping needs a word for an account.
"""
_FORMS = {index: frozenset(forms.split()) for index, (_, forms) in enumerate(BANK_FORMS)}
_BANK = re.compile(
    "|".join(f"(?P<bank{index}>{names})" for index, (names, _) in enumerate(BANK_FORMS))
)
_FULL_NAME = re.compile(r"은행|뱅크|금고|농협|축협|신협|수협|우체국|카뱅|IBK|KDB|KB|NH")
_IMMEDIATE = 6
"""Characters between a short name (국민, 우리, 하나), which is a plain word too, and its number."""


def find_cards(line: str) -> Iterator[Finding]:
    """Find card numbers: a known first digit, Luhn's sum, and groups of four or a word before."""
    for found in _CARD.finditer(line):
        digits = digits_of(found[0])
        if not card_fits(digits):
            continue
        grouped_like_one = (
            digits[0] in _CARD_FIRST
            and 15 <= len(digits) < len(found[0])
            and not _YEARS.fullmatch(found[0])
        )
        if grouped_like_one or _CARD_WORD.search(before(line, found.start())):
            yield Finding(*found.span(), "card")


def find_businesses(line: str) -> Iterator[Finding]:
    """Find business numbers: groups of 3-2-5 with a check digit that fits, or the word before."""
    for found in (*_BUSINESS.finditer(line), *_BUSINESS_BARE.finditer(line)):
        said = bool(_BUSINESS_WORD.search(before(line, found.start())))
        grouped = "-" in found[0] or "–" in found[0] or "‑" in found[0]
        if said or (grouped and business_fits(digits_of(found[0]))):
            yield Finding(*found.span(), "business")


def find_accounts(line: str) -> Iterator[Finding]:
    """Find bank accounts: 10 to 16 digits beside a word for an account, or in their bank's form."""
    for found in _ACCOUNT.finditer(line):
        if not 10 <= len(digits_of(found[0])) <= 16 or _DATE.match(found[0]):
            continue
        if _MOBILE.fullmatch(found[0]) or _COUNT.match(line, found.end()):
            continue
        if _is_said(line, found) or _is_form_of_a_bank(line, found):
            yield Finding(*found.span(), "account")


def _is_said(line: str, found: re.Match[str]) -> bool:
    """Whether a word says that a number is an account."""
    return bool(
        _ACCOUNT_WORD.search(before(line, found.start()))
        or _OWNER_WORD.search(after(line, found.end()))
    )


def _is_form_of_a_bank(line: str, found: re.Match[str]) -> bool:
    """Whether a bank is named beside a number and groups its digits so."""
    form = "-".join(str(len(group)) for group in re.split(r"[- ]", found[0]))
    ahead, behind = before(line, found.start()), after(line, found.end(), 12)
    for place, context in ((len(ahead), ahead), (0, behind)):
        for bank in _BANK.finditer(context):
            forms = _FORMS[int((bank.lastgroup or "bank0").removeprefix("bank"))]
            distance = place - bank.end() if place else bank.start()
            near = distance <= _IMMEDIATE or _FULL_NAME.search(bank[0])
            if near and (form in forms or form in _lengths(forms)):
                return True
    return False


def _lengths(forms: frozenset[str]) -> set[str]:
    """Return how many digits the forms have without groups."""
    return {str(sum(map(int, form.split("-")))) for form in forms}
