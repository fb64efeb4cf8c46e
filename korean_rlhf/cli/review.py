"""Report a translated set: counts by reason with examples, plots, and a sample to read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Positional, parse
from korean_rlhf.errors import SettingsError


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to report."""

    folder: Positional[Path]
    """Finished folder of korean-rlhf translate."""

    inputs: tuple[Path, ...] = ()
    """Where the English is now. Not set: where it was when it was translated."""

    sample: int = 200
    """Records to read side by side in sample.html."""

    seed: int = 0
    """Another number draws another sample."""


def run(argv: list[str]) -> int:
    """Write report.html, sample.html and report.json into the folder."""
    arguments = parse(Arguments, argv, command="review")
    if arguments.sample < 0:
        raise SettingsError("--sample cannot be negative; 0 draws none.")
    from korean_rlhf.translate.report import write_report

    write_report(
        arguments.folder, inputs=arguments.inputs, sample=arguments.sample, seed=arguments.seed
    )
    return 0
