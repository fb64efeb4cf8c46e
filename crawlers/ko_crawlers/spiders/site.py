"""Any web site, page by page, by following its links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from scrapy.http import TextResponse, XmlResponse
from scrapy.linkextractors import LinkExtractor
from scrapy.utils.sitemap import Sitemap

from ko_crawlers.frontier import host_of
from ko_crawlers.polite import PoliteSpider
from korean_rlhf.errors import SettingsError


class SiteSpider(PoliteSpider):
    """Crawl the hosts of the start pages.

    Arguments beside the common ones: urls (start pages or sitemaps, separated by spaces), allow
    and deny (regular expressions over the whole address, searched; separated by spaces).
    """

    name = "site"

    def __init__(self, *, urls: str = "", allow: str = "", deny: str = "", **common: str) -> None:
        super().__init__(**common)
        self.start_urls = urls.split()
        for url in self.start_urls:
            if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
                raise SettingsError(f"{url!r} is no address. Write it whole: https://{url}")
        if not self.start_urls:
            raise SettingsError("Spider site needs a start page: -a urls=https://example.kr/")
        patterns = [_pattern(text) for text in allow.split()]
        self.links = LinkExtractor(allow=patterns, deny=[_pattern(text) for text in deny.split()])

    def targets(self, response: TextResponse) -> Iterator[str]:
        """Yield the links of a page, or the addresses in a sitemap, that stay on the hosts."""
        if isinstance(response, XmlResponse):
            found = [entry["loc"] for entry in Sitemap(response.body) if "loc" in entry]
            found = [url for url in found if self.links.matches(url) or url.endswith(".xml")]
        else:
            links = self.links.extract_links(response)
            found = [link.url for link in links if not link.nofollow]
        yield from (url for url in found if host_of(url) in self.hosts)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise SettingsError(f"{text!r} is no regular expression: {error}.") from error
