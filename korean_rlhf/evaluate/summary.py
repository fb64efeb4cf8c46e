"""report.json: the figures of a run for programs."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from korean_rlhf.evaluate.compare import Comparison
from korean_rlhf.evaluate.families import averages
from korean_rlhf.evaluate.gaintable import shared_tasks
from korean_rlhf.evaluate.gather import RunFacts, Scores
from korean_rlhf.evaluate.intervals import interval
from korean_rlhf.evaluate.stagefiles import StageFacts

MEASURED = ("true_reward", "paired_gain", "kl", "kl_stderr", "eos_rate", "distinct_answers")
TRACED = (
    "baselines",
    "task_sha256",
    "data_sha256",
    "prompts_sha256",
    "template",
    "truncated",
    "seconds",
    "machine",
    "versions",
)
"""What a score file says of how a score was made."""
TURNED = ("first", "second", "task", "lost", "gained")
"""What is told of the items that turned; their text is in the page."""
ALSO_MEASURED = ("gap_closed", "best_of", "answers")


def summarise(facts: RunFacts) -> dict[str, Any]:
    """Return the content of report.json; what was not measured has no key, or null."""
    summary: dict[str, Any] = {
        "run": facts.name,
        "version": facts.version,
        "stages": {
            stage.name: {"seconds": stage.seconds, "peak_rss_mb": stage.peak_rss_mb}
            for stage in facts.stages
            if stage.seconds is not None
        },
        **_scored(facts),
        "corpus": {stage.name: counts for stage in facts.stages if (counts := _counts(stage))},
        "training": {stage.name: told for stage in facts.stages if (told := _training(stage))},
    }
    for key in (*MEASURED, *ALSO_MEASURED):
        if key in facts.true_reward:
            summary[key] = facts.true_reward[key]
    reward = next((stage for stage in facts.stages if "validation" in stage.manifest), None)
    if reward is not None:
        summary["reward_model"] = reward.manifest["validation"]
    return {key: _finite(value) for key, value in summary.items()}


def _finite(value: Any) -> Any:
    """Return JSON values with null for what is no number: a correlation of constants."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return value


def _scored(facts: RunFacts) -> dict[str, Any]:
    """Return the scores, what may be said of their differences, and what stands beside."""
    return {
        "scores": {one.checkpoint: _task_scores(one) for one in facts.scores},
        "weights": {one.checkpoint: one.weights for one in facts.scores},
        "chosen": {one.stage: one.checkpoint for one in facts.scores if one.chosen},
        "comparisons": [_comparison(one) for one in facts.comparisons],
        "averages": _averages(facts),
        "flips": [{key: getattr(found, key) for key in TURNED} for found in facts.flips],
        "judged": [asdict(one) for one in facts.judged],
        "clean": [asdict(found) for found in facts.clean],
        "references": {one.name: _task_scores(one.scores) for one in facts.references},
        "published": [asdict(one) for one in facts.published],
        "habits": {stage: asdict(found) for stage, found in facts.habits.items()},
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    return {
        "first": one.first,
        "second": one.second,
        "task": one.task,
        "metric": one.metric,
        **asdict(one.difference),
        "detectable": one.detectable,
        "adjusted_p": one.adjusted_p,
        "templates": list(one.templates),
    }


def _task_scores(one: Scores) -> dict[str, Any]:
    found = {}
    for task, entry in one.tasks.items():
        headline = entry["metrics"][entry["headline"]]
        found[task] = {
            "metric": entry["headline"],
            **headline,
            "chance": entry["chance"].get(entry["headline"]),
            "interval": interval(entry["headline"], headline),
            "metrics": entry["metrics"],
            **{key: entry[key] for key in TRACED if key in entry},
        }
    return found


def _averages(facts: RunFacts) -> dict[str, Any]:
    """Return the chance-centred averages of the chosen checkpoints, and the tasks they are over."""
    names = shared_tasks(facts)
    found = {
        one.checkpoint: averages(one.tasks, names) for one in facts.scores if one.chosen and names
    }
    return {
        "tasks": names,
        "checkpoints": {name: asdict(one) for name, one in found.items() if one is not None},
    }


def _counts(stage: StageFacts) -> dict[str, Any]:
    counts = stage.manifest.get("counts") or {}
    return {key: counts[key] for key in ("in", "out", "dropped") if key in counts}


TOLD = ("parameters", "steps", "best", "best_validation_loss", "last_loss", "tokens_per_second")


def _training(stage: StageFacts) -> dict[str, Any]:
    if "best" not in stage.manifest:
        return {}
    return {key: stage.manifest[key] for key in TOLD if key in stage.manifest}
