"""Tell a page that keeps robots out from the page that was asked for, in archives of any crawler.

Our own crawls note it while they fetch; other archives hold such answers as pages with status 200.
"""

from __future__ import annotations

import re

SCRIPTS = re.compile(rb"window\._cf_chl_opt|/cdn-cgi/challenge-platform/h/\w+/orchestrate")
TITLES = re.compile(
    r"just a moment|attention required|one moment, please|ddos-guard|checking your browser"
    r"|are you (?:a )?(?:human|robot)|access (?:to this page has been )?denied|security check"
    r"|잠시만 기다리(?:십시오|세요)|비정상적인 접근|자동(?:등록|입력) ?방지|로봇이 아닙니다"
    r"|접근이 (?:차단|제한)",
    re.IGNORECASE,
)
SHORT = 60_000
"""Bytes of page above which a title alone proves nothing: an article may be called so."""


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
