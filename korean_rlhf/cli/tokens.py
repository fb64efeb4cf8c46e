"""Documents to token files, which the trainers map into memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.tokens import TokensSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to encode, by which tokenizer, and where to write."""

    inputs: Positional[tuple[Path, ...]]
    """Documents: stage folders or .jsonl[.zst], .parquet, .csv files."""

    tokenizer: Path
    """Folder with a tokenizer.json: a tokenizer stage or any Hugging Face model."""

    out: Path
    """Folder for the train and val files."""

    stage: Nested[TokensSettings] = field(default_factory=TokensSettings)

    replace: bool = False
    """Delete what an earlier run left in --out and start anew."""


def run(argv: list[str]) -> int:
    """Encode, then print how many tokens there are."""
    arguments = parse(Arguments, argv, command="tokens")
    from korean_rlhf.rundir import read_manifest
    from korean_rlhf.tokenizer.shards import SPLITS, write_tokens

    write_tokens(
        arguments.inputs, arguments.tokenizer, arguments.out, arguments.stage, arguments.replace
    )
    manifest = read_manifest(arguments.out)
    for split in SPLITS:
        facts = manifest[split]
        print(f"{split:<5} {facts['tokens']:>13,} tokens of {facts['documents']:,} documents")
    return 0
