"""Values that look like personal data and belong to nobody.

Each is drawn from what is never given out: a birthday on 30 February, a check digit that does not
fit, an exchange that begins with 0, a domain kept for examples (RFC 2606). So a text can be trained
on as it reads, and no number in it reaches a person.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable

from korean_rlhf.clean.privacy.checkdigits import business_fits, card_fits, resident_fits
from korean_rlhf.clean.privacy.kinds import digits_of
from korean_rlhf.settings.clean import PrivacyKind

_AT = re.compile(
    r"^(?P<user>[^\s@(\[{<]+?)(?P<at>@|\s?(?:[\[({<]\s?(?:at|@|앳|골뱅이)\s?[\])}>]|골뱅이|@)\s?|\sat\s)(?P<domain>.+)$",
    re.IGNORECASE,
)
_DOT = re.compile(r"\.|\s?[\[({<]\s?(?:dot|닷|점)\s?[\])}>]\s?|\s(?:dot|닷)\s", re.IGNORECASE)
_PREFIX = re.compile(r"(?:82)?0?(?:1[016789]|2|[3-6][1-5]|70|60|80|30[0-9]|50)")
_COUNTRY = re.compile(r"[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3}")
"""A country code: two have one digit, these two, all others three (ITU-T E.164)."""
_LETTER_OF_PLATE = re.compile(r"[가-힣](?=\s?[0-9]{4}$)")
_NO_PLATE_HAS = "차카타파"
_DISTRICTS = ("가온구", "누리군", "다솜구", "라온시", "미르군", "아라시", "한별구")
"""No town or district of Korea is called so."""
_ROADS = ("해오름로", "달맞이꽃길", "별빛마루로", "솔바람길", "은하수로", "참나무로")
_FLAT = re.compile(r"[0-9]{1,4}동.{0,4}?[0-9]{1,4}호")


def replacement(value: str, kind: PrivacyKind, key: str) -> str:
    """Return what stands for `value`: the same for the same `key` and value, in the same form.

    A value that is nobody's already is returned as it is, so replacing twice changes nothing more.

    >>> replacement("010-1234-5678", "phone", "0") == replacement("01012345678", "phone", "0")
    False
    >>> digits_of(replacement("010-1234-5678", "phone", "0")) == replacement(
    ...     "01012345678", "phone", "0"
    ... )
    True
    """
    if is_nobodys(value, kind):
        return value
    text = f"{key}\0{kind}\0{_canonical(value, kind)}"
    seed = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return _DRAW[kind](value, random.Random(int.from_bytes(seed)))


def is_nobodys(value: str, kind: PrivacyKind) -> bool:
    """Whether a value is of the kind that `replacement` draws.

    >>> is_nobodys("hong@example.com", "email"), is_nobodys("hong@naver.com", "email")
    (True, False)
    """
    digits = digits_of(value)
    if kind == "email":
        found = _AT.match(value)
        return bool(found and found["domain"].lower().startswith("example"))
    if kind == "phone":
        if country := _country(value):
            return digits.startswith(f"{country}00")
        prefix = _prefix(digits)
        return digits[len(prefix) : len(prefix) + 1] == "0" and not digits.startswith("1")
    if kind == "account":
        return digits.startswith("000")
    if kind == "business":
        return digits[3:5] == "00" and not business_fits(digits)
    if kind == "licence":
        return digits[2:8] == "000000"
    return kind == "address" and any(name in value for name in _DISTRICTS)


def _canonical(value: str, kind: PrivacyKind) -> str:
    """Return what two writings of one value have in common."""
    if kind == "phone":
        return digits_of(value).removeprefix("82").lstrip("0")
    if kind in ("email", "address", "plate", "passport"):
        return "".join(value.lower().split())
    return digits_of(value)


def _filled(value: str, digits: str) -> str:
    """Return `value` with its digits exchanged for `digits`, one for one."""
    following = iter(digits)
    return "".join(next(following) if "0" <= char <= "9" else char for char in value)


def _drawn(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _misfit(digits: str, fits: Callable[[str], bool]) -> str:
    """Return `digits` with a last one that is not the check digit."""
    return digits[:-1] + str((int(digits[-1]) + 1) % 10) if fits(digits) else digits


def _resident(value: str, chance: random.Random) -> str:
    """Draw a number of someone born on 30 February."""
    code = digits_of(value)[6]
    return _filled(
        value, _misfit(_drawn(chance, 2) + "0230" + code + _drawn(chance, 6), resident_fits)
    )


def _card(value: str, chance: random.Random) -> str:
    digits = digits_of(value)
    return _filled(value, _misfit(digits[0] + _drawn(chance, len(digits) - 1), card_fits))


def _business(value: str, chance: random.Random) -> str:
    """Draw a number of the kind of business "00", which the tax office does not give."""
    return _filled(value, _misfit(_drawn(chance, 3) + "00" + _drawn(chance, 5), business_fits))


def _account(value: str, chance: random.Random) -> str:
    """Draw a number of the branch "000", which banks do not give.

    Shinhan lets customers choose a number, which may begin so; no range is free of that.
    """
    return _filled(value, "000" + _drawn(chance, len(digits_of(value)) - 3))


def _country(value: str) -> str:
    """Return the country code of a phone number abroad; "" for a Korean one.

    >>> _country("+44 (0)20 7946 0958"), _country("+1 202 555 0100"), _country("+82-10-1234-5678")
    ('44', '1', '')
    """
    digits = digits_of(value)
    found = _COUNTRY.match(digits) if value.startswith("+") else None
    return found[0] if found and found[0] != "82" else ""


def _prefix(digits: str) -> str:
    """Return the country code and the area or network of a phone number."""
    found = _PREFIX.match(digits)
    prefix = found[0] if found else digits[:3]
    if prefix.endswith("50") and len(digits) - len(prefix) > 8:
        return digits[: len(prefix) + 1]  # 0502, 0503, ...
    return prefix


def _phone(value: str, chance: random.Random) -> str:
    """Draw a number in an exchange that begins with 0, or one of the hotline 1500: none exist.

    Abroad two zeros follow the country code, which is no area anywhere.
    """
    digits = digits_of(value)
    if country := _country(value):
        prefix = f"{country}00"
    else:
        prefix = "1500" if digits.startswith("1") else _prefix(digits) + "0"
    return _filled(value, prefix + _drawn(chance, len(digits) - len(prefix)))


def _passport(value: str, chance: random.Random) -> str:
    """Draw a number of the type X: Korean passports are of the types M, S, R, D, O, G and T."""
    letter = chance.choice("ABCDEFGHJKLMNPRSTUVWXYZ") if value[4].isalpha() else ""
    digits = _drawn(chance, len(value) - 1 - len(letter))
    return f"X{digits[:3]}{letter}{digits[3:]}"


def _licence(value: str, chance: random.Random) -> str:
    """Draw a number of the region 00, or the serial number 0 of a region that is named."""
    if value[0].isdigit():
        return _filled(value, "00" + _drawn(chance, 10))
    return _filled(value, _drawn(chance, 2) + "000000" + _drawn(chance, 2))


def _plate(value: str, chance: random.Random) -> str:
    """Draw a number with a letter that no plate has."""
    filled = _filled(value, _drawn(chance, len(digits_of(value))))
    return _LETTER_OF_PLATE.sub(chance.choice(_NO_PLATE_HAS), filled)


def _email(value: str, chance: random.Random) -> str:
    """Draw a user of a domain that is kept for examples; the at sign and dots stay as written."""
    found = _AT.match(value)
    dot = _DOT.search(found["domain"]) if found else None
    top = chance.choice(("com", "net", "org"))
    user = f"user{_drawn(chance, 6)}"
    return f"{user}{found['at'] if found else '@'}example{dot[0] if dot else '.'}{top}"


def _address(value: str, chance: random.Random) -> str:
    """Draw a house in a district that does not exist."""
    place = f"{chance.choice(_DISTRICTS)} {chance.choice(_ROADS)} {chance.randint(1, 300)}"
    flat = (
        f" {chance.randint(101, 120)}동 {chance.randint(101, 2500)}호"
        if _FLAT.search(value)
        else ""
    )
    return place + flat


_DRAW: dict[PrivacyKind, Callable[[str, random.Random], str]] = {
    "email": _email,
    "resident": _resident,
    "foreigner": _resident,
    "card": _card,
    "business": _business,
    "account": _account,
    "phone": _phone,
    "passport": _passport,
    "licence": _licence,
    "plate": _plate,
    "address": _address,
}
