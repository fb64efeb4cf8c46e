"""The tables of the report, as rows of text: HTML and Markdown show the same ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from korean_rlhf.evaluate import labels
from korean_rlhf.evaluate.flips import Flip
from korean_rlhf.evaluate.gather import RunFacts
from korean_rlhf.evaluate.stagefiles import StageFacts

SHOWN_ANSWERS = 12
PUBLISHED_HEADS = ("과제", "지표", "모델", "공개된 점수(예시 수마다)", "이 실행", "출처")


@dataclass(frozen=True, slots=True)
class Pair:
    """The same question answered before and after PPO."""

    question: str
    answers: list[tuple[str, str, str]]
    """(system, answer, true reward)"""


@dataclass(frozen=True, slots=True)
class FlipView:
    """What turned on one task between two stages, with the names that readers know."""

    title: str
    first: str
    second: str
    lost: int
    gained: int
    shown: list[Flip]


def flip_views(facts: RunFacts) -> list[FlipView]:
    """Return what turned, the tasks that lost most first."""
    names = {one.checkpoint: labels.short_stage(one.stage) for one in facts.scores}
    ordered = sorted(facts.flips, key=lambda found: -found.lost)
    return [
        FlipView(
            facts.entries[found.task]["title"],
            names[found.first],
            names[found.second],
            found.lost,
            found.gained,
            found.shown,
        )
        for found in ordered
    ]


def published_rows(facts: RunFacts) -> list[list[str]]:
    """Return published scores by task and model, beside that of the run's last chosen checkpoint.

    Scores of one model with several numbers of examples stand in one row.
    """
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for one in sorted(facts.published, key=lambda one: (one.task, one.metric)):
        shots = "모름" if one.shots < 0 else f"{one.shots}개"
        shown = found.setdefault((one.task, one.metric, one.model, one.source), [])
        shown.append(f"{shots} {labels.score(one.metric, one.value)}")
    return [
        [
            facts.entries[task]["title"],
            labels.metric(metric),
            model,
            " · ".join(shown),
            _own_score(facts, task, metric),
            source.removeprefix("https://"),  # to read, not to fetch: the page asks the net nothing
        ]
        for (task, metric, model, source), shown in found.items()
    ]


def _own_score(facts: RunFacts, task: str, metric: str) -> str:
    """Return what the last chosen checkpoint that has it scored."""
    own = [one.tasks[task]["metrics"] for one in facts.scores if one.chosen and task in one.tasks]
    values = [figures[metric]["value"] for figures in own if metric in figures]
    return labels.score(metric, values[-1]) if values else labels.DASH


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
