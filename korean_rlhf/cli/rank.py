"""Turn answers that a judge has scored into ranked comparisons for the reward model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.prompting.rank import rank
from korean_rlhf.settings.rank import RankSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to rank."""

    inputs: Positional[tuple[Path, ...]]
    """Files whose rows hold question, output and score."""

    out: Path
    """Folder for comparisons.jsonl and dropped.jsonl."""

    stage: Nested[RankSettings]

    license: str = ""
    """Licence of the answers."""

    replace: bool = False
    """Delete what is in --out and start anew."""


def run(argv: list[str]) -> int:
    """Write the comparisons."""
    arguments = parse(Arguments, argv, command="rank")
    rank(
        arguments.inputs,
        arguments.out,
        arguments.stage,
        license=arguments.license,
        replace=arguments.replace,
    )
    return 0
