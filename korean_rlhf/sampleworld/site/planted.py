"""Invented personal data, with the shape and the check digits of real data and no owner."""

from __future__ import annotations

import random
from collections.abc import Callable

RRN_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def fill(sentence: str, chance: random.Random) -> str:
    """Replace each {kind} in `sentence` with an invented value."""
    for kind, make in MAKERS.items():
        while f"{{{kind}}}" in sentence:
            sentence = sentence.replace(f"{{{kind}}}", make(chance), 1)
    return sentence


def rrn(chance: random.Random) -> str:
    """Return a resident registration number (주민등록번호) of somebody born after 2080.

    Its check digit is right, and nobody can have it yet.
    """
    born = f"{chance.randint(80, 99)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    digits = f"{born}{chance.choice('34')}{chance.randint(0, 99999):05d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, RRN_WEIGHTS, strict=True))
    return f"{digits[:6]}-{digits[6:]}{(11 - total % 11) % 10}"


def mobile(chance: random.Random) -> str:
    """Return a mobile number of the block 010-0…, which is given to no subscriber."""
    return f"010-0{chance.randint(0, 999):03d}-{chance.randint(0, 9999):04d}"


def landline(chance: random.Random) -> str:
    """Return a landline number whose exchange begins with 0, which none does."""
    area = chance.choice(("02", "031", "033", "043", "054", "063"))
    return f"{area}-0{chance.randint(0, 99):02d}-{chance.randint(0, 9999):04d}"


def account(chance: random.Random) -> str:
    """Return a bank account number in the shape 301-0000-####-##."""
    return f"301-0000-{chance.randint(0, 9999):04d}-{chance.randint(10, 99)}"


def card(chance: random.Random) -> str:
    """Return a card number with a right Luhn digit that begins with 0, as no issuer's does."""
    digits = f"0{chance.randint(0, 10**14 - 1):014d}"
    doubled = (int(d) * 2 if place % 2 == 0 else int(d) for place, d in enumerate(digits))
    total = sum(value - 9 if value > 9 else value for value in doubled)
    digits += str(-total % 10)
    return "-".join(digits[place : place + 4] for place in range(0, 16, 4))


def email(chance: random.Random) -> str:
    """Return an address in a domain that is reserved for examples (RFC 2606)."""
    name = chance.choice(("haetsal", "office", "news", "bada"))
    return f"{name}{chance.randint(1, 99)}@example.com"


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "rrn": rrn,
    "mobile": mobile,
    "landline": landline,
    "account": account,
    "card": card,
    "email": email,
}
