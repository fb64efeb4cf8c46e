"""The table of tasks by checkpoints: scores with 95 % intervals beside what guessing gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from korean_rlhf.evaluate import labels
from korean_rlhf.evaluate.compare import Comparison
from korean_rlhf.evaluate.gather import Reference, Scores
from korean_rlhf.evaluate.intervals import holds, interval
from korean_rlhf.evaluate.references import same_questions

AT_CHANCE = "우연 범위"
"""The mark of a score whose interval holds what guessing gets."""
BASELINES = {"majority": "다수 답", "longest": "가장 긴 답", "shortest": "가장 짧은 답"}
"""What a model gets that looks at no question, by the name in the score file."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One score in a table."""

    value: str = labels.DASH
    interval: str = ""
    bold: bool = False
    """Better than the stage before when asked alike, and not by chance."""
    mark: str = ""
    """AT_CHANCE, or nothing."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One task over several checkpoints."""

    title: str
    metric: str
    cells: list[Cell]
    baselines: list[str]
    """Of chance first, then of those that the table names."""
    n: str


@dataclass(frozen=True, slots=True)
class Column:
    """One checkpoint of the score table."""

    title: str
    step: str


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Tasks by checkpoints."""

    columns: list[Column]
    baselines: list[str]
    """Heads of the columns with baselines."""
    rows: list[ScoreRow]


def score_table(
    scores: Sequence[Scores],
    comparisons: Sequence[Comparison],
    references: Sequence[Reference] = (),
) -> ScoreTable:
    """Return the table of tasks by checkpoints, reference models in the last columns."""
    tasks: dict[str, dict[str, Any]] = {}
    for one in scores:
        tasks.update(one.tasks)
    gains = {(one.second, one.task) for one in comparisons if _is_bold(one)}
    known = [name for name in BASELINES if any(_has(entry, name) for entry in tasks.values())]
    rows = [
        _row(task, entry, scores, references, gains, known) for task, entry in sorted(tasks.items())
    ]
    columns = [Column(labels.short_stage(one.stage), f"{one.step:,}스텝") for one in scores]
    columns += [Column(one.name, "참조 모델") for one in references]
    return ScoreTable(columns, ["우연", *(BASELINES[name] for name in known)], rows)


def _is_bold(one: Comparison) -> bool:
    return one.significant and one.better and one.asked_alike


def _row(
    task: str,
    entry: Mapping[str, Any],
    scores: Sequence[Scores],
    references: Sequence[Reference],
    gains: set[tuple[str, str]],
    baselines: Sequence[str],
) -> ScoreRow:
    metric = entry["headline"]
    cells = [
        _cell(one.tasks[task], (one.checkpoint, task) in gains) if task in one.tasks else Cell()
        for one in scores
    ]
    for reference in references:
        other = reference.scores.tasks.get(task)
        cells.append(_cell(other, False) if other and same_questions(entry, other) else Cell())
    shown = [entry["chance"].get(metric), *(baseline(entry, name) for name in baselines)]
    return ScoreRow(
        entry["title"],
        labels.metric(metric),
        cells,
        [labels.DASH if value is None else labels.score(metric, value) for value in shown],
        f"{entry['metrics'][metric]['n']:,}",
    )


def _cell(entry: Mapping[str, Any], bold: bool) -> Cell:
    metric = entry["headline"]
    figure = entry["metrics"][metric]
    bounds = interval(metric, figure)
    near = holds(bounds, entry["chance"].get(metric))
    shown = "" if bounds is None else labels.bounds(metric, *bounds)
    return Cell(labels.score(metric, figure["value"]), shown, bold, AT_CHANCE if near else "")


def _has(entry: Mapping[str, Any], name: str) -> bool:
    return baseline(entry, name) is not None


def baseline(entry: Mapping[str, Any], name: str) -> float | None:
    """Return what a baseline gets in the headline, None where the score file has none."""
    found = (entry.get("baselines") or {}).get(name)
    if isinstance(found, Mapping):  # by metric
        found = found.get(entry["headline"], found)
    if isinstance(found, Mapping):  # an estimate
        found = found.get("value")
    return float(found) if isinstance(found, (int, float)) else None
