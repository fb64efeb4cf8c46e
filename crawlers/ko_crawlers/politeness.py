"""What a crawl must promise before it starts, and the hosts that it stays on."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.settings import BaseSettings

from korean_rlhf.errors import SettingsError

LEAST_DELAY = 1.0  # seconds
LOOPBACK_DELAY = 0.001
"""Seconds; as good as none. At 0.0 Scrapy sends a whole queue at once, whatever its concurrency."""
MOST_REFUSALS = 10
"""Blocked answers in a row after which a host is asked for nothing more."""
PROJECT = "korean-rlhf"


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by definition (RFC 5735, RFC 6761), so needs no pause.

    >>> is_loopback("127.0.0.1"), is_loopback("haetsal.localhost"), is_loopback("localhost.kr")
    (True, True, False)
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def promise(settings: BaseSettings, urls: Iterable[str]) -> None:
    """Refuse a crawl of `urls` that would be impolite, and set the user agent and the pauses.

    Raises:
        SettingsError: robots.txt is switched off, the delay is too short, or nobody to turn to.
    """
    if not settings.getbool("ROBOTSTXT_OBEY"):
        raise SettingsError("ROBOTSTXT_OBEY is off. Every spider here obeys robots.txt.")
    if settings.getfloat("DOWNLOAD_DELAY") < LEAST_DELAY:
        raise SettingsError(f"DOWNLOAD_DELAY must be at least {LEAST_DELAY} seconds.")
    hosts = {urlsplit(url).hostname or "" for url in urls}
    abroad = sorted(host for host in hosts if not is_loopback(host))
    contact = settings.get("CONTACT") or ""
    if abroad and not contact:
        raise SettingsError(
            f"A crawl of {abroad[0]} needs somebody to turn to in its user agent: "
            "give --contact (to scrapy: -s CONTACT=) with an e-mail address or a page."
        )
    agent = f"{PROJECT} (+{contact})" if contact else PROJECT
    settings.set("USER_AGENT", agent, priority="spider")
    slot = {"delay": LOOPBACK_DELAY, "concurrency": 1}
    slots = {host: dict(slot) for host in hosts if is_loopback(host)}
    settings.set("DOWNLOAD_SLOTS", slots, priority="spider")


class StayOnHosts:
    """Downloader middleware: the first to see a request, robots.txt and redirects included."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StayOnHosts:
        """Make it, as Scrapy does."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Refuse a request off the spider's hosts, set its proxy, free loopback of AutoThrottle."""
        spider: Any = self.crawler.spider
        parts = urlsplit(request.url)
        if parts.netloc not in spider.hosts:
            raise IgnoreRequest("offsite")
        if spider.refusals[parts.netloc] >= MOST_REFUSALS:
            raise IgnoreRequest("host-blocked")
        if spider.proxy:
            request.meta["proxy"] = spider.proxy
        if is_loopback(parts.hostname or ""):
            request.meta["autothrottle_dont_adjust_delay"] = True
