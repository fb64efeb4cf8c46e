"""Let models answer open questions and have the answers judged, or measure a judge.

A judge is a chat model behind an OpenAI-compatible server or a reward model of ours. The API key,
where the server wants one, is read from the environment variable KOREAN_RLHF_API_KEY.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.errors import SettingsError
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.judge import JudgeSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Whose answers are judged, by whom, and where the verdicts go."""

    models: Positional[tuple[Path, ...]] = ()
    """Runs (their SFT, DPO and PPO models), stages, step folders or chat model folders."""

    stage: Nested[JudgeSettings]

    server: Nested[EndpointSettings]

    judge: str = ""
    """Address of the judging server or folder of a reward model; by default that of --endpoint."""

    questions: Path | None = None
    """Open questions in the layout of LogicKor or KoMT-Bench; by default our own set."""

    calibrate: Path | None = None
    """Measure the judge on these answers, whose rows hold question, output and score."""

    out: Path | None = None
    """Folder of the table; by default evals/ in the first run. A calibration needs it."""


def run(argv: list[str]) -> int:
    """Judge, or go on where a killed run was."""
    arguments = parse(Arguments, argv, command="judge")
    if bool(arguments.models) == (arguments.calibrate is not None):
        raise SettingsError("judge needs either models or --calibrate FILE. See --help.")
    if arguments.calibrate is not None:
        return _calibrate(arguments, arguments.calibrate)
    from korean_rlhf.evaluate.judge.run import judge_models

    judge_models(
        arguments.models,
        arguments.stage,
        arguments.server,
        judge=arguments.judge,
        questions=arguments.questions,
        out=arguments.out,
    )
    return 0


def _calibrate(arguments: Arguments, path: Path) -> int:
    if arguments.out is None:
        raise SettingsError("judge --calibrate needs --out DIR for its report.")
    from korean_rlhf.evaluate.judge.calibrate import calibrate

    calibrate(path, arguments.out, arguments.stage, arguments.server, judge=arguments.judge)
    return 0
