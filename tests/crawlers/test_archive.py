"""What the archive notes of an answer, however it is packed and whatever its links raise."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from ko_crawlers.archive import Archive
from ko_crawlers.spiders.site import SiteSpider
from scrapy.http import HtmlResponse, Request
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector
from twisted.python.failure import Failure

from korean_rlhf.sources.spiders import read_log

URL = "https://a.kr/"
DOOR = b"<title>Just a moment...</title>"


class FakeCrawler:
    """As much of a crawler as the middleware looks at."""

    def __init__(self, out: Path) -> None:
        self.spider = SiteSpider(urls=URL, out=str(out))
        self.settings = Settings({"USER_AGENT": "test", "STATS_DUMP": False})
        self.stats = MemoryStatsCollector(self)  # type: ignore[arg-type]


@pytest.fixture
def archive(tmp_path: Path) -> Any:
    made = Archive(FakeCrawler(tmp_path))  # type: ignore[arg-type]
    made.warc.open()
    made.log.open()
    yield made
    made.close()


def answered(archive: Archive, body: bytes, coding: str) -> dict[str, Any]:
    request = Request(URL)
    headers = {"Content-Encoding": coding, "Content-Type": "text/html"}
    archive.process_response(request, HtmlResponse(URL, body=body, headers=headers))
    return rows(archive)[-1]


def rows(archive: Archive) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.log.path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(b"<p>" * 1_000_000), "gzip"),
        (b"<p>not packed</p>", "gzip"),
        (gzip.compress(b"<p>" * 9)[:-9], "x-gzip"),
        (b"", "gzip"),
        (b"<p>not packed</p>", "deflate"),
    ],
)
def test_an_answer_is_logged_however_it_is_packed(
    archive: Archive, body: bytes, coding: str
) -> None:
    row = answered(archive, body, coding)

    assert (row["status"], row["blocked"], row["error"]) == (200, "", "")


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(DOOR), "GZIP"),
        (zlib.compress(DOOR), "deflate"),
        (zlib.compress(DOOR)[2:-4], "deflate"),
        (DOOR, "gzip"),
    ],
)
def test_a_door_is_seen_through_every_coding(archive: Archive, body: bytes, coding: str) -> None:
    assert answered(archive, body, coding)["blocked"] == "challenge"


def test_a_page_whose_links_cannot_be_read_is_logged_and_stays_a_page(archive: Archive) -> None:
    answered(archive, b"<p>", "")
    request = Request(URL, meta={"depth": 1})
    archive.unread(Failure(ValueError("no links")), HtmlResponse(URL, request=request))

    assert rows(archive)[-1]["error"] == "links: ValueError: no links"
    assert read_log(archive.log.path)[URL] == (True, "")
