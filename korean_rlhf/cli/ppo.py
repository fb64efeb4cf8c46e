"""Optimise a model against a reward model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.ppo import PPOSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to answer, which model to optimise against which reward, and where to write."""

    prompts: Positional[tuple[Path, ...]]
    """Prompts: stage folders or plain files."""

    policy: Path
    """The SFT stage or model to start from; it is also the reference of the KL penalty."""

    reward: Path
    """The reward stage or model."""

    out: Path
    """Folder for the checkpoints; an interrupted run in it goes on."""

    stage: Nested[PPOSettings]

    replace: bool = False
    """Delete what is in the folder and start anew."""


def run(argv: list[str]) -> int:
    """Run PPO."""
    arguments = parse(Arguments, argv, command="ppo")
    from korean_rlhf.train.ppo import ppo

    ppo(
        arguments.prompts,
        arguments.policy,
        arguments.reward,
        arguments.out,
        arguments.stage,
        arguments.replace,
    )
    return 0
