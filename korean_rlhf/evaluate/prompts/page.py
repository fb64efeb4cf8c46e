"""report.html of a comparison: one file that needs no other, in Korean as the other reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from korean_rlhf.endpoint import without_thoughts
from korean_rlhf.evaluate import gaintable, labels
from korean_rlhf.evaluate.charts import Dot, dot_chart
from korean_rlhf.evaluate.plots import Plot
from korean_rlhf.evaluate.prompts.answers import Answered
from korean_rlhf.evaluate.prompts.figures import UNREAD, finite
from korean_rlhf.evaluate.prompts.variants import Variant
from korean_rlhf.prompting.filling import shown
from korean_rlhf.prompting.questions import GoldQuestion
from korean_rlhf.rundir import atomic_write_text

TEMPLATE = "prompts/report.html.jinja"
SHOWN = 40
"""Questions that are shown with all answers."""
LONG = 400
"""Characters of an answer that are shown."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one template got for an answer."""

    template: str
    answer: str
    read: str
    right: bool | None
    """None where an answer is more or less near."""
    score: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One question with the answers of all templates."""

    id: str
    asked: str
    gold: str
    said: Sequence[Said]


def write_page(
    path: Path,
    result: Mapping[str, Any],
    found: Mapping[str, Sequence[Answered]],
    variants: Sequence[Variant],
    asked: Sequence[GoldQuestion],
) -> None:
    """Write the page; everything that a model, a question or a file says is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent.parent),
        autoescape=True,
        undefined=StrictUndefined,
    )
    page = environment.get_template(TEMPLATE).render(
        result=result,
        metric=labels.metric(result["headline"]).removesuffix(" (%)"),
        plot=_plot(result),
        score_heads=score_heads(result),
        score_rows=score_rows(result),
        gain_heads=("템플릿", "첫 템플릿과의 차이", "95 % 구간", "p(홀름)", "검정", "판단"),
        gain_rows=gain_rows(result),
        remarks=list(remarks(result)),
        tables=list(_confusions(result)),
        prompts=[(one.name, one.prompt, shown(one.messages(asked[0]))) for one in variants],
        questions=_questions(found, asked),
        of=len(asked),
        differing=_differing(found),
    )
    atomic_write_text(path, page + "\n")


def score_heads(result: Mapping[str, Any]) -> list[str]:
    """Return the names of the columns of the scores."""
    names = next(iter(result["scores"].values()))
    return ["템플릿", *(labels.metric(name) for name in names), "문항"]


def score_rows(result: Mapping[str, Any]) -> list[list[str]]:
    """Return each template with its scores and their intervals."""
    return [
        [
            template,
            *(_with_bounds(name, figure) for name, figure in scores.items()),
            f"{next(iter(scores.values()))['n']:,}",
        ]
        for template, scores in result["scores"].items()
    ]


def _with_bounds(name: str, figure: Mapping[str, Any]) -> str:
    if not finite(figure["value"]):
        return labels.DASH
    said = labels.score(name, figure["value"])
    if figure["low"] is None:
        return said
    return f"{said} {labels.bounds(name, figure['low'], figure['high'])}"


def gain_rows(result: Mapping[str, Any]) -> list[list[str]]:
    """Return what each template gains on the first, and whether that says anything."""
    metric = result["headline"]
    return [
        [
            one["template"],
            labels.gain(metric, one["mean"]),
            labels.gain_bounds(metric, one["low"], one["high"]),
            labels.p_value(one["adjusted_p"]),
            gaintable.TESTS[one["test"]],
            _judgement(one),
        ]
        for one in result["differences"]
    ]


def _judgement(one: Mapping[str, Any]) -> str:
    if not one["significant"]:
        return "차이가 있다고 할 수 없음"
    return "더 높음" if one["mean"] > 0 else "더 낮음"


def remarks(result: Mapping[str, Any]) -> Sequence[str]:
    """Return what the figures do and do not show."""
    metric, n = result["headline"], result["questions"]["n"]
    found: list[str] = []
    differences = result["differences"]
    if differences and not any(one["significant"] for one in differences):
        found.append("첫 템플릿과 차이가 있다고 할 수 있는 템플릿이 없습니다.")
    smallest = [one["detectable"] for one in differences if one["detectable"]]
    if smallest:
        size = labels.size(metric, max(smallest))
        found.append(f"문항 {n:,}개로는 {size} 차이가 나야 다섯 번에 네 번 찾아냅니다.")
    if "commonest" in result:
        share = labels.percent(result["commonest"])
        found.append(f"가장 흔한 답만 늘 하면 정확도는 {share}입니다.")
    if result.get("cut"):
        found.append(
            f"모델이 읽을 수 있는 길이를 넘어 앞이 잘린 질문이 {result['cut']:,}개 있습니다."
        )
    return found


def _plot(result: Mapping[str, Any]) -> Plot | None:
    metric = result["headline"]
    dots = []
    for template, scores in result["scores"].items():
        figure = scores[metric]
        if finite(figure["value"]):
            value, low, high = (
                float(figure["value"]) if figure[key] is None else float(figure[key])
                for key in ("value", "low", "high")
            )
            dots.append(Dot(template, value, low, high, labels.score(metric, value)))
    drawn = dot_chart(
        dots,
        describe=f"템플릿별 {labels.metric(metric)}",
        reference=result.get("commonest"),
        reference_label="가장 흔한 답",
        percent=True,
    )
    return Plot(labels.metric(metric), drawn, "가로줄은 95 % 구간입니다.") if drawn else None


def _confusions(result: Mapping[str, Any]) -> Sequence[tuple[str, list[str], list[list[str]]]]:
    """Return a table a template: by gold label, how often each label was answered."""
    if "counts" not in result:
        return []
    names = [*result["labels"], UNREAD]
    heads = ["정답", *result["labels"], "읽지 못함"]
    return [
        (
            template,
            heads,
            [[gold, *(str(said.get(name, 0)) for name in names)] for gold, said in counts.items()],
        )
        for template, counts in result["counts"].items()
    ]


def _questions(
    found: Mapping[str, Sequence[Answered]], asked: Sequence[GoldQuestion]
) -> list[Shown]:
    """Return questions with all answers: first those that the templates answer differently."""
    columns = list(found.values())
    order = sorted(range(len(asked)), key=lambda at: (_same([one[at] for one in columns]), at))
    return [
        _shown(asked[at], {name: one[at] for name, one in found.items()}) for at in order[:SHOWN]
    ]


def _differing(found: Mapping[str, Sequence[Answered]]) -> int:
    """Return how many questions are not answered alike under all templates."""
    columns = zip(*found.values(), strict=True)
    return sum(not _same(list(answers)) for answers in columns)


def _same(answers: Sequence[Answered]) -> bool:
    """Whether all answers are the same label, or the same words where there are no labels."""
    kinds = {one.read if "acc" in one.metrics else one.answer for one in answers}
    return len(kinds) == 1


def _shown(question: GoldQuestion, answers: Mapping[str, Answered]) -> Shown:
    said = [_said(name, one) for name, one in answers.items()]
    text = "\n".join(question.values.values())
    return Shown(question.id, text, " / ".join(question.answers), said)


def _said(template: str, one: Answered) -> Said:
    whole = without_thoughts(one.answer) or one.answer
    text = whole if len(whole) <= LONG else whole[:LONG] + " …"
    if "acc" in one.metrics:
        return Said(template, text, one.read or "읽지 못함", one.metrics["acc"] == 1.0, "")
    near = float(one.metrics["chrf"])  # type: ignore[arg-type]
    return Said(template, text, "", None, f"chrF {labels.score('chrf', near)}")
