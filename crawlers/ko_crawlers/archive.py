"""The middleware next to the network: archive each response, never fetch an archived one again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from ko_crawlers.crawllog import CrawlLog
from ko_crawlers.unpacking import beginning
from ko_crawlers.warcfile import Exchange, WarcFolder
from korean_rlhf.doors import GIVEN_UP, TRANSIENT, blocked_reason

NOT_SENT = {b"transfer-encoding", b"proxy-authorization", b"cookie", b"authorization"}
"""Headers left out of the WARC: undone by the library, or secrets."""


class ArchiveFailed(Exception):
    """An answer came and could not be kept: the crawl must end."""


class Archive:
    """Write every response to warc/ and a row to crawl.jsonl; replay what warc/ already holds."""

    def __init__(self, crawler: Crawler) -> None:
        out = getattr(crawler.spider, "out", None)
        if out is None:
            raise NotConfigured("the spider has no folder to write to")
        agent = crawler.settings["USER_AGENT"]
        software = f"{agent} scrapy/{scrapy.__version__} warcio/{_version('warcio')}"
        self.warc = WarcFolder(Path(out) / "warc", software)
        self.log = CrawlLog(Path(out) / "crawl.jsonl")
        self.finished = Path(out) / "crawl-finished.json"
        self.stats = crawler.stats
        self.spider = crawler.spider
        self.refusals: Counter[str] = crawler.spider.refusals

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Archive:
        """Make it with its files open, as Scrapy does."""
        archive = cls(crawler)
        archive.warc.open()
        archive.log.open()
        crawler.signals.connect(archive.unread, signal=signals.spider_error)
        crawler.signals.connect(archive.ended, signal=signals.spider_closed)
        crawler.signals.connect(archive.close, signal=signals.engine_stopped)
        return archive

    def process_request(self, request: Request) -> Response | None:
        """Answer from the archive what a killed run has already fetched.

        robots.txt is always asked for anew: its rules may have changed since. The robots middleware
        comes before this one, so a page that was forbidden meanwhile is not replayed either.
        """
        if request.method != "GET" or is_robots(request.url) or request.url not in self.warc.places:
            return None
        status, headers, body = self.warc.read(request.url)
        if status in TRANSIENT:
            return None
        request.meta["replayed"] = True
        self.stats.inc_value("archive/replayed")
        replayed = Headers()
        for name, value in headers:
            replayed.appendlist(name, value)
        kind = responsetypes.from_args(headers=replayed, url=request.url, body=body)
        return kind(request.url, status=status, headers=replayed, body=body, request=request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Archive a response that came over the network, and log either kind."""
        now = _now()
        replayed = bool(request.meta.get("replayed"))
        if not replayed:
            with self._writing():
                self.warc.append(_exchange(request, response, now))
        elif request.url in self.log.settled:
            return response
        reason = "" if is_robots(request.url) else blocked_reason(*_unpacked(response))
        if reason:
            self.stats.inc_value(f"archive/blocked/{reason}")
            request.meta["blocked"] = reason
            request.meta["dont_retry"] = reason in GIVEN_UP
        if not replayed:
            host = urlsplit(request.url).netloc
            self.refusals[host] = self.refusals[host] + 1 if reason else 0
        depth = request.meta.get("depth", 0)
        with self._writing():
            self.log.write(response.url, response.status, now, depth, blocked=reason)
        return response

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            self.spider.broken = str(problem)
            raise ArchiveFailed(self.spider.broken) from problem

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Log an address that was forbidden or could not be reached."""
        if request.url in self.log.settled:
            return
        now = _now()
        depth = request.meta.get("depth", 0)
        if isinstance(exception, IgnoreRequest):
            self.log.write(request.url, None, now, depth, blocked=str(exception) or "ignored")
        else:
            error = f"{type(exception).__name__}: {exception}"
            self.log.write(request.url, None, now, depth, blocked="", error=error)

    def unread(self, failure: Any, response: Response) -> None:
        """Log an archived page whose links could not be read."""
        error = f"links: {failure.type.__name__}: {failure.getErrorMessage()}"
        depth = response.meta.get("depth", 0)
        with self._writing():
            self.log.write(response.url, response.status, _now(), depth, blocked="", error=error)

    def ended(self, reason: str) -> None:
        """Note that the crawl came to its last page; one that was stopped has no such note."""
        if reason == "finished" and not (self.spider.broken or self.spider.frontier.broken):
            note = {"finished_at": _now(), "archived": len(self.warc.places)}
            self.finished.write_text(json.dumps(note) + "\n", encoding="utf-8")

    def close(self) -> None:
        """Close the files of the crawl."""
        self.warc.close()
        self.log.close()


def is_robots(url: str) -> bool:
    """Whether `url` is a site's robots.txt."""
    return urlsplit(url).path == "/robots.txt"


def _exchange(request: Request, response: Response, now: str) -> Exchange:
    parts = urlsplit(request.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = "Unknown"
    return Exchange(
        url=request.url,
        fetched_at=now,
        request_line=f"{request.method} {path} HTTP/1.1",
        request_headers=[("Host", parts.netloc), *_pairs(request.headers)],
        request_body=request.body,
        status_line=f"{response.status} {phrase}",
        protocol=response.protocol or "HTTP/1.1",
        headers=_pairs(response.headers),
        body=response.body,
        ip_address=str(response.ip_address or ""),
    )


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), _header_text(value))
        for name, values in headers.items()
        for value in values
        if name.lower() not in NOT_SENT
    ]


def _header_text(value: bytes) -> str:
    """Return a header value as text: warcio percent-encodes what is not ASCII as UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _unpacked(response: Response) -> tuple[int, dict[str, str], bytes]:
    headers = {name.lower(): value for name, value in _pairs(response.headers)}
    body = beginning(response.body, headers.get("content-encoding", ""))
    return response.status, headers, body


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
