"""How a person can be reached: e-mail, phone, postal address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from korean_rlhf.clean.privacy.kinds import Finding, after, before, digits_of

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9_+%-])[A-Za-z0-9_%+-][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![A-Za-z0-9_@-])"
)
_NO_EMAIL = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|js|css|html?|php|mp[34]|json|xml|py)$|^git@|@[0-9.]+[0-9]\.[a-z]",
    re.IGNORECASE,
)
"""icon@2x.png, git@github.com and package@1.2.beta are no addresses."""
_IN_URL = re.compile(r"://\S*$")
"""https://user:password@example.com: what stands before @ is no mailbox."""
_DOT = r"(?:\.|\s?[\[({<]\s?(?:dot|닷|점)\s?[\])}>]\s?|\s(?:dot|닷)\s)"
_SPELLED = re.compile(
    r"(?<![A-Za-z0-9_.+%-])[A-Za-z0-9][A-Za-z0-9._%+-]{1,63}"
    rf"(?:\s?(?:[\[({{<]\s?(?:at|@|앳|골뱅이)\s?[\])}}>]|골뱅이|@)\s?(?:[A-Za-z0-9-]{{1,63}}{_DOT}){{1,3}}[A-Za-z]{{2,12}}"
    r"|\sat\s(?:[A-Za-z0-9-]{1,63}\sdot\s){1,3}[A-Za-z]{2,12}"
    r"|\s?골뱅이\s?(?:네이버|다음|한메일|지메일|구글|네이트)(?:\s?(?:닷|점)\s?(?:컴|넷))?)(?![A-Za-z0-9_@-])",
    re.IGNORECASE,
)
"""hong (at) example.com, hong골뱅이example.com, hong [at] example [dot] com, hong @ example.com."""

_GAP = r"[ .·_/)‐‑–—-]{0,3}"
_MOBILE = re.compile(
    rf"(?<![0-9])(?<![0-9][.,/-])(?:\+?82[ .-]?(?:\(0\)|0)?1[016789]|\(01[016789]\)|01[016789]\)?)"
    rf"{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{4}}(?![0-9]|[-.,/][0-9])"
)
_AREA = r"(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50[0-9]?|60|80|30[0-9])"
_TO = r"(?:\s?[~∼]\s?[0-9]{1,4}(?![0-9]))?"
"""The last of several numbers in a row: 02-123-4567~8."""
_LANDLINE = re.compile(
    rf"(?<![0-9])(?<![0-9][.,/-])(?:\+?82[ .-]?{_AREA}|\(0{_AREA}\)|0{_AREA})"
    r"(?:[ .]{0,2}[-)–‑]\s?|[ .]|(?<=\)))[0-9]{3,4}[ .]?[-–‑]?[ ]?[0-9]{4}(?![0-9]|[-.,/][0-9])"
    + _TO
)
_COMPACT = re.compile(rf"(?<![0-9A-Za-z=/_.,-])0{_AREA}[0-9]{{7,8}}(?![0-9]|[-.,/][0-9])")
_LOCAL = re.compile(
    r"(?:전화(?:번호)?|☎|☏|[Tt][Ee][Ll]\.?|팩스|F[Aa][Xx]|연락처)\s?[:.)]?\s?"
    r"([2-9][0-9]{2,3}-[0-9]{4})(?![0-9]|[-.,/][0-9])"
)
"""A number without its area, right after the word for it."""
_FOREIGN = re.compile(
    r"\+\s?(?!82)[1-9][0-9]{0,2}[ -](?:\([0-9]{1,4}\)[ -]?)?[0-9]{1,4}(?:[ -][0-9]{2,5}){1,4}"
    r"(?![0-9]|[-.,/][0-9])"
)
_HOTLINE = re.compile(
    r"(?<![0-9])(?<![0-9][.,/-])(?:15(?:22|33|44|51|66|77|88|99)|16(?:00|11|22|33|44|55|60|61|66|68|70|77|80|88|96|99)|"
    r"18(?:00|11|22|33|44|55|66|77|99))[-–‑]?[0-9]{4}(?![0-9]|[-.,/][0-9])"
)
_HOTLINE_WORD = re.compile(
    r"전화|(?<![가-힣])문의|대표|고객|콜|상담|센터|예약|국번|☎|☏|TEL|Tel|tel"
)
_SURE_WORD = re.compile(r"전화|(?<![가-힣])문의|고객\s?센터|콜\s?센터|국번|☎|☏|TEL|Tel|tel")
_CALL_AFTER = re.compile(r"\s?(?:으로|로|번으로|에|은|는)?\s?(?:전화|연락|문의|통화|상담)")
_PHONE_WORD = re.compile(
    r"전화|연락|휴대|핸드폰|폰|문의|☎|☏|📞|H\.?P|TEL|Tel|tel|Mobile|mobile|팩스|FAX|Fax"
)
_COUNT = re.compile(
    r"(?:원|달러|명|개|건|년|호|번지|점|표|위|주년)(?!인|의자|장)|\s(?:원|달러|명|호|㎞|km)(?![가-힣A-Za-z])|\s?%"
)
"""What follows a count and not a phone: "12345678901 원", but not "010-1234-5678 개인"."""

_PROVINCE = (
    r"(?:(?:서울|부산|대구|인천|광주|대전|울산|세종|제주)(?:특별자치|특별|광역)?시?"
    r"|(?:경기|강원|제주)(?:특별자치)?도|(?:충청|전라|경상)[남북]도|전북특별자치도"
    r"|경기|강원|충북|충남|전북|전남|경북|경남)"
)
_NO_TOWN = (
    r"(?:당시|다시|잠시|역시|혹시|즉시|반드시|임시|연구|지구|축구|야구|농구|배구|탁구|요구|친구|도구|기구|인구"
    r"|출구|입구|장군|[육해공국아적미]군|일본군)\s"
)
"""Words that end as towns, counties and districts do."""
_NO_HOUSE = (
    r"(?![0-9]|[.,][0-9]|번?[가-힣]?길|[가동층]"
    r"|\s?(?:여|[년월일명원개차위루분]|경기|계급|군단|사단|㎞|km|~[0-9]))"
)
"""What follows a count, not a house: "육군 대장으로 1계급", "종로 3가"."""
_ADDRESS = re.compile(
    rf"(?<![가-힣])(?:{_PROVINCE}\s?)?(?:(?!{_NO_TOWN})[가-힣]{{1,6}}[시군구]\s){{1,2}}(?:[가-힣0-9]{{1,8}}[읍면동리가]\s){{0,2}}"
    rf"(?:[가-힣A-Za-z0-9·]{{1,12}}(?<!으)(?:로|길)\s?(?:[0-9]{{1,4}}번?[가-힣]?길\s?)?"
    rf"[0-9]{{1,5}}(?:-[0-9]{{1,4}})?(?:번지)?{_NO_HOUSE}"
    r"|(?<=[읍면동리가]\s)산?\s?[0-9]{1,5}(?:-[0-9]{1,4})?"
    r"(?:번지|\s(?=[가-힣A-Za-z]{1,12}(?:아파트|빌라|빌딩|타워))))"
    r"(?:\s?[,(]?\s?(?:지하\s?)?[가-힣A-Za-z0-9]{0,14}"
    r"(?:아파트|빌라|빌딩|타워|오피스텔|상가|맨션|주공)\)?)?"
    r"(?:[\s,]{0,2}[0-9A-Za-z가-하]{1,4}동(?![가-힣]))?(?:[\s,]{0,2}[0-9]{1,3}층)?"
    r"(?:[\s,]{0,2}[0-9]{1,4}호(?![가-힣선]))?(?:\s?\([가-힣0-9]{1,8}[동리가](?:,[^()\n]{1,20})?\))?"
)
"""Town or district and road with a house number, or 동 with a lot number; 동 and 호 of a flat."""


def find_emails(line: str) -> Iterator[Finding]:
    """Find e-mail addresses, also those that hide the at sign from machines."""
    for pattern in (_EMAIL, _SPELLED):
        for found in pattern.finditer(line):
            in_address = _IN_URL.search(before(line, found.start(), 80))
            if not in_address and not _NO_EMAIL.search(found[0]):
                yield Finding(*found.span(), "email")


def find_phones(line: str) -> Iterator[Finding]:
    """Find phone numbers: mobile, landline, internet (070), virtual (050), hotlines, abroad."""
    spans = [found.span() for found in _MOBILE.finditer(line) if _is_mobile(line, found)]
    for pattern in (_LANDLINE, _COMPACT, _FOREIGN):
        for found in pattern.finditer(line):
            said = pattern is _LANDLINE or _PHONE_WORD.search(before(line, found.start()))
            if said and not _COUNT.match(line, found.end()):
                spans.append(found.span())
    spans += [found.span() for found in _HOTLINE.finditer(line) if _is_hotline(line, found)]
    spans += [found.span(1) for found in _LOCAL.finditer(line)]
    for span in spans:
        yield Finding(*span, "phone")


def find_addresses(line: str) -> Iterator[Finding]:
    """Find postal addresses down to a number; "서울시청 주소" and "강남구 역삼동" stay."""
    for found in _ADDRESS.finditer(line):
        yield Finding(*found.span(), "address")


def _is_mobile(line: str, found: re.Match[str]) -> bool:
    """Whether digits without groups are as many as a mobile number has, and no count or code."""
    if found[0][:4].isdigit() and line[found.start() - 1 : found.start()].isalpha():
        return not line[found.start() - 1].isascii()  # F019521-0007
    if not found[0].isdigit():
        return True
    return not _COUNT.match(line, found.end()) and (len(found[0]) == 11 or found[0][:3] != "010")


def _is_hotline(line: str, found: re.Match[str]) -> bool:
    """Whether 1588-1234 is a number to call; 1544-1598 may be the years of a life."""
    if _COUNT.match(line, found.end()):
        return False
    digits = digits_of(found[0])
    years = int(digits[:4]) <= int(digits[4:]) <= int(digits[:4]) + 150
    word = _SURE_WORD if years or found[0].isdigit() else _HOTLINE_WORD
    context = before(line, found.start())
    return bool(word.search(context) or _CALL_AFTER.match(after(line, found.end())))
