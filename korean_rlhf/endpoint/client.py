"""The one client of OpenAI-compatible model servers.

`Endpoint.ask` answers one question: from the cache when it was ever paid for, else from the server,
with retries. It may be called from many threads; `Endpoint.each` does so in order.

The key in the cache is made of the engine's name, the model, the parameters and the messages, not
of the address: a server that moves to another port is asked nothing twice. The API key is read from
the environment, sent, and written nowhere: not into the cache, an error or a log.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from korean_rlhf.endpoint.answers import PassingFault, parse_reply, retry_after, server_message
from korean_rlhf.endpoint.pace import Pace
from korean_rlhf.endpoint.replies import Reply, ReplyCache
from korean_rlhf.errors import EndpointError
from korean_rlhf.records import Message
from korean_rlhf.settings.endpoint import EndpointSettings

if TYPE_CHECKING:
    import httpx

Item = TypeVar("Item")
Result = TypeVar("Result")

FIRST_WAIT = 0.5
"""Seconds before the second try; doubled before each later one."""
PASSING_STATUS = frozenset({408, 409, 425, 429, *range(500, 600)})
"""Answers that another try may mend."""
REFUSING_STATUS = frozenset({400, 413, 422})
"""Answers that concern this question only: too long, or refused by a filter."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class RequestRefused(EndpointError):
    """The server refuses this one question; another may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One chat request; all that it says is in its key."""

    model: str
    messages: tuple[Message, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Sent as they are: temperature, max_tokens, seed, response_format, ..."""
    engine: str = "openai"
    """Name of the kind of server, for the cache: equal models of two makers may differ."""

    def body(self) -> dict[str, Any]:
        """Return what is sent."""
        turns = [{"role": turn.role, "content": turn.content} for turn in self.messages]
        return {"model": self.model, "messages": turns, **self.parameters}

    def key(self) -> str:
        """Return the sha256 of engine, model, parameters and messages."""
        content = json.dumps(
            [self.engine, self.body()], ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(content.encode()).hexdigest()


class Endpoint:
    """A server, its cache, and the counts of what was asked: use it in a `with` statement.

    `counts` holds "requests" (sent, tries again included), "paid" (answered by the server),
    "cached" (answered from the cache), "retries", "prompt_tokens" and "completion_tokens".
    """

    def __init__(self, settings: EndpointSettings, *, cache: Path | None = None) -> None:
        self.settings = settings
        self.counts: Counter[str] = Counter()
        self.address = chat_address(settings.endpoint)
        self._key = os.environ.get(settings.api_key_variable, "").strip()
        self._cache = ReplyCache(cache) if cache else None
        self._client = _open_client(self.address, self._key, settings)
        self._pace = Pace(settings.requests_per_second)
        self._closing = threading.Event()
        self._counting = threading.Lock()

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._client.close()
        if self._cache:
            self._cache.close()

    def ask(self, question: Question) -> Reply:
        """Return the answer, paying for it only when nobody has.

        Raises:
            RequestRefused: the server refuses this question.
            EndpointError: the server cannot be reached, refuses the key, or never answered well.
        """
        if self._cache is None:
            return self._pay(question)
        key = question.key()
        seconds = self.settings.timeout_seconds + self.settings.longest_wait_seconds + 5.0
        while (found := self._cache.take(key, seconds)) is False:
            self._sleep(0.05)  # another thread or process is paying for it
        if isinstance(found, Reply):
            self._count(cached=1)
            return replace(found, cached=True)
        try:
            reply = self._pay(question, before=lambda: self._renew(key, seconds))
            self._cache.put(key, reply)
        finally:
            self._cache.release(key)
        return reply

    def each(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield `function(item)` in the order of `items`, with `concurrency` of them under way.

        Items are drawn only as results are taken, so a long list stays on disk. The first error
        ends the work; answers paid for until then are in the cache.
        """
        width = self.settings.concurrency
        pending: deque[Future[Result]] = deque()
        pool = ThreadPoolExecutor(width, thread_name_prefix="endpoint")
        try:
            for item in items:
                pending.append(pool.submit(function, item))
                if len(pending) >= 4 * width:  # one slow answer does not idle the others
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except BaseException:
            self._closing.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _pay(self, question: Question, before: Callable[[], None] = lambda: None) -> Reply:
        """Send the question until it is answered."""
        last = PassingFault("")
        for attempt in range(self.settings.attempts):
            if attempt:
                self._wait(attempt, last)
            before()
            self._pace.wait(self._sleep)
            self._count(requests=1, retries=int(attempt > 0))
            try:
                reply = self._post(question)
            except PassingFault as problem:
                last = problem
                continue
            self._count(
                paid=1,
                prompt_tokens=reply.prompt_tokens,
                completion_tokens=reply.completion_tokens,
            )
            return reply
        raise EndpointError(
            f"{self.address} did not answer in {self.settings.attempts} tries; the last time: "
            f"{last.problem}. Check that the server runs, then run the same command again: "
            "answers already paid for are kept."
        )

    def _post(self, question: Question) -> Reply:
        import httpx

        try:
            response = self._client.post(self.address, json=question.body())
        except httpx.TimeoutException:
            raise PassingFault(
                f"no answer within {self.settings.timeout_seconds:g} seconds"
            ) from None
        except httpx.HTTPError as problem:
            raise PassingFault(self._hide(str(problem) or type(problem).__name__)) from None
        if response.status_code != 200:
            self._refuse(response)
        return parse_reply(response.content)

    def _refuse(self, response: httpx.Response) -> None:
        """Raise the error that fits a status other than 200."""
        status = response.status_code
        said = self._hide(server_message(response.text))
        if status in PASSING_STATUS:
            raise PassingFault(f"status {status}{said}", retry_after(response.headers))
        if status in (401, 403):
            raise EndpointError(
                f"{self.address} refuses the API key (status {status}{said}). Put the right one "
                f"into the environment variable {self.settings.api_key_variable}."
            )
        if status in REFUSING_STATUS:
            raise RequestRefused(f"{self.address} refuses a request (status {status}{said}).")
        raise EndpointError(
            f"{self.address} answers with status {status}{said}. Check --endpoint and --model."
        )

    def _wait(self, attempt: int, last: PassingFault) -> None:
        """Wait before a further try; everybody waits when the server says how long."""
        if last.wait is None:
            longest = min(FIRST_WAIT * 2 ** (attempt - 1), self.settings.longest_wait_seconds)
            self._sleep(longest * random.uniform(0.5, 1.0))  # so that threads do not return as one
        elif last.wait > self.settings.longest_wait_seconds:
            raise EndpointError(
                f"{self.address} asks to wait {last.wait:.0f} seconds ({last.problem}), longer "
                f"than longest_wait_seconds = {self.settings.longest_wait_seconds:g}. Run the same "
                "command again later: answers already paid for are kept."
            )
        else:
            self._pace.pause(last.wait)

    def _sleep(self, seconds: float) -> None:
        if self._closing.wait(seconds):
            raise EndpointError("the work was stopped before the server answered.")

    def _renew(self, key: str, seconds: float) -> None:
        if self._cache:
            self._cache.renew(key, seconds)

    def _count(self, **numbers: int) -> None:
        with self._counting:
            self.counts.update(numbers)

    def _hide(self, text: str) -> str:
        """Return `text` without the key: some servers repeat it in their errors."""
        return text.replace(self._key, "<API key>") if self._key else text


def chat_address(endpoint: str) -> str:
    """Return the address that chat requests are posted to.

    >>> chat_address("http://127.0.0.1:8000"), chat_address("https://example.com/api/v1/")
    ('http://127.0.0.1:8000/v1/chat/completions', 'https://example.com/api/v1/chat/completions')
    """
    address = endpoint.rstrip("/")
    if address.endswith("/chat/completions"):
        return address
    path = urlsplit(address).path
    return address + ("/chat/completions" if path else "/v1/chat/completions")


def _open_client(address: str, key: str, settings: EndpointSettings) -> httpx.Client:
    import httpx

    return httpx.Client(
        headers={"Authorization": f"Bearer {key}"} if key else {},
        timeout=httpx.Timeout(settings.timeout_seconds),
        limits=httpx.Limits(
            max_connections=settings.concurrency, max_keepalive_connections=settings.concurrency
        ),
        trust_env=urlsplit(address).hostname not in LOOPBACK,  # no proxy between us and ourselves
    )
