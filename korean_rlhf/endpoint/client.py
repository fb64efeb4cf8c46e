"""The one client of model servers and translation services.

`Endpoint.ask` answers one question: from the cache when it was ever paid for, else from the server,
with retries. `Endpoint.pay` sends any other kind of request, whose answers the caller keeps. Both
may be called from many threads; `Endpoint.each` does so in order. Without a `Service`, the server
is taken to speak the OpenAI protocol.

The key in the cache is made of the engine's name, the model, the parameters and the messages, not
of the address: a server that moves to another port is asked nothing twice. The API key is read from
the environment, sent, and written nowhere: not into the cache, an error or a log.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from korean_rlhf.endpoint.answers import PassingFault, retry_after, server_message
from korean_rlhf.endpoint.budget import Meter
from korean_rlhf.endpoint.pace import Traffic
from korean_rlhf.endpoint.questions import Paid, Question, Request
from korean_rlhf.endpoint.replies import Reply, ReplyCache
from korean_rlhf.endpoint.services import Service, openai_service
from korean_rlhf.endpoint.threads import each
from korean_rlhf.errors import EndpointError
from korean_rlhf.settings.endpoint import ServerSettings

if TYPE_CHECKING:
    import httpx

Item = TypeVar("Item")
Result = TypeVar("Result")
Answer = TypeVar("Answer", bound=Paid)

FIRST_WAIT = 0.5
"""Seconds before the second try; doubled before each later one."""
LOOK_AGAIN = 0.05
"""Seconds between two looks for an answer that somebody else is paying for."""
LONGEST_HOLD = 10.0
"""Seconds after which a request held back by the pace renews its claim."""
REFUSALS = 16
"""Refused requests without one answer, after which no further one is sent."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class RequestRefused(EndpointError):
    """The server refuses this one question; another may pass."""


class Endpoint:
    """A server, its cache, and the counts of what was asked: use it in a `with` statement.

    `counts` holds "requests" (sent, tries again included), "paid" (answered by the server),
    "cached" (answered from the cache), "retries", "refused", "prompt_tokens" and
    "completion_tokens".
    """

    def __init__(
        self,
        settings: ServerSettings,
        *,
        cache: Path | None = None,
        service: Service | None = None,
        meter: Meter | None = None,
        traffic: Traffic | None = None,
    ) -> None:
        self.settings = settings
        self.counts: Counter[str] = Counter()
        self.service = service or openai_service(settings)
        self.base = self.service.base
        """Address that the paths of requests are added to."""
        self.meter = meter or Meter()
        """What was paid, and the budget that may not be passed."""
        self.cache = ReplyCache(cache) if cache else None
        """The answers paid for; may be shared with other servers and processes."""
        self._client = _open_client(self.service, settings)
        self._gate = (traffic or Traffic()).gate(self.base, settings)
        self._closing = threading.Event()
        self._counting = threading.Lock()
        self.claimed_for = settings.timeout_seconds + settings.longest_wait_seconds + 5.0
        """Seconds that a claim on an answer holds: longer than one try may take."""

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up the connections and the cache."""
        self.stop()
        self._client.close()
        if self.cache is not None:
            self.cache.close()

    def stop(self) -> None:
        """Let nobody wait for another try: the work has failed."""
        self._closing.set()

    def ask(self, question: Question) -> Reply:
        """Return the answer, paying for it only when nobody has.

        Raises:
            RequestRefused: the server refuses this question.
            BudgetSpent: the answer would pass the budget.
            EndpointError: the server cannot be reached, refuses the key, or never answered well.
        """
        if self.cache is None:
            return self.pay(question)
        key = question.key()
        while (found := self.cache.take(key, self.claimed_for)) is False:
            self.sleep(LOOK_AGAIN)  # another thread or process is paying for it
        if isinstance(found, Reply):
            self.count(cached=1)
            return replace(found, cached=True)
        try:
            reply = self.pay(question, before=lambda: self.renew([key]))
        except BaseException:
            self.cache.release(key)
            raise
        self.cache.put(key, reply)
        return reply

    def renew(self, keys: Sequence[str]) -> None:
        """Hold the claims on `keys` for as long as one more try may take."""
        if self.cache is not None:
            self.cache.renew(keys, self.claimed_for)

    def each(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield `function(item)` in the order of `items`, with `concurrency` of them under way.

        Items are drawn only as results are taken, so a long list stays on disk. The first error
        ends the work; answers paid for until then are in the cache.
        """
        return each(function, items, width=self.settings.concurrency, stop=self.stop)

    def pay(self, request: Request[Answer], before: Callable[[], None] = lambda: None) -> Answer:
        """Send a request until it is answered, whatever the cache holds.

        Args:
            request: What is sent, and how its reply is read.
            before: Called before each wait and each further try.

        Raises:
            RequestRefused: the server refuses this request.
            BudgetSpent: the request would pass the budget.
            EndpointError: the server cannot be reached, refuses the key, or never answered well.
        """
        last = PassingFault("")
        for attempt in range(self.settings.attempts):
            if attempt:
                self._wait(attempt, last)
                before()
            self._gate.pace.wait(lambda gap: self._hold(gap, before), request.characters)
            self.count(requests=1, retries=int(attempt > 0))
            try:
                return self._pay_once(request)
            except PassingFault as problem:
                last = problem
        raise EndpointError(
            f"{self._address(request)} did not answer in {self.settings.attempts} tries; "
            f"the last time: {last.problem}. Check that the server runs, then run the same "
            "command again: answers already paid for are kept."
        )

    def _pay_once(self, request: Request[Answer]) -> Answer:
        """Send a request once, within the budget."""
        held = self.meter.reserve(request.characters, self.service.billing)
        try:
            with self._gate.slots:
                content = self._post(request)
        except BaseException:
            self.meter.release(held)
            raise
        try:
            reply = request.parse(content)
        except BaseException:
            self.meter.settle(held)  # the server sends a bill for what we cannot read, too
            raise
        self.meter.settle(held, reply.prompt_tokens, reply.completion_tokens)
        self.count(
            paid=1,
            characters=held.characters,
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
        )
        return reply

    def _address(self, request: Request[Paid]) -> str:
        return f"{self.base}/{request.path}"

    def _post(self, request: Request[Answer]) -> bytes:
        import httpx

        address = self._address(request)
        try:
            response = self._client.post(address, json=request.body())
        except httpx.TimeoutException:
            raise PassingFault(
                f"no answer within {self.settings.timeout_seconds:g} seconds"
            ) from None
        except httpx.HTTPError as problem:
            raise PassingFault(self.service.hide(str(problem) or type(problem).__name__)) from None
        if response.status_code != 200:
            self._refuse(address, response)
        return response.content

    def _refuse(self, address: str, response: httpx.Response) -> None:
        """Raise the error that fits a status other than 200."""
        status = response.status_code
        kind, advice = self.service.refusal(status, response.text)
        # Hidden before it is cut short, for half a key is too much; and again, for JSON escapes.
        said = self.service.hide(server_message(self.service.hide(response.text)))
        if kind == "passing":
            raise PassingFault(f"status {status}{said}", retry_after(response.headers))
        if kind == "key":
            raise EndpointError(
                f"{address} refuses the API key (status {status}{said}). Put the right one "
                f"into the environment variable {self.service.key_variable}."
            )
        if kind == "refused":
            self._give_up_refused(address, f"(status {status}{said}).")
        raise EndpointError(f"{address} answers with status {status}{said}. {advice}")

    def _give_up_refused(self, address: str, said: str) -> None:
        """Raise that one request was refused; that all are, when none was ever answered."""
        self.count(refused=1)
        with self._counting:
            refused = self.counts["refused"]
            answered = self.counts["paid"] + self.counts["cached"]
        if refused < REFUSALS or answered:
            raise RequestRefused(f"{address} refuses a request {said}")
        raise EndpointError(
            f"{address} refuses each of {refused} requests {said} Check what is asked beside the "
            "texts: the name of the model, --temperature, --max-tokens, --json-mode, --glossary."
        )

    def _wait(self, attempt: int, last: PassingFault) -> None:
        """Wait before a further try; everybody waits when the server says how long."""
        if last.wait is not None and last.wait > self.settings.longest_wait_seconds:
            raise EndpointError(
                f"{self.base} asks to wait {last.wait:.0f} seconds ({last.problem}), longer "
                f"than longest_wait_seconds = {self.settings.longest_wait_seconds:g}. Run the same "
                "command again later: answers already paid for are kept."
            )
        longest = min(FIRST_WAIT * 2 ** (attempt - 1), self.settings.longest_wait_seconds)
        own = longest * random.uniform(0.5, 1.0)  # so that threads do not return as one
        if last.wait is None:
            self.sleep(own)
            return
        self._gate.pace.pause(last.wait)
        if own > last.wait:  # "Retry-After: 0" would use up every try at once
            self.sleep(own)

    def _hold(self, seconds: float, before: Callable[[], None]) -> None:
        before()
        self.sleep(min(seconds, LONGEST_HOLD))

    def sleep(self, seconds: float) -> None:
        """Wait, unless the work is stopped.

        Raises:
            EndpointError: it was.
        """
        if self._closing.wait(seconds):
            raise EndpointError("the work was stopped before the server answered.")

    def count(self, **numbers: int) -> None:
        """Add to `counts`."""
        with self._counting:
            self.counts.update(numbers)


def _open_client(service: Service, settings: ServerSettings) -> httpx.Client:
    import httpx

    return httpx.Client(
        headers=dict(service.headers),
        timeout=httpx.Timeout(settings.timeout_seconds),
        limits=httpx.Limits(
            max_connections=settings.concurrency, max_keepalive_connections=settings.concurrency
        ),
        # no proxy between us and ourselves
        trust_env=urlsplit(service.base).hostname not in LOOPBACK,
    )
