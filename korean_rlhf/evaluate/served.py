"""A model behind an OpenAI-compatible server, asked for the same as one that is loaded here.

What a text is, which tokens are scored and how an answer is cut is decided here; the server gets
token ids and returns log-probabilities of them, or goes on writing. Its answers are told as they
come, by whichever thread got them, so that a killed sweep has paid for what was under way only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from korean_rlhf.endpoint import Endpoint, RequestRefused
from korean_rlhf.endpoint.completions import Continue, Echo, NoEcho, WrongEcho
from korean_rlhf.errors import EndpointError
from korean_rlhf.evaluate.answers import most_new
from korean_rlhf.evaluate.models import Reading, Scored, Tokens

ROOM = 2
"""Tokens of the context that a text to be scored leaves free: the server writes one behind it, and
the last token of a text is sent along, which a model here need not read."""


@dataclass(frozen=True, slots=True)
class Served(Reading):
    """A model that a server holds, with the tokenizer that is here."""

    server: Endpoint
    name: str
    """Of the model, as its server knows it."""
    context: int
    """Tokens that it takes at once, read and written together; `max_length` is less by `ROOM`."""

    def scorer(self, batch_tokens: int) -> ServedScorer:
        """Return what scores with this model; the server makes its own batches."""
        return ServedScorer(self)

    def writer(self) -> ServedWriter:
        """Return what writes with this model."""
        return ServedWriter(self)


class ServedScorer:
    """Scores (context, continuation) token pairs by the echo of the completions API."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.computed = 0
        """Requests scored so far."""
        self._extended: bool | None = None
        self._telling = threading.Lock()

    def check(self) -> None:
        """Ask for the score of two tokens, and learn by it how the server wants to be asked.

        Raises:
            NoEcho: the server gives no log-probabilities of a prompt.
            EndpointError: it cannot be reached, or scores other tokens than it is sent.
        """
        if self._extended is not None:
            return
        probe = (self.served.begin_id, self.served.end_id)
        try:
            self._extended = _first_accepted(lambda extended: self._ask(probe, 1, extended))
        except RequestRefused as problem:  # llama.cpp's server knows no echo
            raise NoEcho(f"No text can be scored by this server: {problem}") from None

    def score(
        self,
        requests: Sequence[tuple[Tokens, Tokens]],
        advance: Callable[[int], None] = lambda n: None,
        finished: Callable[[dict[int, Scored]], None] = lambda found: None,
    ) -> list[Scored]:
        """Return the log-likelihood of each continuation after its context, in order.

        The same text is sent once, whatever number of requests it serves; the longest go first.

        Args:
            requests: Token pairs.
            advance: Told how many requests an answer has finished.
            finished: Told their results by index, as they come; never by two threads at a time.

        Raises:
            NoEcho: the server gives no log-probabilities of a prompt.
            EndpointError: it cannot be reached, refuses a text, or scores other tokens.
        """
        if requests:
            self.check()
        results: list[Scored] = [(0.0, True)] * len(requests)

        def ask(item: tuple[tuple[tuple[int, ...], int], list[int]]) -> None:
            (tokens, count), owners = item
            scored = self._ask(tokens, count, bool(self._extended))
            with self._telling:
                for owner in owners:
                    results[owner] = scored
                self.computed += len(owners)
                finished(dict.fromkeys(owners, scored))
                advance(len(owners))

        distinct = self._distinct(requests)
        longest_first = sorted(distinct.items(), key=lambda item: len(item[0][0]), reverse=True)
        for _ in self.served.server.each(ask, longest_first):
            pass
        return results

    def cut(self, requests: Sequence[tuple[Tokens, Tokens]]) -> int:
        """Return how many requests lose their beginning, for the model cannot read as much."""
        most = self.served.max_length + 1
        return sum(len(context) + len(after) > most for context, after in requests)

    def _distinct(
        self, requests: Sequence[tuple[Tokens, Tokens]]
    ) -> dict[tuple[tuple[int, ...], int], list[int]]:
        """Return whose request each (text, number of its last tokens that count) is."""
        found: dict[tuple[tuple[int, ...], int], list[int]] = {}
        for index, (context, continuation) in enumerate(requests):
            whole = context + continuation
            kept = whole[-(self.served.max_length + 1) :]
            count = min(len(continuation), len(kept) - 1)
            found.setdefault((tuple(kept), count), []).append(index)
        return found

    def _ask(self, tokens: tuple[int, ...], count: int, extended: bool) -> Scored:
        """Return the score of the last `count` of `tokens`."""
        with _told(self.served):
            echo = Echo(model=self.served.name, tokens=tokens, extended=extended)
            return self.served.server.pay(echo).score(count)


class ServedWriter:
    """Continues prompts greedily by the completions API."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self._extended: bool | None = None
        self._telling = threading.Lock()

    def write(
        self, asked: Sequence[tuple[Tokens, dict[str, Any]]], finished: Callable[[int, str], None]
    ) -> None:
        """Tell `finished` the index and the text of each answer, never by two threads at a time.

        A model here ends an answer at the tokenizer's end token; a server, at those of its model.

        Raises:
            EndpointError: the server cannot be reached, or refuses a prompt.
        """
        if asked and self._extended is None:
            probe = [self.served.begin_id]
            self._extended = _first_accepted(lambda extended: self._ask(probe, 1, (), extended))

        def ask(at: int) -> None:
            tokens, options = asked[at]
            until = options.get("until") or []
            stops = [until] if isinstance(until, str) else until
            text = self._ask(tokens, most_new(options), stops, bool(self._extended))
            with self._telling:
                finished(at, text)

        for _ in self.served.server.each(ask, range(len(asked))):
            pass

    def _ask(self, prompt: Tokens, most: int, stops: Sequence[str], extended: bool) -> str:
        """Return an answer; a prompt too long for the model is cut from the left, as here."""
        served = self.served
        most = min(most, served.context // 2)
        request = Continue(
            model=served.name,
            tokens=tuple(prompt[-(served.context - most) :]),
            most=most,
            stops=stops,
            extended=extended,
        )
        with _told(served):
            written = served.server.pay(request)
        if written.tokens is None:
            return written.text
        # Our own tokenizer joins the bytes of a syllable that was written in pieces.
        text: str = served.tokenizer.decode(list(written.tokens), skip_special_tokens=True)
        return text


def _first_accepted(ask: Callable[[bool], object]) -> bool:
    """Return whether the server takes the words that OpenAI's own servers do not know.

    Raises:
        EndpointError: it takes a request neither with them nor without.
    """
    try:
        ask(True)
    except RequestRefused:
        ask(False)
        return False
    return True


@contextmanager
def _told(served: Served) -> Iterator[None]:
    """Put the server's name before what is wrong, and behind it what mends it."""
    base = served.server.base
    try:
        yield
    except NoEcho as problem:
        raise NoEcho(f"{base} {problem}.") from None
    except WrongEcho as problem:
        raise EndpointError(
            f"{base} {problem}. Give eval the folder of the model that is served as "
            f"{served.name!r}, and serve it without changing prompts."
        ) from None
    except RequestRefused as problem:
        raise RequestRefused(
            f"{problem} Where a text is too long for it, say how much it takes: "
            f"--endpoint-context N, now {served.context}."
        ) from None
