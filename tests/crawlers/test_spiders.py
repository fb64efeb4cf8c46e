"""What the spiders ask for, from saved pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from ko_crawlers.frontier import FAILED
from ko_crawlers.spiders.namu import NAMU, NamuSpider
from ko_crawlers.spiders.site import SiteSpider
from ko_crawlers.spiders.wikipedia import KOREAN, WikipediaSpider
from ko_crawlers.titles import article_url
from scrapy import Request
from scrapy.http import HtmlResponse, XmlResponse

from korean_rlhf.errors import SettingsError
from korean_rlhf.sources.spiders import SpiderRun, named, spiders

PAGES = Path(__file__).parents[1] / "pages"
HOME = "https://example.kr/"


def asked(spider: Any, body: str | bytes, url: str = HOME, kind: Any = HtmlResponse) -> list[str]:
    spider.hosts = {"example.kr", "ko.wikipedia.org"}
    request = Request(url, meta={"number": 0, "depth": 0})
    spider.parse(kind(url, body=body, encoding="utf-8", request=request))
    addresses = iter(spider.frontier.take, None)
    return [unquote(address.url) for address in addresses]


def site(**arguments: str) -> SiteSpider:
    return SiteSpider(urls=HOME, out="unused", **arguments)


def links(*addresses: str) -> str:
    return "".join(f'<a href="{address}">가</a>' for address in addresses)


def test_the_site_spider_stays_on_the_host_and_asks_once() -> None:
    page = links("/a", "/a#top", "https://example.kr/b", "https://sub.example.kr/", "mailto:a@b.kr")

    assert asked(site(), page) == [f"{HOME}a", f"{HOME}b"]


def test_links_marked_nofollow_and_pages_that_forbid_following_are_left() -> None:
    assert asked(site(), '<a rel="nofollow" href="/a">가</a>') == []
    assert asked(site(), '<meta name="ROBOTS" content="NoFollow">' + links("/a")) == []
    assert asked(site(), '<meta name="robots" content="noindex">' + links("/a")) == [f"{HOME}a"]


def test_allow_and_deny_choose_addresses() -> None:
    page = links("/news/1", "/news/2", "/shop/1")

    assert asked(site(allow="/news/"), page) == [f"{HOME}news/1", f"{HOME}news/2"]
    assert asked(site(allow="/news/", deny="2$"), page) == [f"{HOME}news/1"]


def test_depth_zero_follows_nothing_and_pages_limits_all() -> None:
    page = links("/1", "/2", "/3")

    assert asked(site(depth="0"), page) == []
    assert asked(site(pages="2"), page) == [f"{HOME}1", f"{HOME}2"]


def test_a_sitemap_gives_its_addresses() -> None:
    sitemap = f"<urlset><url><loc>{HOME}a</loc></url><url><loc>https://x.kr/</loc></url></urlset>"

    assert asked(site(), sitemap, f"{HOME}sitemap.xml", XmlResponse) == [f"{HOME}a"]


@pytest.mark.parametrize("broken", [b"", b"not xml"])
def test_a_broken_sitemap_is_a_failure_and_stays_for_the_next_run(broken: bytes) -> None:
    spider = site()
    spider.frontier.add([f"{HOME}sitemap.xml"], 0)
    address = spider.frontier.take()
    assert address is not None
    request = Request(address.url, meta={"number": address.number, "depth": 0})
    with pytest.raises(Exception):  # noqa: B017  of lxml and Scrapy, each of its own kind
        spider.parse(XmlResponse(address.url, body=broken, request=request))
    states = spider.frontier._db.execute("SELECT state FROM address").fetchall()

    assert states == [(FAILED,)]


def test_the_wikipedia_spider_follows_articles_only() -> None:
    spider = WikipediaSpider(titles="햇살마을", out="unused", depth="1")
    page = (PAGES / "wikipedia-haetsal.html").read_text(encoding="utf-8")

    found = asked(spider, page, article_url(KOREAN, "햇살마을"))

    assert found == [f"{KOREAN}가람군", f"{KOREAN}은빛내", f"{KOREAN}어벤져스:_엔드게임"]


def test_the_wikipedia_spider_fetches_the_named_pages_alone_by_default() -> None:
    spider = WikipediaSpider(titles="서울특별시|서울 숲", out="unused")

    assert [unquote(url) for url in spider.start_urls] == [
        f"{KOREAN}서울특별시",
        f"{KOREAN}서울_숲",
    ]
    assert asked(spider, links("/wiki/한글"), KOREAN) == []


def test_the_namu_spider_follows_articles_only() -> None:
    spider = NamuSpider(titles="서울 숲", out="unused", depth="1")
    page = links(
        "/w/한글#s-1", "/w/분류:한글", "/edit/한글", "/w/한글?rev=1", "/w/소설:가제", "/w/"
    )

    found = asked(spider, page, article_url(NAMU, "서울 숲"))

    assert [unquote(url) for url in spider.start_urls] == [f"{NAMU}서울_숲"]
    assert found == [f"{NAMU}한글", f"{NAMU}소설:가제"]
    assert NamuSpider.custom_settings["DOWNLOAD_DELAY"] >= 10.0


@pytest.mark.parametrize(
    ("spider", "start", "license", "expected"),
    [
        ("namu", "한글", "", "CC-BY-NC-SA-2.0"),
        ("wikipedia", "한글", "", "CC-BY-SA-4.0"),
        ("wikipedia", "한글", "CC0-1.0", "CC0-1.0"),
        ("namu", "https://example.kr/w/한글", "", ""),
        ("site", HOME, "", ""),
    ],
)
def test_the_licence_of_a_wiki_is_noted_for_its_own_pages_only(
    spider: str, start: str, license: str, expected: str
) -> None:
    found = named(SpiderRun(spider=spider, start=(start,), license=license))

    assert (found.source, found.license) == (spider, expected)
    assert spider in spiders()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"urls": HOME}, "out=DIR"),
        ({"urls": "", "out": "x"}, "start page"),
        ({"urls": "example.kr", "out": "x"}, "https://example.kr"),
        ({"urls": HOME, "out": "x", "depht": "1"}, "depht"),
        ({"urls": HOME, "out": "x", "depth": "-1"}, "whole number"),
        ({"urls": HOME, "out": "x", "allow": "("}, "regular expression"),
    ],
)
def test_wrong_arguments_get_a_sentence(arguments: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        SiteSpider(**arguments)
