"""Article pages of the Korean Wikipedia; for many pages read its dump instead."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, unquote, urldefrag, urlsplit

from scrapy.http import TextResponse
from scrapy.linkextractors import LinkExtractor

from ko_crawlers.polite import PoliteSpider
from korean_rlhf.errors import SettingsError

KOREAN = "https://ko.wikipedia.org/wiki/"
NOT_ARTICLES = frozenset(
    "특수 미디어 토론 사용자 위키백과 백 파일 그림 미디어위키 틀 도움말 분류 포털 "
    "위키프로젝트 모듈 초안 "
    "special media talk user wikipedia file image mediawiki template help category portal module "
    "draft 사용자토론 위키백과토론 파일토론 틀토론 분류토론 포털토론".split()
)
"""Namespaces by lower-case name without spaces; a colon after any other word is part of a title."""


class WikipediaSpider(PoliteSpider):
    """Crawl articles, at first those named, then those that they link to.

    Arguments beside the common ones: titles (separated by "|"), base (the address before a title).
    depth is 0 unless given: only the pages named. robots.txt leaves /wiki/ open and closes /w/ and
    /api/ (read 2026-09), so this spider asks for plain article pages.
    """

    name = "wikipedia"

    def __init__(
        self, *, titles: str = "", base: str = KOREAN, depth: str = "0", **common: str
    ) -> None:
        super().__init__(depth=depth, **common)
        self.base = base
        names = [title.strip() for title in titles.split("|") if title.strip()]
        if not names:
            raise SettingsError("Spider wikipedia needs titles: -a 'titles=서울특별시|한글'")
        self.start_urls = [name if "://" in name else article_url(base, name) for name in names]
        self.links = LinkExtractor(allow=[], unique=True)

    def targets(self, response: TextResponse) -> Iterator[str]:
        """Yield the articles that an article links to."""
        for link in self.links.extract_links(response):
            if is_article(self.base, urldefrag(link.url).url):
                yield link.url


def article_url(base: str, title: str) -> str:
    """Return the address of the article called `title`.

    >>> article_url("https://ko.wikipedia.org/wiki/", "서울 숲")
    'https://ko.wikipedia.org/wiki/%EC%84%9C%EC%9A%B8_%EC%88%B2'
    """
    return base + quote(title.replace(" ", "_"), safe="/:(),!*'~")


def is_article(base: str, url: str) -> bool:
    """Whether `url` is a page of the main namespace: no talk, file, category or query.

    >>> is_article(KOREAN, KOREAN + "어벤져스:_엔드게임"), is_article(KOREAN, KOREAN + "분류:서울")
    (True, False)
    """
    if not url.startswith(base) or urlsplit(url).query:
        return False
    title = unquote(url[len(base) :])
    namespace, colon, _ = title.partition(":")
    return bool(title) and not (colon and namespace.replace("_", "").lower() in NOT_ARTICLES)
