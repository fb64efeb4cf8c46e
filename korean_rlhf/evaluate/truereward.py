"""The true reward of the sample world: how good the answers of SFT and PPO really are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from korean_rlhf.evaluate.asking import QUESTIONS, Rows, World, read_questions
from korean_rlhf.evaluate.checkpoints import chosen_of
from korean_rlhf.evaluate.paired import paired_difference
from korean_rlhf.evaluate.sources import thin
from korean_rlhf.evaluate.statistics import Estimate, mean_and_error
from korean_rlhf.progress import say
from korean_rlhf.rundir import atomic_write_text, file_digest
from korean_rlhf.settings.evaluate import EvaluateSettings

RESULT = "true_reward.json"


def measure(run: Path, evals: Path, data: Path, settings: EvaluateSettings) -> dict[str, Any]:
    """Answer the questions with the chosen SFT and PPO models and write `evals`/true_reward.json.

    A run without a finished SFT model has none yet: {} is returned.

    Answers of unchanged models to unchanged questions are read back, not written again.

    Raises:
        MissingInput: `data` has no questions or no demonstrations.
    """
    questions = read_questions(data / QUESTIONS)
    asked = thin(questions, settings.questions)
    world = World(run, evals, asked, settings, file_digest(data / QUESTIONS))
    sft, ppo = chosen_of(run, "sft"), chosen_of(run, "ppo")
    if sft is None:
        say(f"No true reward: {run / 'sft'} has no finished checkpoint yet.")
        return {}
    answered = {"sft": world.answers(sft, sft)}
    if ppo is not None:
        answered["ppo"] = world.answers(ppo, sft)
    best = world.best_of(sft, thin(asked, settings.best_of_questions))
    result = summarise(answered, best, world.copied(data))
    text = json.dumps(result, ensure_ascii=False, indent=2) + "\n"
    atomic_write_text(evals / RESULT, text)
    _tell(result)
    return result


def summarise(
    answered: Mapping[str, Rows], best: Mapping[str, Any], copied: Sequence[float]
) -> dict[str, Any]:
    """Return the figures of report.json from rewards: means, errors, the paired gain, the KL."""
    rewards = {stage: [row["reward"] for row in rows] for stage, rows in answered.items()}
    shown = {stage: mean_and_error(values) for stage, values in rewards.items()}
    shown["copier"] = mean_and_error(copied)
    best_name = f"best_of_{best['k']}"
    shown[best_name] = mean_and_error(best["best"])
    result: dict[str, Any] = {
        "true_reward": {name: _figures(estimate) for name, estimate in shown.items()},
        "best_of": {"k": best["k"], "one_of_them": _figures(mean_and_error(best["mean"]))},
        "answers": {stage: _habits(rows) for stage, rows in answered.items()},
    }
    if best.get("picked"):
        picked = mean_and_error(best["picked"])
        result["best_of"]["by_reward_model"] = _figures(picked)
    last = answered.get("ppo", answered["sft"])
    result |= {key: _habits(last)[key] for key in ("eos_rate", "distinct_answers")}
    if "ppo" in answered:
        gain = paired_difference(rewards["sft"], rewards["ppo"])
        kl = mean_and_error([row["log_ratio"] for row in answered["ppo"]])
        # On the questions that both were measured on, from the same samples.
        room = shown[best_name].value - mean_and_error(best["mean"]).value
        result |= {
            "paired_gain": asdict(gain),
            "kl": kl.value,
            "kl_stderr": kl.stderr,
            "gap_closed": gain.mean / room if room > 0 else None,
        }
    return result


def _figures(estimate: Estimate) -> dict[str, Any]:
    return {"mean": estimate.value, "stderr": estimate.stderr, "n": estimate.n}


def _habits(rows: Rows) -> dict[str, Any]:
    return {
        "eos_rate": sum(bool(row["ended"]) for row in rows) / len(rows),
        "distinct_answers": len({row["answer"] for row in rows}) / len(rows),
        "mean_tokens": sum(row["tokens"] for row in rows) / len(rows),
        "n": len(rows),
    }


def _tell(result: Mapping[str, Any]) -> None:
    for name, found in result["true_reward"].items():
        say(f"true reward {name}: {found['mean']:.4f} ± {found['stderr'] or 0:.4f}")
    if "paired_gain" in result:
        gain = result["paired_gain"]
        error = gain["stderr"] or 0.0
        say(f"PPO - SFT on the same {gain['n']} questions: {gain['mean']:+.4f} ± {error:.4f}")
