"""Translate English instruction and preference sets into Korean through a model server.

The API key, where the server wants one, is read from the environment variable KOREAN_RLHF_API_KEY.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.reading import ReadSettings
from korean_rlhf.settings.select import SelectSettings
from korean_rlhf.settings.translate import TranslateSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to translate."""

    inputs: Positional[tuple[Path, ...]]
    """Instruction and preference sets: files, or folders of them."""

    out: Path
    """Folder for instructions.jsonl, comparisons.jsonl and dropped.jsonl."""

    stage: Nested[TranslateSettings]

    reading: Nested[ReadSettings]

    selecting: Nested[SelectSettings]

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
        reading=arguments.reading,
        selecting=arguments.selecting,
    )
    return 0
