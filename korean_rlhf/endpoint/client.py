"""The one client of OpenAI-compatible model servers.

`Endpoint.ask` answers one question: from the cache when it was ever paid for, else from the server,
with retries. `Endpoint.pay` sends any other kind of request, whose answers the caller keeps. Both
may be called from many threads; `Endpoint.each` does so in order.

The key in the cache is made of the engine's name, the model, the parameters and the messages, not
of the address: a server that moves to another port is asked nothing twice. The API key is read from
the environment, sent, and written nowhere: not into the cache, an error or a log.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from korean_rlhf.endpoint.answers import PassingFault, retry_after, server_message
from korean_rlhf.endpoint.pace import Pace
from korean_rlhf.endpoint.questions import Paid, Question, Request
from korean_rlhf.endpoint.replies import Reply, ReplyCache
from korean_rlhf.errors import EndpointError
from korean_rlhf.settings.endpoint import ServerSettings

if TYPE_CHECKING:
    import httpx

Item = TypeVar("Item")
Result = TypeVar("Result")
Answer = TypeVar("Answer", bound=Paid)

FIRST_WAIT = 0.5
"""Seconds before the second try; doubled before each later one."""
PASSING_STATUS = frozenset({408, 409, 425, 429, *range(500, 600)})
"""Answers that another try may mend."""
REFUSING_STATUS = frozenset({400, 413, 422})
"""Answers that concern this question only: too long, or refused by a filter."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class RequestRefused(EndpointError):
    """The server refuses this one question; another may pass."""


class Endpoint:
    """A server, its cache, and the counts of what was asked: use it in a `with` statement.

    `counts` holds "requests" (sent, tries again included), "paid" (answered by the server),
    "cached" (answered from the cache), "retries", "prompt_tokens" and "completion_tokens".
    """

    def __init__(self, settings: ServerSettings, *, cache: Path | None = None) -> None:
        self.settings = settings
        self.counts: Counter[str] = Counter()
        self.base = base_address(settings.endpoint)
        """Address that the paths of requests are added to."""
        self._key = os.environ.get(settings.api_key_variable, "").strip()
        self._cache = ReplyCache(cache) if cache else None
        self._client = _open_client(self.base, self._key, settings)
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
            return self.pay(question)
        key = question.key()
        seconds = self.settings.timeout_seconds + self.settings.longest_wait_seconds + 5.0
        while (found := self._cache.take(key, seconds)) is False:
            self._sleep(0.05)  # another thread or process is paying for it
        if isinstance(found, Reply):
            self._count(cached=1)
            return replace(found, cached=True)
        try:
            reply = self.pay(question, before=lambda: self._renew(key, seconds))
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

    def pay(self, request: Request[Answer], before: Callable[[], None] = lambda: None) -> Answer:
        """Send a request until it is answered, whatever the cache holds.

        Args:
            request: What is sent, and how its reply is read.
            before: Called before each try.

        Raises:
            RequestRefused: the server refuses this request.
            EndpointError: the server cannot be reached, refuses the key, or never answered well.
        """
        last = PassingFault("")
        for attempt in range(self.settings.attempts):
            if attempt:
                self._wait(attempt, last)
            before()
            self._pace.wait(self._sleep)
            self._count(requests=1, retries=int(attempt > 0))
            try:
                reply = self._post(request)
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
            f"{self._address(request)} did not answer in {self.settings.attempts} tries; "
            f"the last time: {last.problem}. Check that the server runs, then run the same "
            "command again: answers already paid for are kept."
        )

    def _address(self, request: Request[Paid]) -> str:
        return f"{self.base}/{request.path}"

    def _post(self, request: Request[Answer]) -> Answer:
        import httpx

        address = self._address(request)
        try:
            response = self._client.post(address, json=request.body())
        except httpx.TimeoutException:
            raise PassingFault(
                f"no answer within {self.settings.timeout_seconds:g} seconds"
            ) from None
        except httpx.HTTPError as problem:
            raise PassingFault(self._hide(str(problem) or type(problem).__name__)) from None
        if response.status_code != 200:
            self._refuse(address, response)
        return request.parse(response.content)

    def _refuse(self, address: str, response: httpx.Response) -> None:
        """Raise the error that fits a status other than 200."""
        status = response.status_code
        said = self._hide(server_message(response.text))
        if status in PASSING_STATUS:
            raise PassingFault(f"status {status}{said}", retry_after(response.headers))
        if status in (401, 403):
            raise EndpointError(
                f"{address} refuses the API key (status {status}{said}). Put the right one "
                f"into the environment variable {self.settings.api_key_variable}."
            )
        if status in REFUSING_STATUS:
            raise RequestRefused(f"{address} refuses a request (status {status}{said}).")
        raise EndpointError(
            f"{address} answers with status {status}{said}. Check --endpoint and the name of the "
            "model (--model, --endpoint-model)."
        )

    def _wait(self, attempt: int, last: PassingFault) -> None:
        """Wait before a further try; everybody waits when the server says how long."""
        if last.wait is None:
            longest = min(FIRST_WAIT * 2 ** (attempt - 1), self.settings.longest_wait_seconds)
            self._sleep(longest * random.uniform(0.5, 1.0))  # so that threads do not return as one
        elif last.wait > self.settings.longest_wait_seconds:
            raise EndpointError(
                f"{self.base} asks to wait {last.wait:.0f} seconds ({last.problem}), longer "
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


def base_address(endpoint: str) -> str:
    """Return the address under which the paths of the API stand.

    >>> base_address("http://127.0.0.1:8000"), base_address("https://example.com/api/v1/")
    ('http://127.0.0.1:8000/v1', 'https://example.com/api/v1')
    >>> base_address("https://example.com/v1/chat/completions")
    'https://example.com/v1'
    """
    address = endpoint.rstrip("/")
    for path in ("/chat/completions", "/completions"):
        if address.endswith(path):
            return address.removesuffix(path)
    return address if urlsplit(address).path else address + "/v1"


def chat_address(endpoint: str) -> str:
    """Return the address that chat requests are posted to.

    >>> chat_address("http://127.0.0.1:8000"), chat_address("https://example.com/api/v1/")
    ('http://127.0.0.1:8000/v1/chat/completions', 'https://example.com/api/v1/chat/completions')
    """
    return f"{base_address(endpoint)}/{Question.path}"


def _open_client(address: str, key: str, settings: ServerSettings) -> httpx.Client:
    import httpx

    return httpx.Client(
        headers={"Authorization": f"Bearer {key}"} if key else {},
        timeout=httpx.Timeout(settings.timeout_seconds),
        limits=httpx.Limits(
            max_connections=settings.concurrency, max_keepalive_connections=settings.concurrency
        ),
        trust_env=urlsplit(address).hostname not in LOOPBACK,  # no proxy between us and ourselves
    )
