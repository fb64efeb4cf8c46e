"""Score every checkpoint of a run, or a model, on Korean tasks; what has a score is left alone.

--endpoint-model NAME scores a model that an OpenAI-compatible server holds. Its API key, where it
wants one, is read from the environment variable KOREAN_RLHF_API_KEY.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.errors import SettingsError
from korean_rlhf.settings.endpoint import ServedSettings
from korean_rlhf.settings.evaluate import EvaluateSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to score, and where the data are."""

    path: Positional[Path | None] = None
    """A run, a stage or step folder of it, or any Hugging Face model folder. Of a served model, the
    folder of its tokenizer."""

    stage: Nested[EvaluateSettings]

    server: Nested[ServedSettings]

    data: Path | None = None
    """Folder of the benchmarks in the layout of their repositories, or of a sample world."""

    text: Path | None = None
    """Text that no stage was trained on, for bits per byte; by default heldout.txt in --data."""

    hub: bool = False
    """Fetch data that are not in --data from the Hugging Face hub."""

    corpus: Path | None = None
    """Documents that the model was trained on: items that stand in them are told in the report."""

    out: Path | None = None
    """Run folder that gets the scores; by default the run, or runs/MODEL for a plain model."""

    watch: bool = False
    """Follow a running training: score each new checkpoint, until Ctrl-C."""

    check_data: bool = False
    """Only say which tasks of the suite have their data, and where to get the others."""


def run(argv: list[str]) -> int:
    """Score what has no score yet."""
    arguments = parse(Arguments, argv, command="eval")
    if arguments.check_data:
        return _check_data(arguments)
    path = arguments.path
    if path is None:
        raise SettingsError("eval needs a run or a model folder. See --help.")
    if arguments.watch and arguments.server.endpoint_model:
        raise SettingsError("--watch follows checkpoints on this disk; a served model is one.")
    from korean_rlhf.evaluate.track import evaluate

    def score() -> None:
        evaluate(
            path,
            arguments.stage,
            data=arguments.data,
            text=arguments.text,
            hub=arguments.hub,
            out=arguments.out,
            corpus=arguments.corpus,
            served=arguments.server,
        )

    if arguments.watch:
        from korean_rlhf.evaluate.watch import watch

        watch(score)
    else:
        score()
    return 0


def _check_data(arguments: Arguments) -> int:
    from korean_rlhf.evaluate.available import check_data, lines
    from korean_rlhf.evaluate.sources import DataOptions

    options = DataOptions(
        data=str(arguments.data or ""), text=str(arguments.text or ""), hub=arguments.hub
    )
    print("\n".join(lines(check_data(arguments.stage.suite, options))))
    return 0
