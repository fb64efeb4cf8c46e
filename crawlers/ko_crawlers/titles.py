"""What the spiders of wikis share: start pages named by title, and links to articles only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import quote, unquote, urldefrag, urlsplit

from scrapy.http import TextResponse
from scrapy.linkextractors import LinkExtractor

from ko_crawlers.polite import PoliteSpider
from korean_rlhf.errors import SettingsError


class TitleSpider(PoliteSpider):
    """Crawl articles, at first those named, then those that they link to.

    Arguments beside the common ones: titles (separated by "|"), base (the address before a title).
    depth is 0 unless given: only the pages named.
    """

    home: ClassVar[str]
    """The address before a title, unless `base` is given."""
    not_articles: ClassVar[frozenset[str]]
    """Namespaces by lower-case name without spaces; a colon after any other word is part of a
    title."""

    def __init__(
        self, *, titles: str = "", base: str = "", depth: str = "0", **common: str
    ) -> None:
        super().__init__(depth=depth, **common)
        self.base = base or self.home
        names = [title.strip() for title in titles.split("|") if title.strip()]
        if not names:
            raise SettingsError(f"Spider {self.name} needs titles: -a 'titles=서울특별시|한글'")
        self.start_urls = [
            name if "://" in name else article_url(self.base, name) for name in names
        ]
        self.links = LinkExtractor(allow=[], unique=True)

    def targets(self, response: TextResponse) -> Iterator[str]:
        """Yield the articles that an article links to."""
        for link in self.links.extract_links(response):
            if is_article(self.base, urldefrag(link.url).url, self.not_articles):
                yield link.url


def article_url(base: str, title: str) -> str:
    """Return the address of the article called `title`.

    >>> article_url("https://ko.wikipedia.org/wiki/", "서울 숲")
    'https://ko.wikipedia.org/wiki/%EC%84%9C%EC%9A%B8_%EC%88%B2'
    """
    return base + quote(title.replace(" ", "_"), safe="/:(),!*'~")


def is_article(base: str, url: str, not_articles: frozenset[str]) -> bool:
    """Whether `url` is a page of the main namespace: no talk, file, category or query.

    >>> wiki = "https://ko.wikipedia.org/wiki/"
    >>> is_article(wiki, wiki + "어벤져스:_엔드게임", frozenset({"분류"}))
    True
    >>> is_article(wiki, wiki + "분류:서울", frozenset({"분류"}))
    False
    """
    if not url.startswith(base) or urlsplit(url).query:
        return False
    title = unquote(url[len(base) :])
    namespace, colon, _ = title.partition(":")
    return bool(title) and not (colon and namespace.replace("_", "").lower() in not_articles)
