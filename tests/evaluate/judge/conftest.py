"""A judge of the documented protocol on the loopback, which judges by a rule of the test."""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from korean_rlhf.endpoint import client
from korean_rlhf.settings.endpoint import EndpointSettings

SINGLE = re.compile(r"<평가할 답>\n(.*)\n</평가할 답>", re.DOTALL)
PAIR = re.compile(r"<답 A>\n(.*)\n</답 A>\n\n<답 B>\n(.*)\n</답 B>", re.DOTALL)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):  # a client that was killed
        pass


@contextmanager
def judging(score=None, prefer=None, finish="stop"):
    """Serve `score(answer)` and `prefer(answer_a, answer_b)`, both as the text of the reply."""
    seen = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one piece: no wait for an acknowledgement

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                seen.append(body)
            asked = body["messages"][-1]["content"]
            single = SINGLE.search(asked)
            said = score(single[1]) if single else prefer(*PAIR.search(asked).groups())
            choice = {"message": {"content": said}, "finish_reason": finish}
            status = 400 if said is None else 200
            content = json.dumps({"choices": [choice]}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        yield EndpointSettings(endpoint=url, timeout_seconds=5.0), seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def verdict(**values):
    return json.dumps({"reason": "까닭", **values}, ensure_ascii=False)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(client, "FIRST_WAIT", 0.001)


@pytest.fixture(name="judging")
def judging_fixture():
    return judging


@pytest.fixture(name="verdict")
def verdict_fixture():
    return verdict
