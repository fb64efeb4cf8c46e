"""A host that is overloaded rests as long as it asks for; a closed door is not tried again."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ko_crawlers.pauses import LONGEST_REST, RetryAfter
from ko_crawlers.politeness import MOST_REFUSALS
from scrapy import Request
from scrapy.http import Response

ROOT = Path(__file__).parents[2]
DOOR = b'<title>Just a moment...</title><a href="/behind">x</a>'


class Site(BaseHTTPRequestHandler):
    """A site that is overloaded once, and has a door with status 503."""

    asked: list[tuple[str, float]]

    def do_GET(self) -> None:
        first = self.path not in (path for path, _ in self.asked)
        self.asked.append((self.path, time.monotonic()))
        if self.path == "/busy" and first:
            self.answer(429, b"later", ("Retry-After", "2"))
        elif self.path == "/door":
            self.answer(503, DOOR)
        elif self.path == "/captcha":
            self.answer(200, '<title>확인</title><p id="captcha"><a href="/behind">가</a>'.encode())
        elif self.path == "/robots.txt":
            self.answer(200, b"User-agent: *\nCrawl-delay: 1\n")
        else:
            links = ("/busy", "/door", "/captcha", "/calm")
            self.answer(200, "".join(f'<a href="{link}">가</a>' for link in links).encode())

    def answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", "text/html; charset=utf-8"), *headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[tuple[str, list[tuple[str, float]]]]:
    asked: list[tuple[str, float]] = []
    handler = type("Handler", (Site,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_host_rests_and_doors_are_recorded_and_not_tried_again(
    site: tuple[str, list[tuple[str, float]]], tmp_path: Path
) -> None:
    home, asked = site
    command = [sys.executable, "-m", "korean_rlhf", "crawl", "site", f"{home}/", "--out", "raw"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(
        [*command, "--license", "CC0-1.0"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    paths = [path for path, _ in asked]
    times = [moment for _, moment in asked]
    busy = paths.index("/busy")
    lines = (tmp_path / "raw" / "crawl.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    blocked = {row["url"].removeprefix(home): row["blocked"] for row in rows if row["blocked"]}

    assert times[busy + 1] - times[busy] >= 2.0, "no request to the host in between"
    pauses = [later - earlier for earlier, later in pairwise(times[1:])]
    assert min(pauses) > 0.95, "Crawl-delay holds on this machine too"
    assert sorted(paths) == sorted(
        ["/robots.txt", "/", "/busy", "/busy", "/door", "/captcha", "/calm"]
    ), "each once, but for the one that was asked to come again; nothing behind a door"
    assert blocked == {"/busy": "rate-limited", "/door": "challenge", "/captcha": "captcha"}


class FakeSpider:
    """As much of a spider as the middleware looks at."""

    def __init__(self) -> None:
        self.resting: dict[str, float] = {}
        self.refusals: dict[str, int] = {}


def rested(seconds: str, **meta: Any) -> FakeSpider:
    spider = FakeSpider()
    crawler = type("Crawler", (), {"spider": spider})()
    response = Response("http://a.kr/", status=503, headers={"Retry-After": seconds})
    RetryAfter(crawler).process_response(Request("http://a.kr/", meta=meta), response)
    return spider


def test_a_host_that_wants_a_long_rest_is_left_alone_and_an_archived_wish_is_over() -> None:
    assert rested("30").resting.keys() == {"a.kr"}
    assert rested(str(int(LONGEST_REST) + 1)).refusals == {"a.kr": MOST_REFUSALS}
    assert rested("30", replayed=True).resting == {}
