"""The rest that a server asks for with Retry-After (RFC 9110, 10.2.3)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from ko_crawlers.politeness import MOST_REFUSALS

OVERLOADED = {429, 503}
"""Answers after which the whole host rests, not only the page."""
REST = 60.0
"""Seconds of rest after 429 (too many requests) without Retry-After."""
LONGEST_REST = 3600.0
"""Seconds; a host that asks for more is left alone for the rest of this run."""


def rest_asked(status: int, header: str, now: datetime) -> float:
    """Return the seconds for which a host wants no request, given its answer.

    `header` is that of Retry-After, "" without one; `now` has a time zone.

    >>> noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
    >>> rest_asked(429, "120", noon), rest_asked(503, "Fri, 01 Mar 2024 12:00:30 GMT", noon)
    (120.0, 30.0)
    >>> rest_asked(503, "", noon), rest_asked(429, "soon", noon), rest_asked(200, "120", noon)
    (0.0, 60.0, 0.0)
    """
    if status not in OVERLOADED:
        return 0.0
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return REST if status == 429 else 0.0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


class RetryAfter:
    """Downloader middleware: let a host rest that is overloaded, as long as it asks for."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryAfter:
        """Make it, as Scrapy does."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Note when the host may be asked again; an archived answer is long past."""
        if request.meta.get("replayed"):
            return response
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        seconds = rest_asked(response.status, header, datetime.now(UTC))
        spider: Any = self.crawler.spider
        host = urlsplit(request.url).netloc
        if seconds > LONGEST_REST:
            spider.refusals[host] = MOST_REFUSALS
        elif seconds > 0.0:
            spider.resting[host] = time.monotonic() + seconds
        return response
