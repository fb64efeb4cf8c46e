"""A translator on loopback that knows the truth of the sample twins and lies at a stated rate.

It speaks the OpenAI chat protocol, so the real client, cache and checks are at work. Every fault it
makes is written into a ledger, which faultledger.py compares with what came through.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from korean_rlhf import tables
from korean_rlhf.errors import MissingInput
from korean_rlhf.records import Instruction, parse_messages
from korean_rlhf.sampleworld.badtranslations import FAULTS, MARK, Line

FAULTS_OF_ROWS = ("rows-swapped", "row-left-out")
FAULTS_OF_REQUESTS = ("torn-json", "status-429", "status-500", "torn-body", "slow")
REQUEST_RATE = 0.5
"""Faults of whole requests are made at this part of the rate of faults in rows."""
SLOW_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Truth:
    """One message of a twin in both languages."""

    id: str
    message: int
    english: str
    korean: str
    kind: str
    reply: str


@dataclass(frozen=True, slots=True)
class Known:
    """A row of a request, and the truth about it."""

    id: str
    note: str
    line: Line
    truths: tuple[tuple[Truth, dict[str, str]], ...]
    """Each message that it may be, with what its marks stand for."""


class Translator:
    """Answers chat requests about the twins, and keeps the ledger of its faults."""

    def __init__(self, truths: Sequence[Truth], ledger: Path, fault_rate: float, seed: int) -> None:
        self._truths: dict[tuple[str, str], list[Truth]] = {}
        for truth in truths:
            self._truths.setdefault((truth.kind, truth.english), []).append(truth)
        self._rate, self._seed = fault_rate, seed
        self._ledger = ledger
        self._writing = threading.Lock()
        self._seen: Counter[str] = Counter()
        ledger.parent.mkdir(parents=True, exist_ok=True)

    def answer(self, body: Mapping[str, Any]) -> tuple[int, bytes]:
        """Return status and body of the answer to one chat request."""
        try:
            content = str(body["messages"][-1]["content"])
            rows = json.loads(content)
            rows = [
                {key: str(row.get(key, "")) for key in ("id", "kind", "text", "note")}
                for row in rows
            ]
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            return 400, _json(
                {"error": {"message": "the last message must be a JSON list of rows"}}
            )
        key = hashlib.sha256(content.encode()).hexdigest()[:16]
        fault = self._fault_of_request(key)
        if fault == "slow":
            time.sleep(SLOW_SECONDS)
        elif fault == "status-429":
            return 429, _json({"error": {"message": "too many requests"}})
        elif fault == "status-500":
            return 500, b"internal error"
        texts = self._translate(rows, key)
        reply = json.dumps({"rows": texts}, ensure_ascii=False)
        if fault == "torn-json":
            reply = reply[: int(len(reply) * 0.6)]
        done = _json(_completion(reply, content))
        if fault == "torn-body":
            return 200, done[: len(done) // 2]
        self._write({"served": key})
        return 200, done

    def _fault_of_request(self, key: str) -> str:
        """Return the fault of a whole request; all but torn-json are over at the second try."""
        rng = self._rng("request", key)
        if rng.random() >= self._rate * REQUEST_RATE:
            return ""
        fault = rng.choice(FAULTS_OF_REQUESTS)
        with self._writing:
            self._seen[key] += 1
            again = self._seen[key] > 1
        if again and fault != "torn-json":
            return ""
        self._write({"fault": fault, "request": key})
        return fault

    def _translate(self, rows: Sequence[Mapping[str, str]], key: str) -> list[dict[str, str]]:
        """Return the rows of an answer, some of them wrong."""
        known = [found for row in rows if (found := self._find(row))]
        texts = {each.id: each.line.korean for each in known}
        left_out = set()
        for place, each in enumerate(known):
            rng = self._rng("row", each.line.kind, each.line.english, each.note)
            if rng.random() >= self._rate or texts[each.id] != each.line.korean:
                continue
            fault, wrong = self._choose(each.line, rng)
            touched = [each]
            if fault == "row-left-out":
                left_out.add(each.id)
            elif fault == "rows-swapped":
                other = _partner(known, place, texts)
                if other is None:
                    continue
                texts[each.id], texts[other.id] = texts[other.id], texts[each.id]
                touched = [each, other]
            else:
                texts[each.id] = wrong
            self._note(fault, touched, {one.id: texts[one.id] for one in touched}, key)
        return [{"id": id, "text": text} for id, text in texts.items() if id not in left_out]

    def _choose(self, line: Line, rng: random.Random) -> tuple[str, str]:
        """Return a fault that applies to the line, and the wrong text."""
        names = [*FAULTS, *FAULTS_OF_ROWS]
        rng.shuffle(names)
        for name in names:
            if name in FAULTS_OF_ROWS:
                return name, ""
            wrong = FAULTS[name](line, rng)
            if wrong is not None and wrong != line.korean:
                return name, wrong
        return "row-left-out", ""

    def _find(self, row: Mapping[str, str]) -> Known | None:
        """Return what is known of a row: twins whose masked texts are equal look alike."""
        exact = self._truths.get((row["kind"], row["text"]), ())
        found: list[tuple[Truth, dict[str, str]]] = [(truth, {}) for truth in exact]
        if not found and MARK.search(row["text"]):
            found = list(self._find_masked(row))
        if not found:
            return None
        truth, spans = found[0]
        korean = truth.korean
        for mark, span in sorted(spans.items(), key=lambda item: -len(item[1])):
            korean = korean.replace(span, mark, 1)
        line = Line(row["text"], korean, truth.kind, truth.reply)
        return Known(row["id"], row["note"], line, tuple(found))

    def _find_masked(self, row: Mapping[str, str]) -> Iterator[tuple[Truth, dict[str, str]]]:
        parts = MARK.split(row["text"])
        pattern = re.compile("(.+?)".join(map(re.escape, parts)), re.DOTALL)
        for (kind, english), truths in self._truths.items():
            found = pattern.fullmatch(english) if kind == row["kind"] else None
            if found:
                spans = dict(zip(MARK.findall(row["text"]), found.groups(), strict=True))
                yield from ((truth, spans) for truth in truths)

    def _rng(self, *parts: str) -> random.Random:
        content = "\0".join((str(self._seed), *parts))
        return random.Random(hashlib.sha256(content.encode()).digest())

    def _note(
        self, fault: str, touched: Sequence[Known], wrong: Mapping[str, str], key: str
    ) -> None:
        """Write one fault into the ledger, with every message that it may have reached."""
        rows = [
            {
                "id": truth.id,
                "message": truth.message,
                "wrong": _restored(wrong[each.id], spans),
                "right": truth.korean,
            }
            for each in touched
            for truth, spans in each.truths
        ]
        attempt = 2 if touched[0].note else 1
        self._write({"fault": fault, "attempt": attempt, "rows": rows, "request": key})

    def _write(self, row: Mapping[str, Any]) -> None:
        with self._writing, self._ledger.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def read_truths(key_file: Path) -> list[Truth]:
    """Return every message of the twins in both languages.

    The English is in twins.en.jsonl beside `key_file`, twins.key.jsonl.
    """
    english_file = key_file.with_name(key_file.name.replace(".key.", ".en."))
    if not key_file.is_file() or english_file == key_file or not english_file.is_file():
        raise MissingInput(english_file, "korean-rlhf sampleworld make")
    korean = {row["id"]: parse_messages(row["ko_messages"]) for _, row in tables.rows(key_file)}
    truths = []
    for twin in tables.read(english_file, Instruction):
        turns = korean[twin.id]
        for place, (message, turn) in enumerate(zip(twin.messages, turns, strict=True)):
            kind = "answer" if message.role == "assistant" else "instruction"
            reply = turns[place + 1].content if place + 1 < len(turns) else ""
            truths.append(Truth(twin.id, place, message.content, turn.content, kind, reply))
    return truths


def make_server(
    key_file: Path, ledger: Path, *, port: int = 0, fault_rate: float = 0.3, seed: int = 0
) -> ThreadingHTTPServer:
    """Return a server on loopback, bound and not yet serving; port 0 takes any free one."""
    translator = Translator(read_truths(key_file), ledger, fault_rate, seed)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path != "/v1/chat/completions":
                self._send(404, _json({"error": {"message": f"no such path: {self.path}"}}))
                return
            try:
                body = json.loads(content)
            except ValueError:
                body = {}
            self._send(*translator.answer(body if isinstance(body, dict) else {}))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            if status == 429:
                self.send_header("Retry-After", "0.2")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server


def serve(
    key_file: Path, ledger: Path, *, port: int = 0, fault_rate: float = 0.3, seed: int = 0
) -> None:
    """Serve until killed; print `ready http://127.0.0.1:PORT` when requests may come."""
    with make_server(key_file, ledger, port=port, fault_rate=fault_rate, seed=seed) as server:
        print(f"ready http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


def _partner(known: Sequence[Known], place: int, texts: Mapping[str, str]) -> Known | None:
    """Return the next row of the same kind that is still right, to exchange with."""
    line = known[place].line
    for other in known[place + 1 :]:
        fits = other.line.kind == line.kind and other.line.korean != line.korean
        if fits and texts[other.id] == other.line.korean:
            return other
    return None


def _restored(text: str, spans: Mapping[str, str]) -> str:
    for mark, span in spans.items():
        text = text.replace(mark, span)
    return text


def _completion(reply: str, asked: str) -> dict[str, Any]:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": reply},
        "finish_reason": "stop",
    }
    usage = {"prompt_tokens": len(asked) // 4, "completion_tokens": len(reply) // 2}
    return {"object": "chat.completion", "choices": [choice], "usage": usage}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
