"""Hashed character n-grams of benchmark files, by which `dedup` finds their text in a corpus."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Positional, parse
from korean_rlhf.progress import say


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """The benchmark, and where its fingerprints go."""

    inputs: Positional[tuple[Path, ...]]
    """Folders or .jsonl[.zst], .parquet, .csv, .tsv files of the benchmark; a row is an item."""

    out: Path
    """File to write: NAME.fingerprints. It holds no text, but its benchmark's licence counts."""

    name: str = ""
    """Name of the benchmark; without it that of the file."""

    version: str = ""
    """Version of the benchmark."""

    license: str = ""
    """Licence of the benchmark."""

    ngram: int = 20
    """Characters in one n-gram, spaces and punctuation left out."""

    fields: tuple[str, ...] = ()
    """Fields of a row that are its text; without it all but id, guid, url, source and license."""


def run(argv: list[str]) -> int:
    """Write the file and say what is in it."""
    arguments = parse(Arguments, argv, command="fingerprints")
    from korean_rlhf.dedup.fingerprints import build

    header = build(
        arguments.inputs,
        arguments.out,
        name=arguments.name,
        version=arguments.version,
        license=arguments.license,
        n=arguments.ngram,
        fields=arguments.fields,
    )
    say(
        f"fingerprints: {header.items:,} items, {header.hashes:,} hashes of {header.n} characters; "
        f"{header.short:,} items are shorter and left out."
    )
    return 0
