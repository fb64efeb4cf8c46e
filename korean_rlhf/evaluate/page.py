"""report.html: one file that needs no other, for a desk, a phone and paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from korean_rlhf.evaluate import findings, plots, tableview
from korean_rlhf.evaluate.gather import RunFacts

TEMPLATE = "report.html.jinja"

SECTIONS = (
    ("reward_plot", "true-reward", "참 보상"),
    ("has_scores", "scores", "과제별 점수"),
    ("has_training", "training", "학습"),
    ("accuracy_plot", "reward-model", "보상 모델"),
    ("corpus", "corpus", "말뭉치와 자료"),
    ("cost_plots", "cost", "시간과 메모리"),
    ("pairs", "answers", "답 견주기"),
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
    chosen = [one for one in facts.scores if one.chosen]
    shown: dict[str, Any] = {
        "facts": facts,
        "tiles": findings.tiles(facts),
        "sentences": findings.sentences(facts),
        "reward_plot": plots.true_reward_plot(facts.true_reward),
        "reward_rows": tableview.reward_rows(facts.true_reward),
        "best_k": facts.true_reward.get("best_of", {}).get("k", 16),
        "chosen_table": tableview.score_table(chosen, facts.comparisons),
        "all_table": tableview.score_table(facts.scores, facts.comparisons),
        "gains": tableview.gain_rows(facts),
        "score_plots": plots.score_plots(facts),
        "training": tableview.training_rows(facts.stages),
        "loss_plots": plots.loss_plots(facts),
        "ppo_plots": plots.ppo_plots(facts),
        "accuracy_plot": plots.reward_plot(reward),
        "corpus": tableview.corpus_rows(facts.stages),
        "cost_plots": plots.cost_plots(facts.stages),
        "pairs": tableview.answer_pairs(facts),
    }
    present = {
        **shown,
        "has_scores": shown["chosen_table"].rows,
        "has_training": shown["training"] or shown["loss_plots"] or shown["ppo_plots"],
    }
    shown["sections"] = [(id_, title) for key, id_, title in SECTIONS if present[key]]
    return shown
