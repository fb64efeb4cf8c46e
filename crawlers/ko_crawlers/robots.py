"""robots.txt, read as RFC 9309 asks: a site whose rules cannot be had is not crawled."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

NOTHING = b"User-agent: *\nDisallow: /\n"
REFUSED = {401, 403, 429}


def rules(status: int, body: bytes) -> bytes:
    """Return the robots.txt to obey, given the answer to the request for it.

    No such file means no rule (RFC 9309, 2.3.1.3). A server error means that nothing is allowed
    (2.3.1.4). The RFC would let a refusal (403) count as "no rule"; a site that refuses even its
    robots.txt does not want robots, so nothing is allowed either.

    >>> rules(404, b"<html>")
    b''
    >>> rules(503, b"") == NOTHING
    True
    """
    if 200 <= status < 300:
        return body
    if status >= 500 or status in REFUSED:
        return NOTHING
    return b""


class Robots(RobotsTxtMiddleware):
    """Scrapy's middleware, but a robots.txt out of reach forbids, and Crawl-delay is kept."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.slow: set[str] = set()
        """Hosts with a Crawl-delay longer than our pause, which AutoThrottle must not shorten."""
        self.unreachable: set[str] = set()
        """Hosts whose robots.txt could not be had."""

    async def process_request(self, request: Request) -> None:
        """Refuse what robots.txt forbids, with the word that the crawl log uses."""
        host = urlsplit(request.url).netloc
        try:
            await super().process_request(request)
        except IgnoreRequest:
            reason = "robots-unreachable" if host in self.unreachable else "robots"
            raise IgnoreRequest(reason) from None
        if host in self.slow:
            request.meta["autothrottle_dont_adjust_delay"] = True

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        found = rules(response.status, response.body)
        if found is NOTHING:
            self.unreachable.add(netloc)
        response = response.replace(body=found)
        await super()._parse_robots(response, netloc, request)
        self._keep_delay(netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self.unreachable.add(netloc)
        waiting = self._parsers[netloc]
        self._parsers[netloc] = self._parserimpl.from_crawler(self.crawler, NOTHING)
        waiting.callback(self._parsers[netloc])

    def _keep_delay(self, netloc: str, request: Request) -> None:
        agent = request.headers.get(b"User-Agent") or self._default_useragent
        wanted = self._parsers[netloc].crawl_delay(agent)
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if wanted is not None and slot is not None and wanted > slot.delay:
            slot.delay = wanted
            self.slow.add(netloc)
