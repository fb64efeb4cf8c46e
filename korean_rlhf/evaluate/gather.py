"""Everything that the report of a run shows, read from its files; no model is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf import __version__
from korean_rlhf.errors import MissingInput
from korean_rlhf.evaluate.asking import ANSWERS
from korean_rlhf.evaluate.checkpoints import STAGES, weights_digest
from korean_rlhf.evaluate.compare import Comparison, compare_checkpoints
from korean_rlhf.evaluate.contamination import CleanScores, clean_scores
from korean_rlhf.evaluate.flips import TaskFlips, find_flips
from korean_rlhf.evaluate.habits import Habits, habits
from korean_rlhf.evaluate.judged import JudgedSet, judged_sets
from korean_rlhf.evaluate.references import Published, fitting, load_published
from korean_rlhf.evaluate.scores import read_items, read_scores
from korean_rlhf.evaluate.showcase import SHOWCASE
from korean_rlhf.evaluate.stagefiles import StageFacts, manifest_of, read_stages
from korean_rlhf.evaluate.standing import standing
from korean_rlhf.evaluate.suites import load_tasks
from korean_rlhf.evaluate.truereward import RESULT
from korean_rlhf.progress import say
from korean_rlhf.rundir import MetricsLog, step_folder

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one checkpoint, of all suites together."""

    checkpoint: str
    stage: str
    step: int
    chosen: bool
    tasks: dict[str, Table]
    """By task: an entry of the score file."""
    folder: Path
    weights: str = ""
    """sha256 of what was scored."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Another scored model that stands beside the run: its last chosen checkpoint."""

    name: str
    scores: Scores


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of a run."""

    name: str
    version: str
    stages: list[StageFacts]
    metrics: dict[str, list[Table]]
    """metrics.jsonl of each training stage."""
    scores: list[Scores]
    comparisons: list[Comparison]
    true_reward: Table
    """evals/true_reward.json, {} where there is none."""
    answers: dict[str, list[Table]]
    """By stage: what its chosen model answered to the held-out questions."""
    flips: list[TaskFlips]
    """Items that turned from one chosen checkpoint to the next."""
    references: list[Reference]
    published: list[Published]
    """Scores of others on the tasks and metrics of this run."""
    habits: dict[str, Habits]
    """By stage: what its answers look like."""

    clean: list[CleanScores]
    """Tasks whose items were looked for in the corpus."""
    judged: list[JudgedSet]
    """What judges said of open answers."""

    @property
    def entries(self) -> dict[str, Table]:
        """Of every task that was scored, the entry of the last checkpoint."""
        return _entries(self.scores)


def gather(run: Path, references: Sequence[Path] = ()) -> RunFacts:
    """Read a run folder; a stage that is missing is left out, and never an error.

    Args:
        run: The folder.
        references: Other runs whose scores stand beside.

    Raises:
        MissingInput: there is no such folder, or a reference has no score.
    """
    if not run.is_dir():
        raise MissingInput(run, "korean-rlhf run quickstart")
    scores = list(_scores(run))
    chosen = [one for one in scores if one.chosen]
    compared = compare_checkpoints(chosen, _items_of)
    answers = {one.stage: _answers(one) for one in chosen}
    return RunFacts(
        name=run.resolve().name,
        version=__version__,
        stages=list(read_stages(run)),
        metrics=_metrics(run),
        scores=scores,
        comparisons=compared,
        true_reward=read_scores(run / "evals" / RESULT),
        answers={stage: rows for stage, rows in answers.items() if rows},
        flips=find_flips(compared, {one.checkpoint: one for one in chosen}),
        references=[_reference(path) for path in references],
        published=fitting(load_published(), _entries(scores)),
        clean=clean_scores(run / "evals", chosen),
        judged=judged_sets(run),
        habits={stage: found for stage, rows in answers.items() if (found := habits(rows))},
    )


def _entries(scores: Sequence[Scores]) -> dict[str, Table]:
    return {task: entry for one in scores for task, entry in one.tasks.items()}


def _reference(run: Path) -> Reference:
    chosen = [one for one in _scores(run) if one.chosen] if run.is_dir() else []
    if not chosen:
        raise MissingInput(run / "evals", f"korean-rlhf eval {run}")
    return Reference(run.resolve().name, chosen[-1])


def _metrics(run: Path) -> dict[str, list[Table]]:
    folders = {path.parent.name: path.parent for path in run.glob("*/metrics.jsonl")}
    return {name: MetricsLog(folder).rows() for name, folder in sorted(folders.items())}


def _scores(run: Path) -> Iterator[Scores]:
    """Yield the scored checkpoints, in the order of the recipe and of their steps."""
    left = standing(list(_records(run)), {info.name: info.digest for info in load_tasks().values()})
    if left.dropped:
        say(
            f"report: left out {', '.join(left.dropped)}: the tasks have changed since. "
            f"Score them anew: korean-rlhf eval {run}"
        )
    found = [_of_checkpoint(run, record) for record in left.records]
    order = {stage: at for at, stage in enumerate(STAGES)}
    yield from sorted(
        found, key=lambda one: (order.get(one.stage, len(order)), one.stage, one.step)
    )


def _records(run: Path) -> Iterator[Table]:
    """Yield the score files of a run, but those of weights that were made anew since."""
    for path in sorted((run / "evals").glob("*/*.json")):
        record = read_scores(path)
        if "checkpoint" in record and not _is_stale(run, record):
            yield record | {"folder": path.parent}


def _of_checkpoint(run: Path, record: Table) -> Scores:
    stage, step = str(record["stage"]), int(record["step"])
    return Scores(
        checkpoint=str(record["checkpoint"]),
        stage=stage,
        step=step,
        chosen=_is_chosen(run, stage, step),
        tasks=record["tasks"],
        folder=record["folder"],
        weights=str(record["weights_sha256"]),
    )


def _is_stale(run: Path, record: Table) -> bool:
    """Whether the checkpoint has been made anew since it was scored; a pruned one has not."""
    folder = step_folder(run / str(record["stage"]), int(record["step"]))
    if not (folder / "config.json").is_file():
        return False
    return weights_digest(folder) != str(record["weights_sha256"])


def _is_chosen(run: Path, stage: str, step: int) -> bool:
    """Whether a stage stands for this step; without its folder, the scores are all there is."""
    manifest = manifest_of(run / stage)
    if manifest.get("best"):
        return str(manifest["best"]) == f"step-{step:06d}"
    later = [path for path in (run / "evals").glob(f"{stage}-*") if path.name[-6:].isdigit()]
    return step == max((int(path.name[-6:]) for path in later), default=step)


def _items_of(scores: Scores, task: str) -> list[Table]:
    return read_items(scores.folder / str(scores.tasks[task].get("items", "")))


def _answers(scores: Scores) -> list[Table]:
    """Return the answers to the held-out questions, else those to the everyday prompts."""
    rows: list[Table] = read_scores(scores.folder / ANSWERS).get("rows", [])
    return rows or list(read_scores(scores.folder / SHOWCASE).get("rows", []))
