"""Fine-tune a model on instructions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.sft import SFTSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to learn, from which model, and where to write."""

    inputs: Positional[tuple[Path, ...]]
    """Instructions: stage folders or plain files."""

    model: Path
    """A stage of a run, one of its step folders, or any Hugging Face model folder."""

    out: Path
    """Folder for the checkpoints; an interrupted run in it goes on."""

    stage: Nested[SFTSettings]

    replace: bool = False
    """Delete what is in the folder and start anew."""


def run(argv: list[str]) -> int:
    """Fine-tune a model."""
    arguments = parse(Arguments, argv, command="sft")
    from korean_rlhf.train.sft import sft

    sft(arguments.inputs, arguments.model, arguments.out, arguments.stage, arguments.replace)
    return 0
