"""What judges said of a run, for its report: tables of their own, never among the exact scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.evaluate.checkpoints import weights_digest
from korean_rlhf.evaluate.scores import read_scores
from korean_rlhf.progress import say
from korean_rlhf.rundir import step_folder

PREFIX = "judged-"


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """One set of open questions as one judge saw the answers."""

    name: str
    judge: str
    found: Mapping[str, Any]
    """An entry of evals/judged-<set>.json: models, differences and pairs."""


def judged_sets(run: Path) -> list[JudgedSet]:
    """Return what was judged of `run`, but verdicts on weights that were made anew since."""
    kept = []
    for path in sorted((run / "evals").glob(f"{PREFIX}*.json")):
        name = path.stem.removeprefix(PREFIX)
        for judge, found in read_scores(path).get("judged", {}).items():
            if renewed := _renewed(run, found.get("contestants", {})):
                changed = ", ".join(renewed)
                say(f"report: left out what {judge} judged of {name}: {changed} changed since.")
            else:
                kept.append(JudgedSet(name, judge, found))
    return kept


def _renewed(run: Path, contestants: Mapping[str, str]) -> list[str]:
    """Return the models of `run` that are no longer those that were judged."""
    renewed = []
    for contestant, digest in contestants.items():
        owner, _, checkpoint = contestant.rpartition("/")
        stage, _, step = checkpoint.rpartition("-")
        if owner == run.resolve().name and step.isdigit():
            folder = step_folder(run / stage, int(step))
            if (folder / "config.json").is_file() and weights_digest(folder) != digest:
                renewed.append(contestant)
    return renewed
