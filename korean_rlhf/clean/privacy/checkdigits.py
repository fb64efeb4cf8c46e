"""Check digits and dates inside Korean numbers."""

from __future__ import annotations

import datetime

RANDOM_SINCE = datetime.date(2020, 10, 1)
"""Resident and foreigner numbers given since this day end in random digits: nothing to check."""
LATEST_BIRTH = datetime.date(2035, 12, 31)
"""Nobody whom a text names was born later; it bounds what is taken for a number of our days."""
_CENTURIES = {"9": 1800, "0": 1800, "1": 1900, "2": 1900, "5": 1900, "6": 1900}


def birthday(digits: str) -> datetime.date | None:
    """Return the birthday in the first seven of thirteen digits, None when there is no such day.

    >>> birthday("8503141234562"), birthday("8513141234562")
    (datetime.date(1985, 3, 14), None)
    """
    year = _CENTURIES.get(digits[6], 2000) + int(digits[:2])
    try:
        born = datetime.date(year, int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return None
    return born if born <= LATEST_BIRTH else None


def resident_fits(digits: str) -> bool:
    """Whether the last of thirteen digits is the check digit; foreigners' numbers add two to it.

    >>> resident_fits("8503141234562"), resident_fits("8503141234563")
    (True, False)
    """
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False))
    foreign = 2 if digits[6] in "5678" else 0
    return (11 - total % 11 + foreign) % 10 == int(digits[12])


def business_fits(digits: str) -> bool:
    """Whether the last of ten digits fits by the rule of the tax office.

    `stdnum.kr.brn` checks the form only.

    >>> business_fits("1234567891"), business_fits("1234567890")
    (True, False)
    """
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False))
    return (10 - (total + int(digits[8]) * 5 // 10) % 10) % 10 == int(digits[9])


def card_fits(digits: str) -> bool:
    """Whether the digits of a card pass Luhn's sum and are no filler such as 0000 0000 0000 0000.

    >>> card_fits("9374123456789014"), card_fits("9374123456789015")
    (True, False)
    """
    from stdnum import luhn

    return len(set(digits)) >= 3 and bool(luhn.is_valid(digits))
