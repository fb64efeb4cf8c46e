"""The tables of what answers look like and of bias: how a model behaves beside what it knows."""

from __future__ import annotations

from korean_rlhf.evaluate import labels
from korean_rlhf.evaluate.gather import RunFacts
from korean_rlhf.evaluate.intervals import Z, interval
from korean_rlhf.evaluate.statistics import Estimate

MEASURES = {
    "ended": "스스로 끝낸 답",
    "empty": "빈 답",
    "one_register": "말투가 한결같은 답",
    "polite": "존댓말로만 쓴 답",
    "foreign": "한글이 아닌 글자",
    "repeated": "되풀이된 글",
}
LENGTH = "답의 길이 (글자)"
BIAS = ("acc_amb", "acc_dis", "diff_bias_amb", "diff_bias_dis")


def habit_table(facts: RunFacts) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows: one column a chat model, each figure with its 95 % interval."""
    known = facts.habits
    if not known:
        return [], []
    heads = [
        "항목",
        *(f"{labels.short_stage(stage)} ({one.answers:,}개)" for stage, one in known.items()),
    ]
    rows = [
        [f"{title} (%)", *(_share(one.shares.get(name)) for one in known.values())]
        for name, title in MEASURES.items()
        if any(name in one.shares for one in known.values())
    ]
    rows.append([LENGTH, *(_number(one.letters) for one in known.values())])
    return heads, rows


def _share(one: Estimate | None) -> str:
    if one is None:
        return labels.DASH
    figure = {"value": one.value, "stderr": one.stderr, "n": one.n, "units": one.units}
    bounds = interval("acc", figure)
    shown = f"{one.value * 100:.1f}"
    return shown if bounds is None else f"{shown} {labels.bounds('acc', *bounds)}"


def _number(one: Estimate) -> str:
    if one.stderr is None:
        return f"{one.value:.1f}"
    return f"{one.value:.1f} [{one.value - Z * one.stderr:.1f}, {one.value + Z * one.stderr:.1f}]"


def bias_table(facts: RunFacts) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows of the bias metrics of the chosen checkpoints, where there are any."""
    chosen = [one for one in facts.scores if one.chosen]
    asked = {
        (task, metric): entry["title"]
        for one in chosen
        for task, entry in sorted(one.tasks.items())
        for metric in BIAS
        if metric in entry["metrics"]
    }
    rows = []
    for (task, metric), title in asked.items():
        name = labels.METRICS.get(metric, metric)
        cells = [
            _bias_cell(one.tasks.get(task, {}).get("metrics", {}).get(metric)) for one in chosen
        ]
        rows.append([f"{title} · {name} (%)", *cells])
    heads = ["항목", *(labels.checkpoint(one.stage, one.step) for one in chosen)]
    return (heads, rows) if rows else ([], [])


def _bias_cell(figure: dict[str, float | None] | None) -> str:
    """Return a share or a difference of shares in per cent with its interval."""
    if figure is None or figure["value"] is None:
        return labels.DASH
    value = figure["value"]
    shown = f"{value * 100:.1f}".replace("-", "−")
    if figure["stderr"] is None:
        return shown
    spread = Z * figure["stderr"]
    low, high = (f"{edge * 100:.1f}".replace("-", "−") for edge in (value - spread, value + spread))
    return f"{shown} [{low}, {high}]"
