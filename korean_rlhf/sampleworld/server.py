"""Serve a folder of static pages on loopback, also as the proxy of an invented host name."""

from __future__ import annotations

import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, unquote, urlsplit

from korean_rlhf.errors import MissingInput

REDIRECTS = "_redirects"
"""File in the folder, one "/from /to status" a line. Names that begin with "_" are not served."""
TYPES = {
    ".html": "text/html",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
META_CHARSET = re.compile(rb"<meta[^>]+charset", re.IGNORECASE)


def serve(folder: Path, port: int = 0) -> None:
    """Serve `folder` until the process is ended; print "ready http://127.0.0.1:PORT" when it can.

    A request in absolute form, as a client sends it to its proxy (RFC 9112, 3.2.2), is answered for
    every host name, so a crawl can use a name that does not change with the port.

    Args:
        folder: The pages. A path that ends in "/" is answered with index.html.
        port: 0 takes any free port.

    Raises:
        MissingInput: there is no such folder.
    """
    with make_server(folder, port) as server:
        print(f"ready http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


class QuietServer(ThreadingHTTPServer):
    """A threaded server that does not report a client that went away."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report anything but a broken connection."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def make_server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of `folder` that has its port and does not answer yet."""
    if not folder.is_dir():
        raise MissingInput(folder, "korean-rlhf sampleworld make --out DIR")
    facts = {"folder": folder.resolve(), "redirects": read_redirects(folder)}
    pages = type("Pages", (PageHandler,), facts)
    return QuietServer(("127.0.0.1", port), pages)


def read_redirects(folder: Path) -> dict[str, tuple[str, int]]:
    """Return path -> (target, status) from the folder's `_redirects`."""
    path = folder / REDIRECTS
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    parts = (line.split() for line in lines if line.strip())
    return {source: (target, int(status)) for source, target, status in parts}


def find_page(folder: Path, path: str) -> Path | None:
    """Return the file that answers the URL path, None when there is none to be shown.

    Nothing outside `folder` is found, whatever the path says, nor a name that begins with "_", ".".
    """
    inside = unquote(path).lstrip("/")
    if "\0" in inside:
        return None
    file = (folder / inside).resolve()
    if path.endswith("/"):
        file /= "index.html"
    if not file.is_relative_to(folder) or not file.is_file():
        return None
    hidden = any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts)
    return None if hidden else file


def content_type(file: Path, body: bytes) -> str:
    """Return the Content-Type of a file; a page that names its own charset is left to do so."""
    kind = TYPES.get(file.suffix.lower(), "application/octet-stream")
    if kind == "text/html" and not META_CHARSET.search(body[:1024]):
        return "text/html; charset=utf-8"
    return kind


class PageHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from `folder`, quietly."""

    folder: ClassVar[Path]
    redirects: ClassVar[dict[str, tuple[str, int]]]
    protocol_version = "HTTP/1.1"
    server_version = "korean-rlhf-sample"
    sys_version = ""
    wbufsize = 65_536  # one packet an answer: two would wait for each other (Nagle, 40 ms)
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer with a file, a redirect or the 404 page."""
        path = urlsplit(self.path).path or "/"
        target = self.redirects.get(unquote(path))
        if target is not None:
            self._answer(target[1], b"", location=quote(target[0]))
            return
        file = find_page(self.folder, path)
        if file is not None:
            body = file.read_bytes()
            self._answer(200, body, kind=content_type(file, body))
            return
        missing = self.folder / "404.html"
        body = missing.read_bytes() if missing.is_file() else "없는 페이지입니다.\n".encode()
        self._answer(404, body, kind="text/html; charset=utf-8")

    do_HEAD = do_GET

    def _answer(self, status: int, body: bytes, *, kind: str = "", location: str = "") -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the crawler keeps its own log."""
