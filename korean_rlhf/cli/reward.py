"""Learn a reward from ranked answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.reward import RewardSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to learn, from which model, and where to write."""

    inputs: Positional[tuple[Path, ...]]
    """Comparisons: stage folders or plain files."""

    model: Path
    """A stage of a run (usually sft), one of its step folders, or a Hugging Face model folder."""

    out: Path
    """Folder for the checkpoints; an interrupted run in it goes on."""

    demonstrations: Path | None = None
    """Instructions whose answers shall score 0 on average."""

    stage: Nested[RewardSettings]

    replace: bool = False
    """Delete what is in the folder and start anew."""


def run(argv: list[str]) -> int:
    """Train a reward model."""
    arguments = parse(Arguments, argv, command="reward")
    from korean_rlhf.train.reward import reward

    reward(
        arguments.inputs,
        arguments.model,
        arguments.out,
        arguments.stage,
        demonstrations=arguments.demonstrations,
        replace=arguments.replace,
    )
    return 0
