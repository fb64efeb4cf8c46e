"""The plots of the report: which figures of a run go into which chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from korean_rlhf.evaluate import labels
from korean_rlhf.evaluate.charts import Bar, Dot, Series, bar_chart, dot_chart, line_chart
from korean_rlhf.evaluate.gather import RunFacts
from korean_rlhf.evaluate.intervals import Z
from korean_rlhf.evaluate.stagefiles import StageFacts


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing with its caption."""

    title: str
    svg: str
    note: str = ""


PPO_CURVES = (
    ("보상 모델 점수", (("score", "표본"), ("held_out_score", "따로 둔 질문")), ""),
    ("SFT와의 KL", (("kl", "표본"), ("held_out_kl", "따로 둔 질문")), "답 하나의 합, 단위 나트"),
    ("엔트로피", (("entropy", "표본"),), "토큰 하나의 평균, 단위 나트"),
    ("답의 길이", (("length", "표본"),), "토큰 수"),
    ("스스로 끝낸 답", (("end_rate", "표본"),), "비율"),
    ("서로 다른 답", (("distinct_answers", "표본"),), "비율"),
)


def loss_plots(facts: RunFacts) -> list[Plot]:
    """Return training and validation loss of each stage that has them."""
    plots = []
    order = [stage.name for stage in facts.stages]
    names = sorted(facts.metrics, key=lambda n: order.index(n) if n in order else len(order))
    for name in names:
        rows = facts.metrics[name]
        curves = [
            Series("학습", _points(rows, "loss")),
            Series("검증", _points(rows, "validation_loss"), dots=True),
        ]
        title = f"{labels.stage(name)} 손실"
        plots.append(Plot(title, line_chart(curves, x_label="스텝", describe=title)))
    return [plot for plot in plots if plot.svg]


def ppo_plots(facts: RunFacts) -> list[Plot]:
    """Return what PPO watched: reward, KL, entropy, length, and signs of collapse."""
    rows = facts.metrics.get("ppo", [])
    plots = []
    for title, names, note in PPO_CURVES:
        curves = [
            Series(label, _points(rows, key), dots=key.startswith("held_out"))
            for key, label in names
        ]
        plots.append(Plot(title, line_chart(curves, x_label="갱신", describe=f"PPO {title}"), note))
    return [plot for plot in plots if plot.svg]


def reward_plot(stage: StageFacts | None) -> Plot | None:
    """Return the reward model's accuracy by rank gap beside the length baseline."""
    report = stage.manifest.get("validation") if stage else None
    if not isinstance(report, dict) or not report.get("by_gap"):
        return None
    dots = []
    for gap, found in sorted(report["by_gap"].items(), key=lambda item: int(item[0])):
        accuracy, (low, high) = found["accuracy"], found["interval"]
        text = f"{labels.percent(accuracy)} ({found['pairs']:,}쌍)"
        dots.append(Dot(f"순위 차 {gap}", accuracy, low, high, text))
        longer, (low, high) = found["length_baseline"], found["length_interval"]
        dots.append(Dot("긴 쪽 고르기", longer, low, high, labels.percent(longer), series=1))
    title = "순위 차에 따른 정확도"
    svg = dot_chart(dots, describe=title, reference=0.5, reference_label="우연", percent=True)
    return Plot(title, svg, "가로줄은 윌슨 95 % 구간입니다.")


def true_reward_plot(true_reward: dict[str, Any]) -> Plot | None:
    """Return the true reward of each system with its 95 % interval."""
    found = true_reward.get("true_reward", {})
    dots = [_reward_dot(name, found[name]) for name in _systems(found)]
    svg = dot_chart(dots, describe="참 보상의 평균과 95 % 구간")
    return Plot("모델별 참 보상", svg, "가로줄은 95 % 구간입니다.") if svg else None


def _systems(found: dict[str, Any]) -> list[str]:
    first = [name for name in ("copier", "sft", "ppo") if name in found]
    return first + sorted(found.keys() - set(first))


def _reward_dot(name: str, figures: dict[str, Any]) -> Dot:
    spread = Z * (figures["stderr"] or 0.0)
    mean = figures["mean"]
    text = labels.plus_minus(mean, figures["stderr"])
    colour = {"ppo": 1}.get(name, 0 if name == "sft" else 2)
    return Dot(labels.system(name), mean, mean - spread, mean + spread, text, colour)


def cost_plots(stages: Sequence[StageFacts]) -> list[Plot]:
    """Return seconds and peak memory of the stages."""
    seconds = [
        Bar(labels.stage(one.name), one.seconds, labels.seconds(one.seconds))
        for one in stages
        if one.seconds is not None
    ]
    memory = [
        Bar(labels.stage(one.name), one.peak_rss_mb, labels.megabytes(one.peak_rss_mb))
        for one in stages
        if one.peak_rss_mb
    ]
    plots = [
        Plot("걸린 시간", bar_chart(seconds, describe="단계마다 걸린 시간")),
        Plot("가장 많이 쓴 메모리", bar_chart(memory, describe="단계마다 가장 많이 쓴 메모리")),
    ]
    return [plot for plot in plots if plot.svg]


def _points(rows: Sequence[dict[str, Any]], key: str) -> list[tuple[float, float]]:
    return [
        (float(row["step"]), float(row[key]))
        for row in rows
        if isinstance(row.get(key), (int, float)) and isinstance(row.get("step"), (int, float))
    ]
