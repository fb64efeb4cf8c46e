"""Tell an answer that keeps robots out from the page that was asked for.

Our own crawls note it while they fetch; archives of other crawlers hold such answers as pages with
status 200.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

REFUSALS = {401: "login", 402: "payment", 403: "forbidden", 407: "proxy", 429: "rate-limited"}
"""Reason by status. 451 (legal) is a missing page, not a closed door."""
TRANSIENT = {408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524}
"""Answers that a later run asks for again."""
PASSING = {"robots-unreachable", "host-blocked"}
"""Reasons without an answer that a later run may not meet."""
GIVEN_UP = {"challenge", "captcha", "login", "forbidden", "payment", "proxy"}
"""Reasons after which a page is not tried again, whatever its status: nobody gets round a door."""

TITLES = re.compile(
    r"just a moment|attention required|one moment, please|ddos-guard|checking your browser"
    r"|are you (?:a )?(?:human|robot)|access (?:to this page has been )?denied|security check"
    r"|잠시만 기다리(?:십시오|세요)|비정상적인 접근|자동(?:등록|입력) ?방지|로봇이 아닙니다"
    r"|접근이 (?:차단|제한)|(?:서비스|검색) 이용이 제한|보안 확인",
    re.IGNORECASE,
)
SCRIPTS = re.compile(rb"window\._cf_chl_opt|/cdn-cgi/challenge-platform/h/\w+/orchestrate")
TITLE = re.compile(rb"<title[^<>]*>(.{0,200}?)</title", re.IGNORECASE | re.DOTALL)
CAPTCHA = re.compile(
    rb"""class=["'](?:g-recaptcha|h-captcha|cf-turnstile)\b|wtm_?captcha|ncaptcha|captchaimg"""
    rb"""|ncpt\.naver\.com|id=["']captcha""",
    re.IGNORECASE,
)
"""What asks for a proof of being a person; pages with a comment form hold it as well."""
PASSWORD = re.compile(rb"""<input[^<>]+type=["']?password""", re.IGNORECASE)
LOGIN_TITLE = re.compile(r"로그인|log ?in|sign ?in", re.IGNORECASE)
HIDDEN = re.compile(rb"<(script|style|noscript|template|head)\b")
"""Lower-case openings of what a reader does not see."""
TAGS = re.compile(rb"<[^<>]*>|\s+")
LITTLE = 1_500
"""Bytes of visible text (500 syllables) below which a page with a captcha or a login is the door
itself. Chosen, not measured: a door says a sentence or two, a page with a form says more."""
SHORT = 60_000
"""Bytes of page above which a title alone proves nothing: an article may be called 접근이 제한."""


def blocked_reason(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Return why this answer is not the page, or "" when it is.

    `headers` have lower-case names; `body` is unpacked. Challenges come with status 200 as well.

    >>> blocked_reason(403, {}, b"")
    'forbidden'
    >>> blocked_reason(200, {}, b"<title>Just a moment...</title>")
    'challenge'
    >>> blocked_reason(200, {}, "<title>햇살마을 소식</title>".encode())
    ''
    >>> blocked_reason(200, {}, "<title>로그인</title><input type=password>".encode())
    'login'
    """
    found = TITLE.search(body[:SHORT])
    title = found[1].decode(errors="replace") if found else ""
    if is_challenge(headers.get("cf-mitigated", ""), body, title):
        return "challenge"
    door = _door(body, title) if len(body) < SHORT else ""
    return door or REFUSALS.get(status, "")


def is_challenge(mitigated: str, body: bytes, title: str) -> bool:
    """Whether an answer asks for proof of being a person.

    Args:
        mitigated: The header cf-mitigated, "" without one.
        body: The page, unpacked.
        title: Its title.

    >>> is_challenge("", b"<title>Just a moment...</title>", "Just a moment...")
    True
    >>> is_challenge("", b"", "햇살마을 소식")
    False
    """
    if mitigated.strip().lower() == "challenge" or SCRIPTS.search(body):
        return True
    return len(body) < SHORT and bool(TITLES.search(title))


def _door(body: bytes, title: str) -> str:
    """Return which kind of door with a form a short page is, "" when it is none."""
    asks_captcha, asks_password = CAPTCHA.search(body), PASSWORD.search(body)
    if not (asks_captcha or asks_password) or len(TAGS.sub(b"", _seen(body))) > LITTLE:
        return ""
    if asks_captcha:
        return "captcha"
    return "login" if LOGIN_TITLE.search(title) else ""


def _seen(body: bytes) -> bytes:
    """Return a page without its scripts, styles and head; what is never closed stays."""
    small, at = body.lower(), 0
    kept, unclosed = [], set()
    for found in HIDDEN.finditer(small):
        name = found[1]
        if found.start() < at or name in unclosed:
            continue
        end = small.find(b"</" + name, found.end())
        if end < 0:
            unclosed.add(name)  # looked for once, so that the time is linear
            continue
        kept.append(body[at : found.start()])
        at = end
    return b"".join([*kept, body[at:]])
