"""Raw documents -> clean Korean text; every dropped document is kept beside with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.clean import CleanSettings
from korean_rlhf.settings.engine import EngineSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to clean, and where to."""

    inputs: Positional[tuple[Path, ...]]
    """Stage folders or .jsonl[.zst], .parquet, .csv files; a record needs only `text`."""

    out: Path
    """Folder of the clean documents."""

    stage: Nested[CleanSettings] = field(default_factory=CleanSettings)

    where: Nested[EngineSettings] = field(default_factory=EngineSettings)

    replace: bool = False
    """Delete what an earlier run left in --out and start anew."""


def run(argv: list[str]) -> int:
    """Parse, then clean."""
    arguments = parse(Arguments, argv, command="clean")
    from korean_rlhf.clean.run import clean
    from korean_rlhf.engine import running_on

    with running_on(arguments.where):
        clean(arguments.inputs, arguments.out, arguments.stage, replace=arguments.replace)
    return 0
