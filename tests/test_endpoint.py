from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from korean_rlhf.endpoint import (
    Endpoint,
    Question,
    Reply,
    ReplyCache,
    RequestRefused,
    chat_address,
    pace,
)
from korean_rlhf.endpoint import client as client_module
from korean_rlhf.endpoint import pace as pace_module
from korean_rlhf.errors import EndpointError, SettingsError
from korean_rlhf.records import Message
from korean_rlhf.settings.endpoint import EndpointSettings

KEY = "sk-not-a-real-key-0123456789"
Answer = tuple[int, dict[str, str], bytes]


def completion(text: str, **more: Any) -> Answer:
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop", **more}
    usage = {"prompt_tokens": 3, "completion_tokens": 2}
    return 200, {}, json.dumps({"choices": [choice], "usage": usage}).encode()


class Replica:
    """A server of the documented protocol that answers as the test says."""

    def __init__(self, answers: Callable[[int, dict[str, Any]], Answer]) -> None:
        self.seen: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.times: list[float] = []
        self.under_way = self.most = 0
        lock = threading.Lock()
        replica = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    replica.times.append(time.monotonic())
                    replica.seen.append(body)
                    replica.paths.append(self.path)
                    replica.headers.append(dict(self.headers))
                    number = len(replica.seen)
                    replica.under_way += 1
                    replica.most = max(replica.most, replica.under_way)
                status, headers, content = answers(number, body)
                with lock:
                    replica.under_way -= 1
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:  # a client that gave up
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def replica(answers: Callable[[int, dict[str, Any]], Answer]) -> Iterator[Replica]:
    found = Replica(answers)
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        found.server.shutdown()
        found.server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "FIRST_WAIT", 0.001)
    monkeypatch.setenv("KOREAN_RLHF_API_KEY", KEY)


def ask(text: str = "안녕", **parameters: Any) -> Question:
    return Question(
        model="m", messages=(Message(role="user", content=text),), parameters=parameters
    )


def settings(url: str, **more: Any) -> EndpointSettings:
    return EndpointSettings(endpoint=url, **{"timeout_seconds": 5.0, **more})


def test_a_question_is_sent_as_the_protocol_says():
    with (
        replica(lambda *_: completion("반가워요")) as server,
        Endpoint(settings(server.url)) as api,
    ):
        reply = api.ask(ask("안녕하세요", temperature=0.5))

    assert reply == Reply(
        text="반가워요", finish_reason="stop", prompt_tokens=3, completion_tokens=2
    )
    assert server.paths == ["/v1/chat/completions"]
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert server.seen == [
        {
            "model": "m",
            "messages": [{"role": "user", "content": "안녕하세요"}],
            "temperature": 0.5,
        }
    ]


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        ("http://localhost:1234", "http://localhost:1234/v1/chat/completions"),
        ("http://localhost:1234/", "http://localhost:1234/v1/chat/completions"),
        ("https://a.example/v1", "https://a.example/v1/chat/completions"),
        ("https://a.example/api/v1/", "https://a.example/api/v1/chat/completions"),
        ("https://a.example/v1/chat/completions", "https://a.example/v1/chat/completions"),
    ],
)
def test_an_address_may_be_written_in_each_usual_way(endpoint: str, address: str):
    assert chat_address(endpoint) == address


PASSING: dict[str, Answer] = {
    "429": (429, {}, b'{"error": {"message": "slow down"}}'),
    "429 with seconds": (429, {"Retry-After": "0.01"}, b""),
    "429 with a date": (429, {"Retry-After": formatdate(0, usegmt=True)}, b""),
    "429 with nonsense": (429, {"Retry-After": "soon"}, b""),
    "500": (500, {}, b"<html>oops</html>"),
    "503": (503, {}, b""),
    "torn JSON": (200, {}, b'{"choices": [{"mess'),
    "HTML": (200, {}, b"<html>please log in</html>"),
    "not UTF-8": (200, {}, b"\xff\xfe{}"),
    "an error with status 200": (200, {}, b'{"error": {"message": "overloaded"}}'),
    "no choices": (200, {}, b'{"choices": []}'),
    "a list": (200, {}, b"[]"),
    "a number": (200, {}, b"7"),
    "content is a list": (200, {}, b'{"choices": [{"message": {"content": [1]}}]}'),
}


@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_is_tried_again(fault: str):
    with (
        replica(lambda number, _: PASSING[fault] if number < 3 else completion("네")) as server,
        Endpoint(settings(server.url)) as api,
    ):
        assert api.ask(ask()).text == "네"
        assert api.counts["requests"] == 3
        assert api.counts["retries"] == 2
        assert api.counts["paid"] == 1


def test_a_fault_that_stays_ends_with_what_it_was():
    with (
        replica(lambda *_: (500, {}, b"full")) as server,
        Endpoint(settings(server.url, attempts=3)) as api,
        pytest.raises(EndpointError, match=r"in 3 tries; the last time: status 500: full"),
    ):
        api.ask(ask())

    assert len(server.seen) == 3


def test_silence_is_tried_again():
    def answers(number: int, _: dict[str, Any]) -> Answer:
        time.sleep(0.5 if number == 1 else 0.0)
        return completion("네")

    with (
        replica(answers) as server,
        Endpoint(settings(server.url, timeout_seconds=0.1)) as api,
    ):
        assert api.ask(ask()).text == "네"


def test_a_server_that_is_not_there_is_named():
    with (
        Endpoint(EndpointSettings(endpoint="http://127.0.0.1:9", attempts=2)) as api,
        pytest.raises(EndpointError, match=r"http://127\.0\.0\.1:9/v1.* refused.*Check that"),
    ):
        api.ask(ask())


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_question_is_not_repeated(status: int):
    with (
        replica(lambda *_: (status, {}, b'{"error": {"message": "too long"}}')) as server,
        Endpoint(settings(server.url)) as api,
        pytest.raises(RequestRefused, match="too long"),
    ):
        api.ask(ask())

    assert len(server.seen) == 1


def test_a_wrong_address_or_model_ends_at_once():
    with (
        replica(lambda *_: (404, {}, b'{"error": "model m not found"}')) as server,
        Endpoint(settings(server.url)) as api,
        pytest.raises(EndpointError, match=r"model m not found.*--model"),
    ):
        api.ask(ask())

    assert len(server.seen) == 1


def test_the_key_is_in_no_error_log_or_cache(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    echo = (401, {}, f'{{"error": {{"message": "bad key {KEY}"}}}}'.encode())
    late = (429, {}, f"{KEY} asks too often".encode())
    cache = tmp_path / "replies.sqlite"
    caplog.set_level(logging.DEBUG)
    with replica(lambda *_: echo) as server, Endpoint(settings(server.url), cache=cache) as api:
        with pytest.raises(EndpointError, match="refuses the API key") as refused:
            api.ask(ask())
    with replica(lambda *_: late) as server:
        with Endpoint(settings(server.url, attempts=1), cache=cache) as api:
            with pytest.raises(EndpointError) as tired:
                api.ask(ask())
    with replica(lambda *_: completion("네")) as server:
        with Endpoint(settings(server.url), cache=cache) as api:
            api.ask(ask())
            shown = repr(api.settings)

    assert KEY not in str(refused.value) + str(tired.value) + caplog.text + shown
    assert not any(KEY.encode() in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "address", ["https://user:pass@a.example", "https://a.example/?key=1", "a.example", "ftp://a"]
)
def test_an_address_with_a_secret_or_without_a_host_is_refused(address: str):
    with pytest.raises(SettingsError):
        EndpointSettings(endpoint=address)


def test_everybody_waits_as_long_as_the_server_asks():
    slow = (429, {"Retry-After": "0.3"}, b"")
    with (
        replica(lambda number, _: slow if number == 1 else completion("네")) as server,
        Endpoint(settings(server.url, concurrency=1)) as api,
    ):
        list(api.each(lambda text: api.ask(ask(text)), ["하나", "둘"]))

    assert server.times[1] - server.times[0] >= 0.3


def test_a_server_that_asks_for_no_wait_is_not_pressed_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client_module, "FIRST_WAIT", 0.04)
    busy: Answer = (429, {"Retry-After": "0"}, b"{}")
    with (
        replica(lambda number, _: busy if number < 4 else completion("네")) as server,
        Endpoint(settings(server.url)) as api,
    ):
        api.ask(ask())

    assert server.times[-1] - server.times[0] > 0.12, "half of 0.04 + 0.08 + 0.16 s at least"


def test_no_half_of_a_key_is_shown():
    said = json.dumps({"error": {"message": "x" * 190 + KEY}}).encode()
    with (
        replica(lambda *_: (401, {}, said)) as server,
        Endpoint(settings(server.url)) as api,
        pytest.raises(EndpointError, match="xxxx") as problem,
    ):
        api.ask(ask())

    assert KEY[:6] not in str(problem.value)


def test_a_cached_answer_shows_that_a_server_answers(tmp_path: Path):
    def answers(number: int, body: dict[str, Any]) -> Answer:
        bad = "나쁜" in body["messages"][0]["content"]
        return (400, {}, b"{}") if bad else completion("네")

    with replica(answers) as server:
        for _ in range(2):
            with Endpoint(settings(server.url), cache=tmp_path / "replies.sqlite") as api:
                api.ask(ask())
                for number in range(20):
                    with pytest.raises(RequestRefused):
                        api.ask(ask(f"나쁜 {number}"))
        with Endpoint(settings(server.url)) as api, pytest.raises(EndpointError, match="each of"):
            for number in range(20):
                with contextlib.suppress(RequestRefused):
                    api.ask(ask(f"나쁜 {number}"))


def test_a_wait_beyond_the_limit_ends_the_work():
    with (
        replica(lambda *_: (429, {"Retry-After": "3600"}, b"")) as server,
        Endpoint(settings(server.url, longest_wait_seconds=1.0)) as api,
        pytest.raises(EndpointError, match="asks to wait 3600 seconds"),
    ):
        api.ask(ask())


def test_answers_come_in_order_and_no_more_than_allowed_are_under_way():
    def answers(_: int, body: dict[str, Any]) -> Answer:
        text = body["messages"][0]["content"]
        time.sleep(0.02 if int(text) % 3 == 0 else 0.001)
        return completion(text)

    with replica(answers) as server, Endpoint(settings(server.url, concurrency=4)) as api:
        texts = [str(number) for number in range(40)]
        found = [reply.text for reply in api.each(lambda text: api.ask(ask(text)), texts)]

    assert found == texts
    assert 2 <= server.most <= 4


def test_an_error_in_one_of_many_ends_the_work():
    def answers(_: int, body: dict[str, Any]) -> Answer:
        text = body["messages"][0]["content"]
        return (404, {}, b"gone") if text == "3" else completion(text)

    with (
        replica(answers) as server,
        Endpoint(settings(server.url, concurrency=2)) as api,
        pytest.raises(EndpointError, match="gone"),
    ):
        list(api.each(lambda text: api.ask(ask(text)), map(str, range(1000))))

    assert len(server.seen) < 30


def test_the_rate_limit_spaces_requests(monkeypatch: pytest.MonkeyPatch):
    started: list[float] = []

    class Clock(pace.Pace):
        """Its sleepers wake at once, and the clock stands where they wanted to wake."""

        now = 100.0

        def wait(self, sleep: Callable[[float], None], characters: int = 0) -> None:
            super().wait(lambda seconds: setattr(Clock, "now", Clock.now + seconds), characters)
            started.append(Clock.now)

    monkeypatch.setattr(pace, "time", SimpleNamespace(monotonic=lambda: Clock.now))
    monkeypatch.setattr(pace_module, "Pace", Clock)
    with (
        replica(lambda *_: completion("네")) as server,
        Endpoint(settings(server.url, requests_per_second=50.0, concurrency=1)) as api,
    ):
        for place in range(6):
            api.ask(ask(str(place)))

    assert started == pytest.approx([100.0 + 0.02 * place for place in range(6)])


def test_an_answer_is_paid_once(tmp_path: Path):
    cache = tmp_path / "replies.sqlite"
    with replica(lambda number, _: completion(f"답 {number}")) as server:
        with Endpoint(settings(server.url), cache=cache) as api:
            first = api.ask(ask())
        with Endpoint(settings(server.url), cache=cache) as api:
            second = api.ask(ask())
            counts = dict(api.counts)

    assert (first.text, second.text) == ("답 1", "답 1")
    assert second.cached and not first.cached
    assert counts == {"cached": 1}


def test_the_address_is_not_in_the_key_and_all_else_is(tmp_path: Path):
    cache = tmp_path / "replies.sqlite"
    for _ in range(2):  # two servers, two ports
        with replica(lambda *_: completion("네")) as server:
            with Endpoint(settings(server.url), cache=cache) as api:
                api.ask(ask())
                asked = len(server.seen)

    assert asked == 0
    base = ask()
    keys = {
        base.key(),
        ask("다른 말").key(),
        ask(temperature=1).key(),
        Question(model="n", messages=base.messages).key(),
        Question(model="m", messages=base.messages, engine="other").key(),
        Question(model="m", messages=(Message(role="system", content="안녕"),)).key(),
    }
    assert len(keys) == 6


def test_threads_that_ask_the_same_pay_once(tmp_path: Path):
    def answers(*_: Any) -> Answer:
        time.sleep(0.05)
        return completion("네")

    with (
        replica(answers) as server,
        Endpoint(settings(server.url), cache=tmp_path / "replies.sqlite") as api,
    ):
        list(api.each(lambda text: api.ask(ask(text)), ["같은 말"] * 8))

    assert len(server.seen) == 1


def test_a_failed_question_is_free_for_the_next_try(tmp_path: Path):
    with (
        replica(lambda number, _: (404, {}, b"") if number == 1 else completion("네")) as server,
        Endpoint(settings(server.url), cache=tmp_path / "replies.sqlite") as api,
    ):
        with pytest.raises(EndpointError):
            api.ask(ask())
        assert api.ask(ask()).text == "네"


ASKER = """
import sys
from korean_rlhf.endpoint import Endpoint, Question
from korean_rlhf.records import Message
from korean_rlhf.settings.endpoint import EndpointSettings
from pathlib import Path
questions = [
    Question(model="m", messages=(Message(role="user", content=str(number)),))
    for number in range(30)
]
with Endpoint(EndpointSettings(endpoint=sys.argv[1]), cache=Path(sys.argv[2])) as api:
    print("asking", flush=True)
    for reply in api.each(api.ask, questions):
        print(reply.text)
"""


def start_asker(url: str, cache: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ASKER, url, str(cache)], stdout=subprocess.PIPE, text=True
    )


def test_two_processes_on_one_cache_pay_each_answer_once(tmp_path: Path):
    def answers(_: int, body: dict[str, Any]) -> Answer:
        time.sleep(0.01)
        return completion("답 " + body["messages"][0]["content"])

    with replica(answers) as server:
        processes = [start_asker(server.url, tmp_path / "replies.sqlite") for _ in range(2)]
        outputs = [process.communicate(timeout=60)[0] for process in processes]

    assert outputs[0] == outputs[1] == "asking\n" + "".join(f"답 {n}\n" for n in range(30))
    assert Counter(body["messages"][0]["content"] for body in server.seen).most_common(1)[0][1] == 1


def test_a_new_cache_can_be_opened_by_many_at_once(tmp_path: Path):
    """SQLite does not wait for the lock of another that is just switching the file to WAL."""
    for number in range(30):
        barrier = threading.Barrier(6)

        def open_one(number: int = number, barrier: threading.Barrier = barrier) -> int:
            barrier.wait(30)
            cache = ReplyCache(tmp_path / f"replies-{number}.sqlite")
            count = len(cache)
            cache.close()
            return count

        with ThreadPoolExecutor(6) as pool:
            assert [one.result() for one in [pool.submit(open_one) for _ in range(6)]] == [0] * 6


def test_the_claims_of_a_killed_process_do_not_hold(tmp_path: Path):
    started = threading.Event()

    def answers(number: int, body: dict[str, Any]) -> Answer:
        started.set()
        time.sleep(5.0 if number <= 8 else 0.0)  # the first process is killed in these
        return completion("답")

    with replica(answers) as server:
        process = start_asker(server.url, tmp_path / "replies.sqlite")
        started.wait(30)
        process.kill()
        process.communicate()
        before = time.monotonic()
        again = start_asker(server.url, tmp_path / "replies.sqlite")
        output = again.communicate(timeout=60)[0]

    assert output.count("답") == 30
    assert time.monotonic() - before < 20, "it waited for a process that is dead"


def test_a_file_that_is_no_cache_is_named(tmp_path: Path):
    wrong = tmp_path / "notes.txt"
    wrong.write_text("이것은 데이터베이스가 아니에요. " * 100, encoding="utf-8")

    with pytest.raises(EndpointError, match=r"notes\.txt cannot be used as the cache"):
        ReplyCache(wrong)


def test_a_reply_comes_back_from_the_cache_as_it_was(tmp_path: Path):
    kept = Reply(text="가\0나\n𝄞", finish_reason="length", prompt_tokens=7, completion_tokens=9)
    cache = ReplyCache(tmp_path / "replies.sqlite")
    assert cache.take("key", 60.0) is True
    assert cache.take("key", 60.0) is False
    cache.put("key", kept)
    cache.release("key")

    assert cache.take("key", 60.0) == kept
    assert len(cache) == 1
    cache.close()


def test_nothing_heavy_is_loaded_to_read_the_settings():
    code = (
        "import sys, korean_rlhf.endpoint, korean_rlhf.promptfiles, korean_rlhf.translate.engines;"
    )
    code += "print([name for name in ('httpx', 'jinja2', 'kiwipiepy') if name in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True
    )

    assert found.stdout.strip() == "[]"
