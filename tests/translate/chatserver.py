"""A chat server on loopback that answers what a function says: for tests of one's own words."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from korean_rlhf.settings.endpoint import EndpointSettings

Answer = Callable[[str, str], str]
"""From the system's words and the user's to the answer."""


@contextmanager
def chat_server(answer: Answer) -> Iterator[EndpointSettings]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            words = {each["role"]: each["content"] for each in body["messages"]}
            message = {"role": "assistant", "content": answer(words["system"], words["user"])}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            content = json.dumps({"choices": [choice]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield EndpointSettings(endpoint=f"http://127.0.0.1:{server.server_address[1]}/v1")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def rows_reply(texts: dict[str, str], user: str) -> str:
    """Return the translations that `texts` holds of the rows in a request."""
    rows = [{"id": row["id"], "text": texts[row["text"]]} for row in json.loads(user)]
    return json.dumps({"rows": rows}, ensure_ascii=False)
