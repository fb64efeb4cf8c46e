"""Translate English instruction sets into Korean through an OpenAI-compatible server.

The API key, where the server wants one, is read from the environment variable KOREAN_RLHF_API_KEY.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.translate import TranslateSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to translate."""

    inputs: Positional[tuple[Path, ...]]
    """Instruction records, or rows with instruction, input and output."""

    out: Path
    """Folder for instructions.jsonl and dropped.jsonl."""

    stage: Nested[TranslateSettings]

    server: Nested[EndpointSettings]

    replace: bool = False
    """Delete what is in --out and start anew; answers already paid for are used again."""


def run(argv: list[str]) -> int:
    """Translate, or go on where a killed run was."""
    arguments = parse(Arguments, argv, command="translate")
    from korean_rlhf.translate.run import translate

    translate(
        arguments.inputs,
        arguments.out,
        arguments.stage,
        arguments.server,
        replace=arguments.replace,
    )
    return 0
