"""Tell an answer that keeps robots out from the page that was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping

REFUSALS = {401: "login", 402: "payment", 403: "forbidden", 407: "proxy", 429: "rate-limited"}
"""Reason by status. 451 (legal) is a missing page, not a closed door."""

CHALLENGE_TITLES = re.compile(
    r"just a moment|attention required|one moment, please|ddos-guard|checking your browser"
    r"|are you (?:a )?(?:human|robot)|access (?:to this page has been )?denied|security check"
    r"|잠시만 기다리(?:십시오|세요)|비정상적인 접근|자동(?:등록|입력) ?방지|로봇이 아닙니다"
    r"|접근이 (?:차단|제한)",
    re.IGNORECASE,
)
CHALLENGE_SCRIPT = re.compile(rb"window\._cf_chl_opt|/cdn-cgi/challenge-platform/h/\w+/orchestrate")
TITLE = re.compile(rb"<title[^>]*>(.{0,200}?)</title", re.IGNORECASE | re.DOTALL)
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
    """
    if headers.get("cf-mitigated", "").lower() == "challenge" or CHALLENGE_SCRIPT.search(body):
        return "challenge"
    title = TITLE.search(body[:SHORT])
    if title and len(body) < SHORT and CHALLENGE_TITLES.search(title[1].decode(errors="replace")):
        return "challenge"
    return REFUSALS.get(status, "")
