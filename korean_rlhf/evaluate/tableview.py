"""The tables of the report, as rows of text: HTML and Markdown show the same ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from korean_rlhf.evaluate import labels
from korean_rlhf.evaluate.compare import Comparison
from korean_rlhf.evaluate.gather import RunFacts, Scores
from korean_rlhf.evaluate.stagefiles import StageFacts

SHOWN_ANSWERS = 12
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Cell:
    """One score in a table."""

    value: str = labels.DASH
    error: str = ""
    bold: bool = False
    """Better than the stage before, and not by chance."""
    at_chance: bool = False
    """Its 95 % interval holds what guessing gets."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One task over several checkpoints."""

    title: str
    metric: str
    chance: str
    n: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """One checkpoint of the score table."""

    title: str
    step: str


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Tasks by checkpoints."""

    columns: list[Column]
    rows: list[ScoreRow]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same question answered before and after PPO."""

    question: str
    answers: list[tuple[str, str, str]]
    """(system, answer, true reward)"""


def score_table(scores: Sequence[Scores], comparisons: Sequence[Comparison]) -> ScoreTable:
    """Return the table of tasks by checkpoints."""
    tasks: dict[str, dict[str, Any]] = {}
    for one in scores:
        tasks.update(one.tasks)
    gains = {(one.second, one.task) for one in comparisons if one.significant and one.better}
    rows = [_score_row(task, entry, scores, gains) for task, entry in sorted(tasks.items())]
    columns = [Column(labels.short_stage(one.stage), f"{one.step:,}스텝") for one in scores]
    return ScoreTable(columns, rows)


def _score_row(
    task: str, entry: dict[str, Any], scores: Sequence[Scores], gains: set[tuple[str, str]]
) -> ScoreRow:
    metric = entry["headline"]
    chance = entry["chance"].get(metric)
    cells = [
        _cell(one.tasks[task], (one.checkpoint, task) in gains) if task in one.tasks else Cell()
        for one in scores
    ]
    unit = " (%)" if labels.is_share(metric) else ""
    return ScoreRow(
        entry["title"],
        labels.METRICS.get(metric, metric) + unit,
        labels.DASH if chance is None else labels.score(metric, chance),
        f"{entry['metrics'][metric]['n']:,}",
        cells,
    )


def _cell(entry: dict[str, Any], bold: bool) -> Cell:
    metric = entry["headline"]
    found, chance = entry["metrics"][metric], entry["chance"].get(metric)
    value, stderr = found["value"], found["stderr"]
    near = chance is not None and abs(value - chance) < Z * (stderr or 0.0)
    return Cell(labels.score(metric, value), labels.error(metric, stderr), bold, near)


def gain_rows(facts: RunFacts) -> list[list[str]]:
    """Return each chosen checkpoint against the one before it, on every task."""
    shown = {one.checkpoint: labels.short_stage(one.stage) for one in facts.scores}
    titles = {task: entry["title"] for one in facts.scores for task, entry in one.tasks.items()}
    rows = []
    for one in facts.comparisons:
        scale = 100 if labels.is_share(one.metric) else 1
        digits = 1 if scale == 100 else 3
        error = one.difference.stderr
        verdict = "차이를 말할 수 없음"
        if one.significant:
            verdict = "나아짐" if one.better else "나빠짐"
        rows.append(
            [
                f"{shown[one.first]} → {shown[one.second]}",
                titles[one.task],
                labels.signed(one.difference.mean * scale, digits)
                + ("" if error is None else f" ± {error * scale:.{digits}f}"),
                verdict,
                "< 0.001" if one.adjusted_p < 0.001 else f"{one.adjusted_p:.3f}",
            ]
        )
    return rows


def corpus_rows(stages: Sequence[StageFacts]) -> list[dict[str, Any]]:
    """Return what went in and out of each stage that counts records, with reasons for drops."""
    rows = []
    for stage in stages:
        counts = stage.manifest.get("counts") or {}
        if "in" not in counts and "out" not in counts:
            continue
        dropped = counts.get("dropped") or {}
        rows.append(
            {
                "stage": labels.stage(stage.name),
                "in": _count(counts.get("in")),
                "out": _count(counts.get("out")),
                "dropped": [
                    (reason, f"{n:,}")
                    for reason, n in sorted(dropped.items(), key=lambda item: -item[1])
                ],
            }
        )
    return rows


def training_rows(stages: Sequence[StageFacts]) -> list[list[str]]:
    """Return size, length and outcome of each training stage."""
    rows = []
    for stage in stages:
        told = stage.manifest
        if "best" not in told:
            continue
        best = told.get("best_validation_loss")
        speed = told.get("tokens_per_second")
        rows.append(
            [
                labels.stage(stage.name),
                _count(told.get("parameters")),
                _count(told.get("steps")),
                str(told["best"]),
                labels.DASH if best is None else f"{best:.4f}",
                labels.DASH if not speed else f"{speed:,.0f}",
                f"{told.get('device', '')} {told.get('precision', '')}".strip() or labels.DASH,
            ]
        )
    return rows


def reward_rows(true_reward: dict[str, Any]) -> list[list[str]]:
    """Return mean, error and n of each system's true reward."""
    found = true_reward.get("true_reward", {})
    return [
        [
            labels.system(name),
            f"{figures['mean']:.3f}".replace("-", "−"),
            "" if figures["stderr"] is None else f"± {figures['stderr']:.3f}",
            f"{figures['n']:,}",
        ]
        for name, figures in found.items()
    ]


def answer_pairs(facts: RunFacts) -> list[Pair]:
    """Return a random dozen of questions with the answers of SFT and PPO, always the same ones."""
    by_stage = {stage: {row["id"]: row for row in rows} for stage, rows in facts.answers.items()}
    if not by_stage:
        return []
    shared = set.intersection(*(set(rows) for rows in by_stage.values()))
    first = next(iter(by_stage.values()))
    ids = [id_ for id_ in first if id_ in shared]
    chosen = random.Random(0).sample(ids, min(SHOWN_ANSWERS, len(ids)))
    return [
        Pair(
            first[id_]["question"],
            [
                (labels.short_stage(stage), rows[id_]["answer"], _reward(rows[id_]))
                for stage, rows in by_stage.items()
            ],
        )
        for id_ in chosen
    ]


def _reward(row: dict[str, Any]) -> str:
    reward = row.get("reward")
    return "" if reward is None else f"{reward:.2f}".replace("-", "−")


def _count(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else labels.DASH
