"""Everything that the report of a run shows, read from its files; no model is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from korean_rlhf import __version__
from korean_rlhf.disk import read_json_object
from korean_rlhf.errors import MissingInput
from korean_rlhf.evaluate.asking import ANSWERS
from korean_rlhf.evaluate.checkpoints import STAGES, weights_digest
from korean_rlhf.evaluate.compare import Comparison, compare_checkpoints
from korean_rlhf.evaluate.scores import read_items, read_scores
from korean_rlhf.evaluate.showcase import SHOWCASE
from korean_rlhf.evaluate.truereward import RESULT
from korean_rlhf.rundir import MANIFEST, MetricsLog, read_manifest, step_folder

STAGE_NOTES = "stages.json"
WHEN_TORN = "Delete it: the report does without."
Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StageFacts:
    """One stage of the run: what it took and what its manifest says."""

    name: str
    seconds: float | None
    peak_rss_mb: float | None
    manifest: Table = field(default_factory=dict)


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


def gather(run: Path) -> RunFacts:
    """Read a run folder; a stage that is missing is left out, and never an error.

    Raises:
        MissingInput: there is no such folder.
    """
    if not run.is_dir():
        raise MissingInput(run, "korean-rlhf run quickstart")
    scores = list(_scores(run))
    return RunFacts(
        name=run.resolve().name,
        version=__version__,
        stages=list(_stages(run)),
        metrics=_metrics(run),
        scores=scores,
        comparisons=compare_checkpoints([one for one in scores if one.chosen], _items_of),
        true_reward=read_scores(run / "evals" / RESULT),
        answers={one.stage: _answers(one) for one in scores if one.chosen and _answers(one)},
    )


def _stages(run: Path) -> Iterator[StageFacts]:
    """Yield the stages in the order they ran: of the recipe's notes, else of their own manifests.

    Data stages are found through the inputs that manifests name.
    """
    notes = _notes(run)
    seen: set[Path] = set()
    for name, note in notes.items():
        folder = _place(run, str(note["folder"])) if note.get("folder") else None
        manifest = _manifest(folder)
        if folder is not None:
            seen.add(folder.resolve())
        yield StageFacts(name, _number(note, "seconds"), _number(note, "peak_rss_mb"), manifest)
    for folder in _folders(run):
        if folder.resolve() in seen:
            continue
        manifest = _manifest(folder)
        name = str(manifest.get("stage") or folder.name)
        yield StageFacts(
            name, _number(manifest, "seconds"), _number(manifest, "peak_rss_mb"), manifest
        )


def _notes(run: Path) -> dict[str, Table]:
    path = run / STAGE_NOTES
    return read_json_object(path, fix=WHEN_TORN) if path.is_file() else {}


def _folders(run: Path) -> list[Path]:
    """Return the finished stage folders of a run, those that they were made from first."""
    own = [path for path in run.iterdir() if (path / MANIFEST).is_file()]
    order = {name: at for at, name in enumerate(("tokenizer", "pretrain", "sft", "reward", "ppo"))}
    own.sort(key=lambda path: (order.get(path.name, len(order)), path.name))
    found: dict[Path, None] = {}

    def visit(folder: Path) -> None:
        if folder.resolve() in found:
            return
        for item in _manifest(folder).get("inputs", []):
            before = _place(run, str(item.get("path", "")))
            if (before / MANIFEST).is_file() and before.resolve() != folder.resolve():
                visit(before)
        found[folder.resolve()] = None

    for folder in own:
        visit(folder)
    # A step folder of an earlier stage is an input too, but no stage of its own.
    return [folder for folder in found if not folder.name.startswith("step-")]


def _place(run: Path, path: str) -> Path:
    """Return a noted path: as it stands, or below the folder that holds runs/ and data/."""
    noted = Path(path)
    below = run.resolve().parent.parent / noted
    return below if not noted.is_absolute() and below.exists() else noted


def _manifest(folder: Path | None) -> Table:
    if folder is None or not (folder / MANIFEST).is_file():
        return {}
    return read_manifest(folder)


def _number(table: Mapping[str, Any], name: str) -> float | None:
    value = table.get(name)
    return float(value) if isinstance(value, (int, float)) else None


def _metrics(run: Path) -> dict[str, list[Table]]:
    folders = {path.parent.name: path.parent for path in run.glob("*/metrics.jsonl")}
    return {name: MetricsLog(folder).rows() for name, folder in sorted(folders.items())}


def _scores(run: Path) -> Iterator[Scores]:
    """Yield the scored checkpoints, in the order of the recipe and of their steps."""
    found: dict[str, Scores] = {}
    for path in sorted((run / "evals").glob("*/*.json")):
        record = read_scores(path)
        if "checkpoint" not in record or _is_stale(run, record):
            continue
        name = str(record["checkpoint"])
        one = found.setdefault(
            name,
            Scores(
                name,
                str(record["stage"]),
                int(record["step"]),
                _is_chosen(run, str(record["stage"]), int(record["step"])),
                {},
                path.parent,
            ),
        )
        one.tasks.update(record["tasks"])
    order = {stage: at for at, stage in enumerate(STAGES)}
    yield from sorted(
        found.values(), key=lambda one: (order.get(one.stage, len(order)), one.stage, one.step)
    )


def _is_stale(run: Path, record: Table) -> bool:
    """Whether the checkpoint has been made anew since it was scored; a pruned one has not."""
    folder = step_folder(run / str(record["stage"]), int(record["step"]))
    if not (folder / "config.json").is_file():
        return False
    return weights_digest(folder) != str(record["weights_sha256"])


def _is_chosen(run: Path, stage: str, step: int) -> bool:
    """Whether a stage stands for this step; without its folder, the scores are all there is."""
    manifest = _manifest(run / stage)
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
