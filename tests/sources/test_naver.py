"""The collector of Naver search results against a server on loopback that plays the API."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from korean_rlhf.errors import BadInput, SettingsError, StageFailed
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.crawl import NaverSearchSettings
from korean_rlhf.sources import naver, naver_api
from korean_rlhf.sources.naver_quota import DailyQuota, state_file

ROOT = Path(__file__).parents[2]
IDENTITY = {"X-Naver-Client-Id": "id-of-the-test", "X-Naver-Client-Secret": "secret-of-the-test"}
TOTAL = 250


class Api:
    """What the server has been asked, and the answers that it gives before the right ones."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int]] = []
        self.before: list[tuple[int, bytes, dict[str, str]]] = []
        self.address = ""

    def answer(self, path: str, headers: Any) -> tuple[int, bytes, dict[str, str]]:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        start, display = int(query["start"]), int(query["display"])
        self.asked.append((urlsplit(path).path, query["query"], start))
        if self.before:
            return self.before.pop(0)
        if any(headers.get(name) != value for name, value in IDENTITY.items()):
            return 401, b'{"errorCode":"024"}', {}
        if display > 100 or start > 1000 or ("sort" in query) != ("encyc" not in path):
            return 400, b'{"errorCode":"SE02"}', {}
        items = [item(query["query"], n) for n in range(start, min(start + display, TOTAL + 1))]
        found = {"total": TOTAL, "start": start, "display": len(items), "items": items}
        return 200, json.dumps(found).encode(), {}


def item(query: str, number: int) -> dict[str, str]:
    return {
        "title": f"<b>{query}</b> 소식 {number}",
        "originallink": f"https://news.example/{number}",
        "link": f"https://n.news.naver.com/article/001/{number:010d}",
        "description": f"&quot;<b>{query}</b>&quot;이 열린다 &amp; 닫힌다 {number}",
        "pubDate": "Tue, 12 Mar 2024 09:12:00 +0900",
        "bloggername": "남지 않을 이름",
    }


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    played = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, headers = played.answer(self.path, self.headers)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    played.address = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NAVER_CLIENT_ID", IDENTITY["X-Naver-Client-Id"])
    monkeypatch.setenv("NAVER_CLIENT_SECRET", IDENTITY["X-Naver-Client-Secret"])
    monkeypatch.setattr(naver_api, "CALLS_PER_SECOND", 1000.0)
    monkeypatch.setattr(naver_api, "FIRST_WAIT", 0.01)
    yield played
    server.shutdown()
    server.server_close()
    thread.join()


def search(api: Api, out: Path, *queries: str, calls: int = 100, **settings: Any) -> None:
    chosen = NaverSearchSettings(**settings)
    naver.search(queries or ("축제",), out, chosen, daily_calls=calls, address=api.address)


def rows(out: Path) -> list[dict[str, str]]:
    lines = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def calls_today() -> int:
    return sum(json.loads(state_file().read_text())["calls"].values())


def test_all_pages_are_read_and_only_snippet_links_and_time_are_kept(
    api: Api, tmp_path: Path
) -> None:
    search(api, tmp_path / "out")
    found = rows(tmp_path / "out")

    assert api.asked == [("/news.json", "축제", start) for start in (1, 101, 201)]
    assert len(found) == TOTAL
    assert found[6] == {
        "query": "축제",
        "title": "축제 소식 7",
        "snippet": '"축제"이 열린다 & 닫힌다 7',
        "link": "https://n.news.naver.com/article/001/0000000007",
        "originallink": "https://news.example/7",
        "published": "2024-03-12T00:12:00Z",
    }
    assert read_manifest(tmp_path / "out")["counts"] == {"in": 250, "out": 250, "dropped": {}}


def test_a_link_that_two_queries_find_is_kept_once_and_a_finished_search_not_repeated(
    api: Api, tmp_path: Path
) -> None:
    search(api, tmp_path / "out", "축제", "시장", "축제", most=120)
    search(api, tmp_path / "out", "축제", "시장", "축제", most=120)

    assert [start for _, _, start in api.asked] == [1, 101, 1, 101]
    assert read_manifest(tmp_path / "out")["counts"]["dropped"] == {"found-again": 120}


def test_kinds_that_cannot_be_sorted_are_asked_for_unsorted(api: Api, tmp_path: Path) -> None:
    search(api, tmp_path / "out", kind="encyc", most=10)

    assert api.asked == [("/encyc.json", "축제", 1)] and len(rows(tmp_path / "out")) == 10


def test_passing_faults_are_tried_again_and_every_call_is_counted(api: Api, tmp_path: Path) -> None:
    api.before = [
        (429, b'{"errorCode":"012"}', {"Retry-After": "0"}),
        (500, b"", {}),
        (200, b'{"total": 250, "items": [{"title": "torn', {}),
        (200, b'{"total": 250}', {}),
    ]
    search(api, tmp_path / "out", most=100)

    assert len(api.asked) == 5 == calls_today()
    assert len(rows(tmp_path / "out")) == 100


def test_a_server_that_stays_down_ends_the_run_which_then_goes_on_where_it_was(
    api: Api, tmp_path: Path
) -> None:
    search(api, tmp_path / "other", "먼저", most=1)
    asked = len(api.asked)
    api.before = [(200, json.dumps({"total": 250, "items": [item("축제", 1)]}).encode(), {})]
    api.before += [(503, b"", {})] * naver_api.ATTEMPTS

    with pytest.raises(StageFailed, match="goes on where it was"):
        search(api, tmp_path / "out")
    search(api, tmp_path / "out")

    starts = [start for _, _, start in api.asked[asked:]]
    assert starts == [1, *[101] * naver_api.ATTEMPTS, 101, 201]


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (401, SettingsError, "NAVER_CLIENT_ID"),
        (403, SettingsError, "API 검색"),
        (400, BadInput, "SE01"),
    ],
)
def test_a_refusal_says_what_to_do_and_is_not_tried_again(
    api: Api, tmp_path: Path, status: int, error: type[Exception], said: str
) -> None:
    api.before = [(status, b'{"errorCode":"SE01"}', {})]

    with pytest.raises(error, match=said):
        search(api, tmp_path / "out")
    assert len(api.asked) == 1
    assert not list((tmp_path / "out").glob("*.jsonl")), "another query may use the folder"


def test_the_quota_of_the_day_ends_the_run_over_all_folders(api: Api, tmp_path: Path) -> None:
    search(api, tmp_path / "one", calls=4)

    with pytest.raises(StageFailed, match="4 calls of today"):
        search(api, tmp_path / "two", calls=4)
    assert len(api.asked) == 4
    search(api, tmp_path / "two", calls=6)

    assert len(api.asked) == 6 and len(rows(tmp_path / "two")) == TOTAL


def test_the_quota_begins_anew_at_midnight_in_korea_and_counts_each_application(
    tmp_path: Path,
) -> None:
    path = tmp_path / "state" / "calls.json"
    evening = datetime(2024, 3, 12, 14, 59, tzinfo=UTC)
    DailyQuota("a", 1, path).spend(evening)
    DailyQuota("b", 1, path).spend(evening)
    with pytest.raises(StageFailed, match="2024-03-12"):
        DailyQuota("a", 1, path).spend(evening)
    DailyQuota("a", 1, path).spend(datetime(2024, 3, 12, 15, 0, tzinfo=UTC))

    assert json.loads(path.read_text())["day"] == "2024-03-13"


@pytest.mark.parametrize("name", ["NAVER_CLIENT_ID", "NAVER_CLIENT_SECRET"])
def test_without_id_or_secret_nothing_is_asked(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)

    with pytest.raises(SettingsError, match=name):
        search(api, tmp_path / "out")
    assert api.asked == []


@pytest.mark.parametrize("most", [0, 1001])
def test_more_than_the_api_hands_out_is_refused(most: int) -> None:
    with pytest.raises(SettingsError, match="1 to 1000"):
        NaverSearchSettings(most=most)


def test_id_and_secret_are_written_nowhere(
    api: Api, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    api.before = [(429, b"", {})]
    search(api, tmp_path / "out")
    api.before = [(401, b"", {})]
    with pytest.raises(SettingsError) as caught:
        search(api, tmp_path / "refused")
    client = naver_api.NaverClient(*naver_api.credentials(), spend=lambda: None)
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    said = "".join([*capfd.readouterr(), str(caught.value), repr(client)])

    assert len(written) > 4
    for value in IDENTITY.values():
        assert value not in said
        assert not any(value.encode() in content for content in written)


KILLED = """
import sys
from pathlib import Path
from korean_rlhf.settings.crawl import NaverSearchSettings
from korean_rlhf.sources import naver
naver.search(["축제", "시장"], Path(sys.argv[1]), NaverSearchSettings(), daily_calls=100,
             address=sys.argv[2])
"""


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60.0
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)


def test_a_killed_search_makes_only_the_calls_that_are_missing(api: Api, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-c", KILLED, str(out), api.address]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)})
    wait_for(lambda: len(api.asked) >= 4)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with (out / "calls.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"query": "시장", "start": 2')  # torn
    held = [(call["query"], call["start"]) for call in naver.read_calls(out / "calls.jsonl")]
    api.asked.clear()
    search(api, out, "축제", "시장")
    search(api, tmp_path / "straight", "축제", "시장")

    asked = [(query, start) for _, query, start in api.asked[: 6 - len(held)]]
    assert len(held) >= 3 and not set(held) & set(asked)
    assert rows(out) == rows(tmp_path / "straight")
