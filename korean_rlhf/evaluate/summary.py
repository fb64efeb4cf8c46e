"""report.json: the figures of a run for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from korean_rlhf.evaluate.gather import RunFacts, Scores
from korean_rlhf.evaluate.stagefiles import StageFacts

MEASURED = ("true_reward", "paired_gain", "kl", "kl_stderr", "eos_rate", "distinct_answers")
ALSO_MEASURED = ("gap_closed", "best_of", "answers")


def summarise(facts: RunFacts) -> dict[str, Any]:
    """Return the content of report.json; what was not measured has no key."""
    summary: dict[str, Any] = {
        "run": facts.name,
        "version": facts.version,
        "stages": {
            stage.name: {"seconds": stage.seconds, "peak_rss_mb": stage.peak_rss_mb}
            for stage in facts.stages
            if stage.seconds is not None
        },
        "scores": {one.checkpoint: _task_scores(one) for one in facts.scores},
        "chosen": {one.stage: one.checkpoint for one in facts.scores if one.chosen},
        "comparisons": [
            {
                "first": one.first,
                "second": one.second,
                "task": one.task,
                "metric": one.metric,
                **asdict(one.difference),
                "adjusted_p": one.adjusted_p,
            }
            for one in facts.comparisons
        ],
        "corpus": {stage.name: counts for stage in facts.stages if (counts := _counts(stage))},
        "training": {stage.name: told for stage in facts.stages if (told := _training(stage))},
    }
    for key in (*MEASURED, *ALSO_MEASURED):
        if key in facts.true_reward:
            summary[key] = facts.true_reward[key]
    reward = next((stage for stage in facts.stages if "validation" in stage.manifest), None)
    if reward is not None:
        summary["reward_model"] = reward.manifest["validation"]
    return summary


def _task_scores(one: Scores) -> dict[str, Any]:
    found = {}
    for task, entry in one.tasks.items():
        headline = entry["metrics"][entry["headline"]]
        found[task] = {
            "metric": entry["headline"],
            **headline,
            "chance": entry["chance"].get(entry["headline"]),
            "metrics": entry["metrics"],
        }
    return found


def _counts(stage: StageFacts) -> dict[str, Any]:
    counts = stage.manifest.get("counts") or {}
    return {key: counts[key] for key in ("in", "out", "dropped") if key in counts}


TOLD = ("parameters", "steps", "best", "best_validation_loss", "last_loss", "tokens_per_second")


def _training(stage: StageFacts) -> dict[str, Any]:
    if "best" not in stage.manifest:
        return {}
    return {key: stage.manifest[key] for key in TOLD if key in stage.manifest}
