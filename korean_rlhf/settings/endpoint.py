"""How requests travel to a model server. Nothing here changes what the server answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from korean_rlhf.errors import SettingsError

SERVED_AT = "http://127.0.0.1:8000/v1"
"""Where vLLM listens unless told otherwise, on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where an OpenAI-compatible server is, and how hard it may be pressed."""

    endpoint: str = "http://127.0.0.1:8000"
    """Address of the server. "/v1/chat/completions" is added, "/chat/completions" after a path."""

    api_key_variable: str = "KOREAN_RLHF_API_KEY"
    """Environment variable that holds the API key. The key itself is never a setting."""

    timeout_seconds: float = 60.0
    """Longest silence of the server before a request is tried again."""

    attempts: int = 6
    """How often one request is tried before it is given up; the waits between double from 0.5 s."""

    longest_wait_seconds: float = 60.0
    """Longest wait between two tries. A server that asks for more (Retry-After) ends the work."""

    concurrency: int = 8
    """Requests under way at the same time."""

    requests_per_second: float | None = None
    """Most requests started in one second, over all threads. Not set: no limit."""

    characters_per_minute: float | None = None
    """Most characters sent in one minute, over all threads. Not set: no limit."""

    def __post_init__(self) -> None:
        self.check_endpoint()
        if self.attempts < 1 or self.concurrency < 1:
            raise SettingsError("attempts and concurrency must be at least 1.")
        if self.timeout_seconds <= 0 or self.longest_wait_seconds < 0:
            raise SettingsError(
                "timeout_seconds must be above 0, longest_wait_seconds not below 0."
            )
        for name in ("requests_per_second", "characters_per_minute"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise SettingsError(f"{name} must be above 0; leave it out for no limit.")

    def check_endpoint(self) -> None:
        """Refuse an address that is none."""
        _check_address(self.endpoint)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSettings(ServerSettings):
    """A server whose answers are kept in a cache."""

    cache: Path | None = None
    """SQLite file of the answers paid for. Not set: beside the output of the command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedSettings(ServerSettings):
    """A server that holds the model to be scored; its answers are kept with the scores."""

    endpoint_model: str = ""
    """Score the model that an OpenAI-compatible server holds under this name (vLLM, SGLang), with
    the tokenizer in the model folder. Not set: the model is computed here, without a server."""

    endpoint: str = SERVED_AT
    """Address of the server of --endpoint-model. "/completions" is added, after "/v1" where it has
    no path."""

    endpoint_context: int = 0
    """Tokens that the served model takes at once; 0 is what the files in the model folder say."""

    def __post_init__(self) -> None:
        ServerSettings.__post_init__(self)  # super() finds no class of ours under slots=True
        if self.endpoint_context < 0:
            raise SettingsError(
                f"endpoint_context is {self.endpoint_context}; it must be 0 or more."
            )
        if self.endpoint != SERVED_AT and not self.endpoint_model:
            raise SettingsError("Name the model that the server holds: --endpoint-model NAME.")


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  (a port that is no number raises here)
    except ValueError as problem:
        raise SettingsError(f"endpoint {address!r} is no address: {problem}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            f"endpoint {address!r} must be a full address, such as http://127.0.0.1:8000."
        )
    if parts.username or parts.password or parts.query:
        # It would be printed in errors and kept in manifests.
        raise SettingsError(
            "endpoint must not hold a user, password or query. "
            "Put the key into the environment variable KOREAN_RLHF_API_KEY."
        )
