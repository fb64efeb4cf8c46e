"""Write the report of a run: HTML with plots, Markdown, JSON. All figures come from its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Positional, parse


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Which run to report."""

    run: Positional[Path]
    """Folder of the run, e.g. runs/quickstart."""

    reference: tuple[Path, ...] = ()
    """Other scored runs, whose last chosen checkpoints stand beside, e.g. runs/MODEL."""


def run(argv: list[str]) -> int:
    """Write report.html, report.md and report.json into the run's folder."""
    arguments = parse(Arguments, argv, command="report")
    from korean_rlhf.evaluate.report import report

    report(arguments.run, arguments.reference)
    return 0
