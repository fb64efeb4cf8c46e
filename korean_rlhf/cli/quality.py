"""Learn a quality score from texts to learn from and texts to leave out, for `clean`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.score import ScoreSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to learn from, and where to write."""

    good: Positional[Path]
    """Texts worth learning from: a stage folder or a .jsonl[.zst], .parquet, .csv file."""

    bad: Positional[Path]
    """Texts like those to leave out."""

    out: Path
    """Folder of the score, for `clean --quality-model`."""

    stage: Nested[ScoreSettings] = field(default_factory=ScoreSettings)

    replace: bool = False
    """Delete what an earlier run left in --out and start anew."""


def run(argv: list[str]) -> int:
    """Parse, then learn."""
    arguments = parse(Arguments, argv, command="quality")
    from korean_rlhf.clean.quality.training import learn_quality

    learn_quality(
        arguments.good, arguments.bad, arguments.out, arguments.stage, replace=arguments.replace
    )
    return 0
