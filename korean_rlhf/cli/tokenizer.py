"""Train a byte-level BPE tokenizer with the chat template, and measure it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.tokenizer import TokenizerSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to learn from, and where to write."""

    inputs: Positional[tuple[Path, ...]]
    """Documents: stage folders or .jsonl[.zst], .parquet, .csv files."""

    out: Path
    """Folder for tokenizer.json, its companions and report.json."""

    stage: Nested[TokenizerSettings] = field(default_factory=TokenizerSettings)

    replace: bool = False
    """Delete what an earlier run left in --out and start anew."""


def run(argv: list[str]) -> int:
    """Train, then print the report."""
    arguments = parse(Arguments, argv, command="tokenizer")
    from korean_rlhf.rundir import read_manifest
    from korean_rlhf.tokenizer.report import table
    from korean_rlhf.tokenizer.train import train_tokenizer

    train_tokenizer(arguments.inputs, arguments.out, arguments.stage, arguments.replace)
    print(table(read_manifest(arguments.out)["report"]))
    return 0
