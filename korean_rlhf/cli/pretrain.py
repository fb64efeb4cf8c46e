"""Train a GPT from nothing on token files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.pretrain import PretrainSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to train on, and where to write."""

    tokens: Positional[Path]
    """Folder that `korean-rlhf tokens` wrote."""

    tokenizer: Path
    """Folder of the tokenizer that the tokens were made with."""

    out: Path
    """Folder for the checkpoints; an interrupted run in it goes on."""

    stage: Nested[PretrainSettings]

    replace: bool = False
    """Delete what is in the folder and start anew."""


def run(argv: list[str]) -> int:
    """Pretrain a model."""
    arguments = parse(Arguments, argv, command="pretrain")
    from korean_rlhf.train.pretrain import pretrain

    pretrain(
        arguments.tokens, arguments.tokenizer, arguments.out, arguments.stage, arguments.replace
    )
    return 0
