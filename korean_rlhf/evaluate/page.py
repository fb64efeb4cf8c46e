"""report.html: one file that needs no other, for a desk, a phone and paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from korean_rlhf.evaluate import (
    cleantable,
    findings,
    gaintable,
    habittable,
    plots,
    provenance,
    scoreplots,
    scoretable,
    tableview,
)
from korean_rlhf.evaluate.flips import SHOWN
from korean_rlhf.evaluate.gather import RunFacts
from korean_rlhf.evaluate.judge.tables import NOTE, judged_tables, scored_by

TEMPLATE = "report.html.jinja"

SECTIONS = (
    ("reward_plot", "true-reward", "참 보상"),
    ("has_scores", "scores", "과제별 점수"),
    ("judged", "judged", "심사 모델이 매긴 점수"),
    ("has_training", "training", "학습"),
    ("accuracy_plot", "reward-model", "보상 모델"),
    ("corpus", "corpus", "말뭉치와 자료"),
    ("cost_plots", "cost", "시간과 메모리"),
    ("pairs", "answers", "답 견주기"),
    ("habit_rows", "habits", "답의 모양"),
    ("has_scores", "provenance", "출처와 재현"),
)


def render(facts: RunFacts) -> str:
    """Return the page; everything that a model or a file wrote is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(TEMPLATE).render(context(facts))


def context(facts: RunFacts) -> dict[str, Any]:
    """Return what the template shows."""
    reward = next((stage for stage in facts.stages if "validation" in stage.manifest), None)
    habit_heads, habit_rows = habittable.habit_table(facts)
    shown: dict[str, Any] = {
        "facts": facts,
        "tiles": findings.tiles(facts),
        "sentences": findings.sentences(facts),
        "reward_plot": plots.true_reward_plot(facts.true_reward),
        "reward_rows": tableview.reward_rows(facts.true_reward),
        "best_k": facts.true_reward.get("best_of", {}).get("k", 16),
        "judged": [(one, scored_by(one.found), judged_tables(one.found)) for one in facts.judged],
        "judged_note": NOTE,
        "training": tableview.training_rows(facts.stages),
        "loss_plots": plots.loss_plots(facts),
        "ppo_plots": plots.ppo_plots(facts),
        "accuracy_plot": plots.reward_plot(reward),
        "corpus": tableview.corpus_rows(facts.stages),
        "cost_plots": plots.cost_plots(facts.stages),
        "pairs": tableview.answer_pairs(facts),
        "habit_heads": habit_heads,
        "habit_rows": habit_rows,
        "model_heads": provenance.MODEL_HEADS,
        "model_rows": provenance.model_rows(facts),
        "task_heads": provenance.TASK_HEADS,
        "task_rows": provenance.task_rows(facts),
        **_scores(facts),
    }
    present = {
        **shown,
        "has_training": shown["training"] or shown["loss_plots"] or shown["ppo_plots"],
    }
    shown["sections"] = [(id_, title) for key, id_, title in SECTIONS if present[key]]
    return shown


def _scores(facts: RunFacts) -> dict[str, Any]:
    """Return what the section of the scores shows."""
    chosen = [one for one in facts.scores if one.chosen]
    average_heads, average_rows = gaintable.average_table(facts)
    bias_heads, bias_rows = habittable.bias_table(facts)
    clean_heads, clean_rows = cleantable.clean_table(facts)
    compared = facts.comparisons
    return {
        "has_scores": bool(chosen),
        "at_chance": scoretable.AT_CHANCE,
        "chosen_table": scoretable.score_table(chosen, compared, facts.references),
        "all_table": scoretable.score_table(facts.scores, compared, facts.references),
        "gain_heads": gaintable.GAIN_HEADS,
        "gains": gaintable.gain_rows(facts),
        "average_heads": average_heads,
        "average_rows": average_rows,
        "average_tasks": len(gaintable.shared_tasks(facts)),
        "score_plots": scoreplots.score_plots(facts),
        "alignment_plot": scoreplots.alignment_plot(facts),
        "bias_heads": bias_heads,
        "bias_rows": bias_rows,
        "published_heads": tableview.PUBLISHED_HEADS,
        "published_rows": tableview.published_rows(facts),
        "clean_heads": clean_heads,
        "clean_rows": clean_rows,
        "flips": tableview.flip_views(facts),
        "most_flips": SHOWN,
    }
