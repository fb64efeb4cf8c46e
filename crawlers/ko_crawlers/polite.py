"""What the spiders share: start pages, limits, and noting the links of a page in the frontier."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError

from ko_crawlers.archive import ArchiveFailed
from ko_crawlers.frontier import Frontier
from ko_crawlers.politeness import promise
from korean_rlhf.doors import PASSING, TRANSIENT
from korean_rlhf.errors import SettingsError

FORBIDS = re.compile(r"\b(?:nofollow|none)\b", re.IGNORECASE)


class PoliteSpider(scrapy.Spider):
    """Follow links over the start pages' hosts.

    It yields neither items nor requests: the Archive keeps the pages, the Frontier the addresses.

    Arguments of every spider (`-a name=value`): out (folder, required), depth (links away from a
    start page; 0 is the start pages alone), pages (most pages to ask for), proxy (URL).
    """

    def __init__(
        self, *, out: str = "", depth: str = "", pages: str = "", proxy: str = "", **unknown: str
    ) -> None:
        if not out:
            raise SettingsError("The spider needs a folder to write to: -a out=DIR")
        if unknown:
            raise SettingsError(f"Spider {self.name} has no argument {sorted(unknown)[0]!r}.")
        super().__init__()
        self.out = Path(out)
        self.depth = whole_number("depth", depth)
        self.pages = whole_number("pages", pages)
        self.proxy = proxy
        self.hosts: set[str] = set()
        self.frontier = Frontier()
        """In memory; the scheduler opens the one in the folder."""
        self.resting: dict[str, float] = {}
        """Host -> when it may be asked again, by the monotonic clock (pauses.RetryAfter)."""
        self.broken = ""
        """Why no more can be archived; then nothing more is asked for."""
        self.refusals: Counter[str] = Counter()
        """Blocked answers in a row, by host; politeness.StayOnHosts stops at too many."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: str, **arguments: str) -> PoliteSpider:
        """Make the spider, and refuse one that would be impolite before its first request."""
        spider = super().from_crawler(crawler, *args, **arguments)
        spider.hosts = {urlsplit(url).netloc for url in spider.start_urls}
        promise(crawler.settings, spider.start_urls)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Note the start pages; the scheduler hands them out, and what an earlier run left."""
        self.frontier.add(self.start_urls, 0, most=self.pages)
        for request in ():  # an asynchronous generator needs a yield
            yield request

    def parse(self, response: Response) -> None:
        """Note that a page is done, with the pages that it links to.

        Whatever the links of a broken page raise goes on to Scrapy: its log has the traceback, the
        Archive a row in the crawl log.
        """
        meta = response.meta
        try:
            links = list(self.links_of(response))
        except Exception:
            self.frontier.finish(meta["number"], failed=True)
            raise
        self.frontier.finish(meta["number"], links, meta["depth"] + 1, most=self.pages)

    def lost(self, failure: Any) -> None:
        """Note that there is no page at an address: for good, or for this run.

        An answer that could not be written leaves its address in flight, for the next run.
        """
        if failure.check(ArchiveFailed):
            return
        if failure.check(HttpError):
            failed = failure.value.response.status in TRANSIENT
        else:
            failed = not failure.check(IgnoreRequest) or str(failure.value) in PASSING
        self.frontier.finish(failure.request.meta["number"], failed=failed)

    def links_of(self, response: Response) -> Iterator[str]:
        """Yield the links to follow, none from a page that blocks us or forbids it."""
        deepest = self.depth is not None and response.meta["depth"] >= self.depth
        if deepest or response.meta.get("blocked") or not isinstance(response, TextResponse):
            return
        if not forbids(response):
            yield from self.targets(response)

    def targets(self, response: TextResponse) -> Iterator[str]:
        """Yield the links of a page that belong to this crawl."""
        raise NotImplementedError


def whole_number(name: str, text: str) -> int | None:
    """Return the argument as a number, None when it was not given."""
    if not text:
        return None
    if not text.isdecimal():
        raise SettingsError(f"{name} must be a whole number, not {text!r}.")
    return int(text)


def forbids(response: TextResponse) -> bool:
    """Whether a page asks robots not to follow its links, by meta tag or header."""
    tags = response.xpath("//meta[translate(@name,'ROBTS','robts')='robots']/@content").getall()
    header = (response.headers.get("X-Robots-Tag") or b"").decode("latin-1")
    return any(FORBIDS.search(words) for words in [*tags, header])
