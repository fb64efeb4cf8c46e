"""Local replicas of the documented translation APIs, strict about shapes, headers and limits.

Each translates by `korean`, which keeps whatever the API promises to keep, and writes down what it
was paid for. `faults` are answers to give first, in their order, whatever is asked.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

Answer = tuple[int, dict[str, str], bytes]
WORDS = (
    "사과는",
    "물이",
    "학교에서",
    "친구와",
    "천천히",
    "새로",
    "다시",
    "함께",
    "조용히",
    "바다로",
)
_ELEMENT = re.compile(r'(<x id="\d+"/>|<span\b[^>]*>.*?</span>|<br>|⟦\d+⟧|`[^`]*`|\d+)')


def reply(body: Any, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps(body, ensure_ascii=False).encode()


def korean(text: str) -> str:
    """Some polite Korean for `text`, always the same; elements, marks and numbers stay.

    It means nothing, but a question stays a question, and each line a line.
    """
    lines = re.split(r"(\n+|<br>)", text)
    return "".join(
        part if place % 2 or not part else _sentence(part) for place, part in enumerate(lines)
    )


def _sentence(text: str) -> str:
    kept = [part for part in _ELEMENT.findall(text)]
    length = max(1, round(len(_ELEMENT.sub("", text)) / 9))
    seed = hashlib.sha256(text.encode()).digest()
    words = [WORDS[seed[place % 32] % len(WORDS)] for place in range(length)]
    return " ".join([*words, *kept, "있나요?" if "?" in text else "있어요."])


class Api:
    """One replica; a subclass knows paths, keys, limits and shapes."""

    keys: ClassVar[dict[str, str]]
    """Headers that must come."""

    def __init__(self, latency: float = 0.0) -> None:
        self.latency = latency
        self.faults: list[Answer | Callable[[], Answer]] = []
        self.asked: list[dict[str, Any]] = []
        self.paid: Counter[str] = Counter()
        """Texts that were translated, and how often."""
        self.under_way = self.most = 0
        self.lock = threading.Lock()
        self.translator = korean

    def answer(self, path: str, headers: dict[str, str], raw: bytes) -> Answer:
        body = json.loads(raw)
        with self.lock:
            self.asked.append(body)
            fault = self.faults.pop(0) if self.faults else None
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        try:
            time.sleep(self.latency)
            if fault is not None:
                return fault() if callable(fault) else fault
            for name, value in self.keys.items():
                if headers.get(name.lower()) != value:
                    return self.bad_key()
            return self.translate(path, body, len(raw))
        finally:
            with self.lock:
                self.under_way -= 1

    def bad_key(self) -> Answer:
        return reply({"message": "Authorization failure"}, 403)

    def translate(self, path: str, body: dict[str, Any], size: int) -> Answer:
        raise NotImplementedError

    def serve(self, text: str) -> str:
        with self.lock:
            self.paid[text] += 1
        return self.translator(text)


class DeepL(Api):
    keys: ClassVar[dict[str, str]] = {"Authorization": "DeepL-Auth-Key deepl-not-a-real-key"}

    def translate(self, path: str, body: dict[str, Any], size: int) -> Answer:
        if path != "/v2/translate":
            return reply({"message": "Not found"}, 404)
        if size > 128 * 1024:
            return reply({"message": "Request size exceeds 128 KiB"}, 413)
        texts = body.get("text")
        if not isinstance(texts, list) or not 1 <= len(texts) <= 50:
            return reply({"message": "Too many texts"}, 400)
        if body.get("formality") in ("more", "less"):
            return reply({"message": "'formality' is not supported for KO"}, 400)
        if body.get("target_lang") != "KO" or body.get("tag_handling") != "xml":
            return reply({"message": "Value for 'target_lang' not supported."}, 400)
        for text in texts:
            if re.search(r"&(?!amp;|lt;|gt;)|<(?!x id=\"\d+\"/>)", text):
                return reply({"Message": "Tag handling parsing failed, please check input."}, 400)
        found = [{"detected_source_language": "EN", "text": self.serve(text)} for text in texts]
        return reply({"translations": found})


class Papago(Api):
    keys: ClassVar[dict[str, str]] = {
        "X-NCP-APIGW-API-KEY-ID": "papago-not-a-real-id",
        "X-NCP-APIGW-API-KEY": "papago-not-a-real-key",
    }

    def bad_key(self) -> Answer:
        error = {"errorCode": "200", "message": "Authentication Failed"}
        return reply({"error": error}, 401)

    def translate(self, path: str, body: dict[str, Any], size: int) -> Answer:
        if path != "/translation":
            return reply({"error": {"errorCode": "300", "message": "Not Found Exception"}}, 404)
        if set(body) - {"source", "target", "text", "honorific", "glossaryKey", "replaceInfo"}:
            return reply({"error": {"errorCode": "100", "message": "Bad Request Exception"}}, 400)
        if len(body["text"]) > 5000:
            return reply({"errorCode": "N2MT08", "errorMessage": "text exceeds max length"}, 400)
        result = {"srcLangType": "en", "tarLangType": "ko", "translatedText": None}
        result["translatedText"] = self.serve(body["text"])
        if not body.get("honorific"):
            result["translatedText"] = result["translatedText"].replace("있어요.", "있다.")
        return reply({"message": {"result": result}})


class Google(Api):
    keys: ClassVar[dict[str, str]] = {"x-goog-api-key": "google-not-a-real-key"}

    def bad_key(self) -> Answer:
        error = {"code": 400, "message": "API key not valid. Please pass a valid API key."}
        return reply({"error": error}, 400)

    def translate(self, path: str, body: dict[str, Any], size: int) -> Answer:
        if path != "/language/translate/v2":
            return reply({"error": {"code": 404, "message": "Not found"}}, 404)
        if len(body["q"]) > 128 or sum(map(len, body["q"])) > 5000:
            return reply({"error": {"code": 400, "message": "Too many text segments"}}, 400)
        if (body["source"], body["target"], body["format"]) != ("en", "ko", "html"):
            return reply({"error": {"code": 400, "message": "Invalid Value"}}, 400)
        found = [{"translatedText": self.escaped(text)} for text in body["q"]]
        return reply({"data": {"translations": found}})

    def escaped(self, text: str) -> str:
        """HTML escaped as Google does, apostrophes and quotes too, outside of tags."""
        parts = re.split(r"(<[^>]*>)", self.serve(text))
        return "".join(
            part if part.startswith("<") else html.escape(html.unescape(part)) for part in parts
        )


class GoogleV3(Google):
    keys: ClassVar[dict[str, str]] = {"Authorization": "Bearer google-not-a-real-token"}
    place = "/v3/projects/ours/locations/global:translateText"

    def translate(self, path: str, body: dict[str, Any], size: int) -> Answer:
        if path != self.place:
            return reply({"error": {"code": 404, "message": "Not found", "status": "N"}}, 404)
        if len(body["contents"]) > 1024 or sum(map(len, body["contents"])) > 30_720:
            return reply({"error": {"code": 400, "message": "Text is too long."}}, 400)
        if body["mimeType"] != "text/html" or body["targetLanguageCode"] != "ko":
            return reply({"error": {"code": 400, "message": "Invalid"}}, 400)
        found = [{"translatedText": self.escaped(text)} for text in body["contents"]]
        answer: dict[str, Any] = {"translations": found}
        if "glossaryConfig" in body:
            own = [{"translatedText": each["translatedText"] + " 용어집"} for each in found]
            answer["glossaryTranslations"] = own
        return reply(answer)


class Chat(Api):
    """An OpenAI-compatible server, batched by id in JSON."""

    keys: ClassVar[dict[str, str]] = {}

    def translate(self, path: str, body: dict[str, Any], size: int) -> Answer:
        if path != "/v1/chat/completions":
            return reply({"error": {"message": "Not found"}}, 404)
        asked = body["messages"][-1]["content"]
        rows = json.JSONDecoder().raw_decode(asked, asked.index("["))[0]
        found = [{"id": row["id"], "text": self.serve(row["text"])} for row in rows]
        content = json.dumps({"rows": found}, ensure_ascii=False)
        read = sum(len(message["content"]) for message in body["messages"])
        usage = {"prompt_tokens": read // 2, "completion_tokens": len(content) // 2}
        choice = {"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
        return reply({"choices": [choice], "usage": usage})


@contextmanager
def serving(api: Api) -> Iterator[str]:
    """Serve `api` on the loopback and yield its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, content = api.answer(self.path, headers, raw)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: Any) -> None:  # a client that gave up or was killed
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
