"""The plots of the scores: each task over the steps, and capability against alignment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from korean_rlhf.evaluate import labels
from korean_rlhf.evaluate.curves import Line, Mark, Stretch, stage_curve
from korean_rlhf.evaluate.families import Average, averages, shared_tasks
from korean_rlhf.evaluate.gather import RunFacts, Scores
from korean_rlhf.evaluate.intervals import Z, interval
from korean_rlhf.evaluate.plots import Plot
from korean_rlhf.evaluate.references import is_drawn, same_questions
from korean_rlhf.evaluate.scatter import Place, scatter_chart
from korean_rlhf.evaluate.suites import load_suites

CAPABILITY, ALIGNMENT = "capability", "alignment"
"""Suites of the two axes."""


def score_plots(facts: RunFacts) -> list[Plot]:
    """Return one plot a task: checkpoints with 95 % intervals, chance and what stands beside."""
    plots = [_score_plot(facts, task, entry) for task, entry in sorted(facts.entries.items())]
    return [plot for plot in plots if plot.svg]


def _score_plot(facts: RunFacts, task: str, entry: dict[str, Any]) -> Plot:
    metric = entry["headline"]
    scored = [one for one in facts.scores if task in one.tasks and _is_known(one, task)]
    stretches = [
        Stretch(labels.short_stage(stage), [_mark(one, task) for one in group])
        for stage, group in groupby(scored, key=lambda one: one.stage)
    ]
    title = f"{entry['title']} · {labels.metric(metric)}"
    drawn = stage_curve(
        stretches, describe=_described(title, scored, task), lines=_lines(facts, task, entry)
    )
    return Plot(title, drawn, "" if entry["higher_is_better"] else "낮을수록 좋습니다.")


def _is_known(one: Scores, task: str) -> bool:
    """Whether a score is a number: the correlation of answers that are all the same is none."""
    entry = one.tasks[task]
    return math.isfinite(entry["metrics"][entry["headline"]]["value"])


def _mark(one: Scores, task: str) -> Mark:
    entry = one.tasks[task]
    metric, scale = entry["headline"], _scale(entry["headline"])
    figure = entry["metrics"][metric]
    value = float(figure["value"])
    low, high = interval(metric, figure) or (value, value)
    text = labels.score(metric, value)
    return Mark(one.step, scale * value, scale * low, scale * high, text, one.chosen)


def _scale(metric: str) -> float:
    return 100.0 if labels.is_share(metric) else 1.0


def _described(title: str, scored: Sequence[Scores], task: str) -> str:
    """Return the plot in words: every checkpoint with its score."""
    said = []
    for one in scored:
        metric = one.tasks[task]["headline"]
        value = labels.score(metric, one.tasks[task]["metrics"][metric]["value"])
        said.append(f"{labels.checkpoint(one.stage, one.step)} {value}")
    return f"{title}: {', '.join(said)}"


def _lines(facts: RunFacts, task: str, entry: dict[str, Any]) -> list[Line]:
    """Return chance, then the scored reference models, then published scores."""
    metric, scale = entry["headline"], _scale(entry["headline"])
    found = []
    if metric in entry["chance"]:
        found.append(("우연", entry["chance"][metric]))
    for reference in facts.references:
        other = reference.scores.tasks.get(task)
        if other and same_questions(entry, other) and _is_known(reference.scores, task):
            found.append((f"참조 {reference.name}", other["metrics"][metric]["value"]))
    for one in facts.published:
        if is_drawn(one, task, entry):
            found.append((f"{one.model} (공개된 점수, 다른 프롬프트)", one.value))
    return [Line(f"{name} {labels.score(metric, value)}", scale * value) for name, value in found]


def alignment_plot(facts: RunFacts) -> Plot | None:
    """Return capability against alignment of each checkpoint, once both suites have scores.

    Both are chance-centred averages over the tasks that all of these checkpoints have.
    """
    suites = load_suites()
    if CAPABILITY not in suites or ALIGNMENT not in suites:
        return None
    alignment = set(suites[ALIGNMENT].tasks)
    asked = [set(suites[CAPABILITY].tasks) - alignment, alignment]  # no task on both axes
    chosen = [one for one in facts.scores if one.chosen]
    scored = [one for one in chosen if all(asked_of & one.tasks.keys() for asked_of in asked)]
    names = shared_tasks([one.tasks for one in scored])
    places = [place for one in scored for place in _place(one, asked, names)]
    title = "우연을 뺀 평균"
    drawn = scatter_chart(
        places,
        x_label="능력 과제 (%)",
        y_label="정렬 과제 (%)",
        describe=f"{title}: "
        + ", ".join(f"{p.label} 능력 {p.x:.1f} 정렬 {p.y:.1f}" for p in places),
    )
    return (
        Plot(title, drawn, "가로줄과 세로줄은 95 % 구간이고, 점선은 단계의 차례를 잇습니다.")
        if drawn
        else None
    )


def _place(one: Scores, asked: Sequence[set[str]], names: Iterable[str]) -> list[Place]:
    found = [averages(one.tasks, [name for name in names if name in tasks]) for tasks in asked]
    if found[0] is None or found[1] is None:
        return []
    (x, x_spread), (y, y_spread) = (_per_cent(means.overall) for means in found if means)
    return [Place(labels.checkpoint(one.stage, one.step), x, y, x_spread, y_spread)]


def _per_cent(one: Average) -> tuple[float, float]:
    return 100 * one.value, 100 * Z * (one.stderr or 0.0)
