"""The tables of what each stage gained on the one before, task by task and on average."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from korean_rlhf.evaluate import labels
from korean_rlhf.evaluate.compare import Comparison
from korean_rlhf.evaluate.families import Average, Averages, average_gains, averages, title_of
from korean_rlhf.evaluate.families import shared_tasks as shared
from korean_rlhf.evaluate.gather import RunFacts, Scores
from korean_rlhf.evaluate.intervals import Z

GAIN_HEADS = ("비교", "과제", "차이", "95 % 구간", "판정", "보정 p", "검정", "찾을 수 있는 차이")
TESTS = {"mcnemar": "맥니마", "sign-flip": "부호 뒤집기", "z": "짝지은 z"}
OVERALL = "모든 갈래"


def gain_rows(facts: RunFacts) -> list[list[str]]:
    """Return each chosen checkpoint against the one before it, on every task (GAIN_HEADS)."""
    shown = {one.checkpoint: labels.short_stage(one.stage) for one in facts.scores}
    titles = {task: entry["title"] for one in facts.scores for task, entry in one.tasks.items()}
    return [_gain_row(one, shown, titles[one.task]) for one in facts.comparisons]


def _gain_row(one: Comparison, shown: Mapping[str, str], title: str) -> list[str]:
    found = one.difference
    # Where no item turned, the error is 0: it says nothing of what could have been found.
    turned = found.mean != 0.0 or found.stderr != 0.0
    return [
        f"{shown[one.first]} → {shown[one.second]}{_forms(one)}",
        title,
        labels.gain(one.metric, found.mean),
        labels.gain_bounds(one.metric, found.low, found.high) if turned else labels.DASH,
        verdict(one) if turned else "달라진 문항 없음",
        "< 0.001" if one.adjusted_p < 0.001 else f"{one.adjusted_p:.3f}",
        TESTS.get(found.test, found.test),
        labels.size(one.metric, one.detectable) if one.detectable else labels.DASH,
    ]


def _forms(one: Comparison) -> str:
    """Return the templates of both where they differ: then the gain is one of the form, too."""
    if one.asked_alike:
        return ""
    before, after = (labels.TEMPLATES.get(name, name) for name in one.templates)
    return f" ({before} → {after})"


def verdict(one: Comparison) -> str:
    """Return what may be said of a difference."""
    if not one.significant:
        return "차이를 말할 수 없음"
    return "나아짐" if one.better else "나빠짐"


def shared_tasks(facts: RunFacts) -> list[str]:
    """Return the tasks that the averages of the chosen checkpoints are over."""
    return shared([one.tasks for one in facts.scores if one.chosen and one.tasks])


def average_table(facts: RunFacts) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows of the chance-centred averages by family, chosen checkpoints only."""
    names = shared_tasks(facts)
    chosen = [one for one in facts.scores if one.chosen and one.tasks]
    found = [averages(one.tasks, names) for one in chosen]
    columns = [(_head(one), mean) for one, mean in zip(chosen, found, strict=True) if mean]
    gains = (
        [
            (_pair_head(facts, pair), mean)
            for pair, mean in average_gains(facts.comparisons, chosen[-1].tasks, names).items()
        ]
        if names
        else []
    )
    if not columns:
        return [], []
    heads = ["갈래", *(head for head, _ in columns), *(head for head, _ in gains)]
    rows = []
    for family in columns[0][1].families:
        rows.append(_average_row(title_of(family), columns, gains, family))
    if len(rows) > 1:
        rows.append(_average_row(OVERALL, columns, gains, None))
    return heads, rows


def _average_row(
    title: str,
    columns: Sequence[tuple[str, Averages]],
    gains: Sequence[tuple[str, Averages]],
    family: str | None,
) -> list[str]:
    def of(one: Averages) -> Average:
        return one.overall if family is None else one.families[family]

    scores = [_with_interval(of(one), signed=False) for _, one in columns]
    return [title, *scores, *(_with_interval(of(one), signed=True) for _, one in gains)]


def _with_interval(one: Average, *, signed: bool) -> str:
    def shown(value: float) -> str:
        return labels.signed(value * 100, 1) if signed else f"{value * 100:.1f}".replace("-", "−")

    if one.stderr is None:
        return shown(one.value)
    low, high = one.value - Z * one.stderr, one.value + Z * one.stderr
    return f"{shown(one.value)} [{shown(low)}, {shown(high)}]"


def _head(one: Scores) -> str:
    return labels.checkpoint(one.stage, one.step)


def _pair_head(facts: RunFacts, pair: tuple[str, str]) -> str:
    shown = {one.checkpoint: labels.short_stage(one.stage) for one in facts.scores}
    return f"{shown[pair[0]]} → {shown[pair[1]]}"
