"""Talk with a model in the terminal. /reset starts a new dialogue, /quit ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.chat import ChatSettings

if TYPE_CHECKING:
    from korean_rlhf.model.chat import Chat


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Whom to talk with."""

    model: Positional[Path]
    """A run (its PPO model, else its SFT model), a stage, a step folder or any chat model."""

    stage: Nested[ChatSettings] = field(default_factory=ChatSettings)


def run(argv: list[str]) -> int:
    """Answer line by line, until the end of the input or /quit."""
    arguments = parse(Arguments, argv, command="chat")
    from korean_rlhf.model.assistant import Assistant
    from korean_rlhf.model.chat import Chat

    assistant = Assistant.load(arguments.model)
    chat = Chat(assistant, arguments.stage)
    if sys.stdin.isatty():
        print(f"{assistant.folder}: /reset starts a new dialogue, /quit ends.", file=sys.stderr)
    for line in _lines():
        if line == "/quit":
            break
        if line == "/reset":
            chat.reset()
        elif line:
            _answer(chat, line)
    return 0


def _answer(chat: Chat, line: str) -> None:
    """Print the answer as it is written; Ctrl-C stops it and the dialogue goes on."""
    from korean_rlhf.errors import SettingsError

    reply = chat.reply(line)
    try:
        for piece in reply:
            print(piece, end="", flush=True)
    except KeyboardInterrupt:
        reply.close()
    except SettingsError as problem:  # this question is too long, the next one may not be
        print(problem, file=sys.stderr)
    print(flush=True)


def _lines() -> Iterator[str]:
    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield line.strip()
        return
    import readline  # noqa: F401 (editing and history in input())

    while True:
        try:
            yield input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return
