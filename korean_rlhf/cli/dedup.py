"""Documents without exact and near duplicates; a dropped one names the one that was kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.dedup import DedupSettings
from korean_rlhf.settings.engine import EngineSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Where to look for duplicates, and where to write what stays."""

    inputs: Positional[tuple[Path, ...]]
    """Stage folders or .jsonl[.zst], .parquet, .csv files; a record needs only `text`."""

    out: Path
    """Folder of the documents that stay."""

    stage: Nested[DedupSettings] = field(default_factory=DedupSettings)

    where: Nested[EngineSettings] = field(default_factory=EngineSettings)

    replace: bool = False
    """Delete what an earlier run left in --out and start anew."""


def run(argv: list[str]) -> int:
    """Parse, then deduplicate."""
    arguments = parse(Arguments, argv, command="dedup")
    from korean_rlhf.dedup.run import deduplicate
    from korean_rlhf.engine import running_on

    with running_on(arguments.where):
        deduplicate(arguments.inputs, arguments.out, arguments.stage, replace=arguments.replace)
    return 0
