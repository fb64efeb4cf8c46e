"""What a server says: a reply, a fault that may pass, a wish to wait."""

from __future__ import annotations

import contextlib
import email.utils
import json
import time
from collections.abc import Mapping
from typing import Any

from korean_rlhf.endpoint.replies import Reply

MESSAGE_KEYS = ("message", "Message", "errorMessage", "detail", "code")
"""Under which servers say what is wrong: OpenAI and Google, DeepL, Papago."""


class PassingFault(Exception):
    """A fault that another try may mend; `wait` is what the server asked for, in seconds."""

    def __init__(self, problem: str, wait: float | None = None) -> None:
        super().__init__(problem)
        self.problem, self.wait = problem, wait


def parse_reply(content: bytes) -> Reply:
    """Return the first choice of a chat completion."""
    choice, prompt_tokens, completion_tokens = first_choice(content)
    try:
        text = choice["message"]["content"]
    except (KeyError, TypeError):
        raise PassingFault("the answer holds no choices[0].message.content") from None
    if text is not None and not isinstance(text, str):
        raise PassingFault("the content of the answer is no text")
    return Reply(
        text=whole_characters(text or ""),
        finish_reason=str(choice.get("finish_reason") or ""),
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
    )


def first_choice(content: bytes) -> tuple[dict[str, Any], int, int]:
    """Return the first choice of an answer, and the tokens that were read and written for it.

    Raises:
        PassingFault: the answer is torn, or holds no choice.
    """
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise PassingFault("the answer is no JSON") from None
    try:
        choice = body["choices"][0]
    except (KeyError, IndexError, TypeError):
        choice = None
    if not isinstance(choice, dict):
        raise PassingFault("the answer holds no choices[0]")
    usage = body.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return choice, _whole(usage.get("prompt_tokens")), _whole(usage.get("completion_tokens"))


def whole_characters(text: str) -> str:
    r"""Return `text` with halves of characters joined or replaced: no file can hold them.

    >>> whole_characters("\ud83d\ude00 \ud83d")
    '😀 �'
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole(value: Any) -> int:
    return value if type(value) is int else 0


def server_message(text: str) -> str:
    """Return what the server says about its refusal, in one short line.

    >>> server_message('{"error": {"message": "too long"}}'), server_message('{"message": "no"}')
    (': too long', ': no')
    """
    with contextlib.suppress(ValueError, KeyError, TypeError):
        body = json.loads(text)
        problem = body.get("error", body) if isinstance(body, dict) else body["error"]
        if isinstance(problem, dict):
            text = next((problem[key] for key in MESSAGE_KEYS if problem.get(key)), text)
        else:
            text = str(problem)
    line = " ".join(str(text).split())
    return f": {line[:200]}" if line else ""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header, which holds a number or a date."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
