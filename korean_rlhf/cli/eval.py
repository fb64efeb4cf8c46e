"""Score every checkpoint of a run, or a model, on Korean tasks; what has a score is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.evaluate import EvaluateSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to score, and where the data are."""

    path: Positional[Path]
    """A run, a stage or step folder of it, or any Hugging Face model folder."""

    stage: Nested[EvaluateSettings]

    data: Path | None = None
    """Folder of the benchmarks in the layout of their repositories, or of a sample world."""

    text: Path | None = None
    """Text that no stage was trained on, for bits per byte; by default heldout.txt in --data."""

    hub: bool = False
    """Fetch data that are not in --data from the Hugging Face hub."""

    out: Path | None = None
    """Run folder that gets the scores; by default the run, or runs/MODEL for a plain model."""


def run(argv: list[str]) -> int:
    """Score what has no score yet."""
    arguments = parse(Arguments, argv, command="eval")
    from korean_rlhf.evaluate.track import evaluate

    evaluate(
        arguments.path,
        arguments.stage,
        data=arguments.data,
        text=arguments.text,
        hub=arguments.hub,
        out=arguments.out,
    )
    return 0
