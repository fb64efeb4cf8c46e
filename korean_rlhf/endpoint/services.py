"""What sets one kind of server apart: its address, how it takes the key, what its refusals mean."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from korean_rlhf.endpoint.budget import Billing
from korean_rlhf.endpoint.questions import Question
from korean_rlhf.errors import SettingsError
from korean_rlhf.settings.endpoint import ServerSettings

PASSING_STATUS = frozenset({408, 409, 425, 429, *range(500, 600)})
"""Answers that another try may mend."""
REFUSING_STATUS = frozenset({400, 413, 422})
"""Answers that concern this question only: too long, or refused by a filter."""
KEY_STATUS = frozenset({401, 403})
LOCAL = "http://127.0.0.1:8000"
"""Where a server of our own is looked for."""
KEY_VARIABLE = "KOREAN_RLHF_API_KEY"


class Refusal(NamedTuple):
    """What an answer other than 200 means.

    "passing": another try may mend it. "refused": it concerns this request only. "key": the key is
    wrong. "stop": no request will pass; `advice` says how that is mended.
    """

    kind: Literal["passing", "refused", "key", "stop"]
    advice: str = ""


def usual_refusal(status: int, said: str) -> Refusal:
    """Return what a status means to most servers.

    >>> usual_refusal(429, "").kind, usual_refusal(413, "").kind, usual_refusal(401, "").kind
    ('passing', 'refused', 'key')
    """
    if status in PASSING_STATUS:
        return Refusal("passing")
    if status in KEY_STATUS:
        return Refusal("key")
    if status in REFUSING_STATUS:
        return Refusal("refused")
    return Refusal(
        "stop", "Check --endpoint and the name of the model (--model, --endpoint-model)."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One kind of server."""

    base: str
    """Address that the paths of requests are added to."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with every request; they hold the key."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What must stand in no error."""
    key_variable: str = KEY_VARIABLE
    """Environment variable that the key was read from, for errors."""
    billing: Billing = "tokens"
    """What it counts on its bill."""
    refusal: Callable[[int, str], Refusal] = usual_refusal
    """From the status of an answer and its text to what it means."""

    def hide(self, text: str) -> str:
        """Return `text` without the key: some servers repeat it in their errors."""
        for secret in self.secrets:
            text = text.replace(secret, "<API key>")
        return text


def openai_service(settings: ServerSettings) -> Service:
    """Return a server of the OpenAI protocol; it may need no key."""
    variable = settings.api_key_variable or KEY_VARIABLE
    key = read_key(variable)
    return Service(
        base=base_address(settings.endpoint or LOCAL),
        headers={"Authorization": f"Bearer {key}"} if key else {},
        secrets=(key,) if key else (),
        key_variable=variable,
    )


def required_key(variable: str, maker: str) -> str:
    """Return the key in an environment variable.

    Raises:
        SettingsError: it is not set, or can be no key.
    """
    key = read_key(variable)
    if not key:
        raise SettingsError(
            f"{maker} wants a key: put it into the environment variable {variable}."
        )
    return key


def read_key(variable: str) -> str:
    """Return the key in an environment variable, or "".

    Raises:
        SettingsError: it holds what no header may hold; the text is not shown.
    """
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise SettingsError(f"The environment variable {variable} holds no key: see its signs.")
    return key


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
