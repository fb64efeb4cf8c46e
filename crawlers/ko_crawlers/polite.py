"""What the spiders share: start pages, limits, and following the links of a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse

from ko_crawlers.politeness import promise
from korean_rlhf.errors import SettingsError

FORBIDS = re.compile(r"\b(?:nofollow|none)\b", re.IGNORECASE)


class PoliteSpider(scrapy.Spider):
    """Follow links over the start pages' hosts. It yields no items: the Archive keeps the pages.

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
        self.asked: set[str] = set()
        self.refusals: Counter[str] = Counter()
        """Blocked answers in a row, by host; politeness.StayOnHosts stops at too many."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: str, **arguments: str) -> PoliteSpider:
        """Make the spider, and refuse one that would be impolite before its first request."""
        spider = super().from_crawler(crawler, *args, **arguments)
        spider.hosts = {urlsplit(url).netloc for url in spider.start_urls}
        promise(crawler.settings, spider.start_urls)
        if spider.depth is not None:
            crawler.settings.set("DEPTH_LIMIT", max(1, spider.depth), priority="spider")
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the start pages."""
        for url in self.start_urls:
            for request in self.ask(url):
                yield request

    def parse(self, response: Response) -> Iterator[Request]:
        """Ask for the pages that one page links to, each once."""
        # DEPTH_LIMIT = 0 would mean "no limit" to Scrapy, so depth 0 is decided here.
        if self.depth == 0 or not isinstance(response, TextResponse) or forbids(response):
            return
        for url in self.targets(response):
            yield from self.ask(url)

    def ask(self, url: str) -> Iterator[Request]:
        """Yield a request for `url` unless it was asked for before or the limit is reached."""
        url = urldefrag(url).url
        if url in self.asked or (self.pages is not None and len(self.asked) >= self.pages):
            return
        self.asked.add(url)
        yield Request(url)

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
