"""Fetching the inputs of a recipe: once, whole, and by one process at a time."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from filelock import FileLock

from korean_rlhf.cli.inputs import fetch
from korean_rlhf.errors import EndpointError, FolderInUse

CONTENT = "가나다라마바사".encode()


class Ranges(BaseHTTPRequestHandler):
    """Serves CONTENT, from a byte on when asked, as RFC 9110 has it."""

    def do_GET(self):
        first = int(self.headers.get("Range", "bytes=0-")[6:-1])
        status = 416 if first >= len(CONTENT) else 206 if first else 200
        body = b"" if status == 416 else CONTENT[first:]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def url():
    with ThreadingHTTPServer(("127.0.0.1", 0), Ranges) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/a.jsonl"
        server.shutdown()


@pytest.mark.parametrize("have", [b"", CONTENT[:5], CONTENT, CONTENT + b"too much"])
def test_a_broken_download_goes_on_and_a_whole_or_wrong_draft_is_no_dead_end(url, tmp_path, have):
    if have:
        (tmp_path / "a.jsonl.part").write_bytes(have)

    fetch(url, tmp_path / "a.jsonl")

    assert (tmp_path / "a.jsonl").read_bytes() == CONTENT
    assert not (tmp_path / "a.jsonl.part").exists()


def test_two_processes_do_not_write_one_draft(url, tmp_path):
    with FileLock(tmp_path / ".a.jsonl.part.lock"), pytest.raises(FolderInUse):
        fetch(url, tmp_path / "a.jsonl")


def test_a_server_that_is_gone_is_one_sentence(tmp_path):
    with pytest.raises(EndpointError, match="could not be fetched"):
        fetch("http://127.0.0.1:9/a.jsonl", tmp_path / "a.jsonl")
