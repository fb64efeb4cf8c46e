"""The completions API in token ids: how likely a text is, and how it goes on.

The fields are those of OpenAI's legacy completions as vLLM (entrypoints/openai/completion) and
SGLang answer them: `prompt` is a list of token ids; `echo` with `logprobs` = 1 returns every token
of the prompt with its log-probability, null for the first, and with the likeliest one of its place
(`top_logprobs`); `max_tokens` = 1, which every server takes, adds one token behind the prompt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from korean_rlhf.endpoint.answers import PassingFault, first_choice
from korean_rlhf.errors import EndpointError

MOST_STOPS = 4
"""Stop strings of one request; OpenAI's servers take no more. The others are cut by the caller."""

TOKEN_ID = "token_id:"
"""How vLLM names a token whose id was asked for."""


class WrongEcho(EndpointError):
    """The server scored something else than it was sent; the message begins with a verb."""


class NoEcho(WrongEcho):
    """The server gives no log-probabilities of a prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoReply:
    """How likely each token of a text is after those before it."""

    logprobs: tuple[float | None, ...]
    """In nats, one a token; None for the first."""
    best: tuple[float | None, ...]
    """The same of the likeliest token at each place."""
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def score(self, count: int) -> tuple[float, bool]:
        """Return the log-likelihood of the last `count` tokens, and whether each is the likeliest.

        Raises:
            NoEcho: the server left one of them out.
        """
        total, greedy = 0.0, True
        for value, best in zip(self.logprobs[-count:], self.best[-count:], strict=True):
            if value is None or best is None:
                raise NoEcho("leaves out the log-probabilities of some tokens of the prompt")
            total += value
            greedy = greedy and value >= best
        return total, greedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """Asks how likely a text is."""

    path: ClassVar[str] = "completions"
    model: str
    tokens: tuple[int, ...]
    extended: bool = True
    """Ask for the ids of the tokens too (vLLM); a server that knows nothing of it may refuse."""

    @property
    def characters(self) -> int:
        """Sent in tokens, for which no budget is kept."""
        return 0

    def body(self) -> dict[str, Any]:
        """Return what is sent."""
        asked: dict[str, Any] = {
            "model": self.model,
            "prompt": list(self.tokens),
            "echo": True,
            "logprobs": 1,
            "max_tokens": 1,
            "temperature": 0.0,
        }
        return asked | ({"return_tokens_as_token_ids": True} if self.extended else {})

    def parse(self, content: bytes) -> EchoReply:
        """Return the log-probabilities of the prompt's tokens.

        Raises:
            PassingFault: the answer is torn or holds no choice.
            NoEcho: it holds no log-probabilities of the prompt.
            WrongEcho: it holds those of other tokens than were sent.
        """
        choice, prompt_tokens, completion_tokens = first_choice(content)
        found = choice.get("logprobs")
        found = found if isinstance(found, dict) else {}
        values, tops = found.get("token_logprobs"), found.get("top_logprobs")
        if not isinstance(values, list) or not isinstance(tops, list):
            raise NoEcho("answers without token_logprobs and top_logprobs")
        size = len(self.tokens)
        if len(values) <= 1 < size:
            raise NoEcho("gives log-probabilities of what it writes only, not of the prompt")
        if len(values) not in (size, size + 1) or len(tops) != len(values):
            raise WrongEcho(
                f"was sent {size} tokens and answers with {len(values)} log-probabilities and "
                f"{len(tops)} likeliest tokens"
            )
        self._check_ids(found.get("tokens"))
        return EchoReply(
            logprobs=tuple(_number(value) for value in values[:size]),
            best=tuple(_best(top) for top in tops[:size]),
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
        )

    def _check_ids(self, names: Any) -> None:
        """Compare the ids that the server read with those sent, where it tells them."""
        if not isinstance(names, list) or not all(str(name).startswith(TOKEN_ID) for name in names):
            return
        read = [str(name).removeprefix(TOKEN_ID) for name in names[: len(self.tokens)]]
        if read != [str(token) for token in self.tokens]:
            raise WrongEcho("answers for other tokens than it was sent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the server wrote."""

    text: str
    tokens: tuple[int, ...] | None = None
    """The ids, where the server tells them."""
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Continue:
    """Asks for the greedy continuation of a text."""

    path: ClassVar[str] = "completions"
    model: str
    tokens: tuple[int, ...]
    most: int
    """Tokens that may be written."""
    stops: Sequence[str] = ()
    extended: bool = True
    """Ask for ids, and against a repetition penalty of the server's own (vLLM, SGLang)."""

    @property
    def characters(self) -> int:
        """Sent in tokens, for which no budget is kept."""
        return 0

    def body(self) -> dict[str, Any]:
        """Return what is sent."""
        asked: dict[str, Any] = {
            "model": self.model,
            "prompt": list(self.tokens),
            "max_tokens": self.most,
            "temperature": 0.0,
        }
        stops = [stop for stop in self.stops if stop][:MOST_STOPS]
        asked |= {"stop": stops} if stops else {}
        return asked | (
            {"return_token_ids": True, "repetition_penalty": 1.0} if self.extended else {}
        )

    def parse(self, content: bytes) -> Written:
        """Return the text, with its ids where the server gives them.

        Raises:
            PassingFault: the answer is torn or holds no text.
        """
        choice, prompt_tokens, completion_tokens = first_choice(content)
        text, ids = choice.get("text"), choice.get("token_ids")
        if not isinstance(text, str):
            raise PassingFault("the answer holds no choices[0].text")
        told = isinstance(ids, list) and all(type(token) is int for token in ids)
        return Written(
            text=text,
            tokens=tuple(ids) if told and isinstance(ids, list) else None,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
        )


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if math.isnan(value):
        raise WrongEcho("answers with log-probabilities that are no numbers (NaN)")
    return float(value)


def _best(top: Any) -> float | None:
    """Return the largest log-probability of one place."""
    values = [_number(value) for value in top.values()] if isinstance(top, dict) else []
    return max((value for value in values if value is not None), default=None)
