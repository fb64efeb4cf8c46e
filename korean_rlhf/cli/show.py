"""Print records of any kind as JSON lines, from a stage folder or a plain file."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.cli.arguments import Positional, parse
from korean_rlhf.errors import MissingInput, SettingsError
from korean_rlhf.tables import DROPPED, numbered_lines, rows, shards


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to show."""

    path: Positional[Path]
    """A stage folder, or a .jsonl[.zst], .parquet, .csv or manifest.json file."""

    limit: int = 0
    """Records to print; 0 prints all."""

    dropped: bool = False
    """Print what the stage dropped, with the reason, instead of what it kept."""


def run(argv: list[str]) -> int:
    """Print the records one a line, as UTF-8."""
    arguments = parse(Arguments, argv, command="show")
    if arguments.limit < 0:
        raise SettingsError("--limit cannot be negative; 0 prints all.")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # whatever the terminal's is
    if arguments.path.suffix in (".json", ".toml"):
        sys.stdout.writelines(line for _, line in numbered_lines(arguments.path))
        return 0
    printed = 0
    for file in _files(arguments.path, arguments.dropped):
        for _, row in rows(file):
            print_row(row)
            printed += 1
            if printed == arguments.limit:
                return 0
    return 0


def print_row(row: dict[str, Any]) -> None:
    """Print one row, its empty fields left out."""
    shown = {key: value for key, value in row.items() if value not in ("", None)}
    sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")


def _files(path: Path, dropped: bool) -> list[Path]:
    if not dropped:
        return shards(path)
    if (path / "dropped").is_dir():
        return sorted((path / "dropped").glob("*.parquet"))
    if (path / DROPPED).is_file():
        return [path / DROPPED]
    raise MissingInput(path / "dropped")
