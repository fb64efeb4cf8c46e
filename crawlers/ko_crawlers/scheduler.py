"""Scrapy's scheduler, over the frontier on disk: what is asked for next, and what must wait."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from ko_crawlers.frontier import Address, Frontier
from ko_crawlers.polite import PoliteSpider

FRONTIER = "frontier.sqlite"
KEPT = ("retry_times", "redirect_times", "redirect_ttl", "redirect_urls", "redirect_reasons")
"""What Scrapy's middlewares note on a request for the attempts after it."""


class FrontierScheduler:
    """Hand out one address of each host at a time, of hosts that may be asked.

    Links do not come this way: the spider notes them in the frontier itself, in one transaction
    with the page that they stand on. What Scrapy enqueues are the retries and redirects.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.frontier = Frontier()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        """Make it, as Scrapy does."""
        return cls(crawler)

    def open(self, spider: PoliteSpider) -> None:
        """Open the frontier in the spider's folder; what was in flight is pending again."""
        spider.out.mkdir(parents=True, exist_ok=True)
        self.frontier = spider.frontier = Frontier(spider.out / FRONTIER)

    def close(self, reason: str) -> None:
        """Close the frontier."""
        self.frontier.close()

    def has_pending_requests(self) -> bool:
        """Whether anything is left to ask for, now or after a rest."""
        return bool(self.frontier.waiting) and not self._broken()

    def enqueue_request(self, request: Request) -> bool:
        """Put back a request to retry, or note where one was redirected; False if known."""
        number: int = request.meta["number"]
        facts = {name: request.meta[name] for name in KEPT if name in request.meta}
        if request.meta.get("retry_times", 0) > request.meta["retries_before"]:
            self.frontier.retry(number, facts)
            return True
        return self.frontier.redirect(number, request.url, request.meta["depth"], facts)

    def next_request(self) -> Request | None:
        """Return the next request to a host that is neither at work nor at rest.

        When no more can be written, there is none, and the crawl comes to its end unfinished.
        """
        if self._broken():
            return None
        address = self.frontier.take(self._at_work() | self._at_rest())
        return None if address is None else request_for(address, self.crawler.spider)

    def _broken(self) -> bool:
        return bool(self.frontier.broken or self.crawler.spider.broken)

    def _at_work(self) -> set[str]:
        active = self.crawler.engine.downloader.active
        return {urlsplit(request.url).netloc for request in active}

    def _at_rest(self) -> set[str]:
        now = time.monotonic()
        resting: dict[str, float] = self.crawler.spider.resting
        return {host for host, until in resting.items() if until > now}


def request_for(address: Address, spider: Any) -> Request:
    """Return the request for an address of the frontier."""
    meta = {**address.facts, "number": address.number, "depth": address.depth}
    meta["retries_before"] = address.facts.get("retry_times", 0)
    return Request(address.url, meta=meta, errback=spider.lost, dont_filter=True)
