"""Answers to the questions under one template, each with what it scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from korean_rlhf.endpoint import without_thoughts
from korean_rlhf.evaluate import textscores
from korean_rlhf.evaluate.labelwords import label
from korean_rlhf.evaluate.metrics import Value
from korean_rlhf.evaluate.prompts.models import Answering
from korean_rlhf.evaluate.prompts.variants import Variant
from korean_rlhf.prompting.questions import GoldQuestion
from korean_rlhf.settings.prompts import CompareSettings

NEARNESS: dict[str, textscores.Score] = {
    "chrf": textscores.chrf,
    "char_f1_plain": textscores.plain_character_f1,
    "exact_match_plain": textscores.plain_exact_match,
}
"""Metrics of answers that may be any text; the first of them is tested."""

NOTHING = ("", "없음", "…")
"""Texts that say nothing, by which it is measured how likely a label is anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One question under one template."""

    id: str
    gold: Sequence[str]
    answer: str
    """What the model wrote, or the label that was likeliest."""
    read: str | None
    """The label that the answer settles on; None where it is none, or there are no labels."""
    metrics: Mapping[str, Value]
    likelihoods: Mapping[str, float] | None = None
    """Log-likelihood in nats of each label, where they were asked for."""

    def row(self, template: str) -> dict[str, Any]:
        """Return it as a line of rows.jsonl."""
        row: dict[str, Any] = {"template": template, "id": self.id, "gold": list(self.gold)}
        row["answer"] = self.answer
        if self.read is not None:
            row["read"] = self.read
        if self.likelihoods is not None:
            row["likelihoods"] = dict(self.likelihoods)
        return row | {"metrics": dict(self.metrics)}


def answer_all(
    variant: Variant,
    questions: Sequence[GoldQuestion],
    model: Answering,
    settings: CompareSettings,
) -> list[Answered]:
    """Return the answers to all questions under one template, scored."""
    asked = [variant.messages(question) for question in questions]
    if settings.mode == "likelihood":
        found = model.likelihoods(asked, variant.words)
        weigh = _weigher(variant, questions[0], model, settings)
        return [
            _chosen(variant, question, scores, weigh(scores))
            for question, scores in zip(questions, found, strict=True)
        ]
    texts = model.write(asked)
    return [_read(variant, one, text) for one, text in zip(questions, texts, strict=True)]


def _weigher(
    variant: Variant, question: GoldQuestion, model: Answering, settings: CompareSettings
) -> Callable[[Sequence[float]], list[float]]:
    """Return what makes the log-likelihoods of labels comparable.

    A label that a model likes anyway wins whatever is asked. Against its "prior", the mean of its
    log-likelihood after the template filled with texts that say nothing, it has to gain by the
    question. Source: Zhao et al. 2021, "Calibrate before use" (arXiv:2102.09690), section 5; here
    the log-likelihoods are subtracted, as in the domain-conditional PMI of Holtzman et al. 2021
    (arXiv:2104.08315), for labels may be of several tokens.
    """
    taken = [0.0] * len(variant.words)
    sizes = [1.0] * len(variant.words)
    if settings.normalise == "bytes":
        sizes = [float(len(word.encode())) for word in variant.words]
    if settings.normalise == "prior":
        empty = [replace(question, values=dict.fromkeys(question.values, said)) for said in NOTHING]
        found = model.likelihoods([variant.messages(one) for one in empty], variant.words)
        taken = [sum(column) / len(NOTHING) for column in zip(*found, strict=True)]
    return lambda scores: [
        (score - prior) / size for score, prior, size in zip(scores, taken, sizes, strict=True)
    ]


def _chosen(
    variant: Variant,
    question: GoldQuestion,
    scores: Sequence[float],
    weighed: Sequence[float],
) -> Answered:
    """Return the label of the highest weight, the first of equals."""
    best = max(range(len(weighed)), key=lambda place: weighed[place])
    labels = variant.prompt.labels
    return Answered(
        id=question.id,
        gold=question.answers,
        answer=labels[best],
        read=labels[best],
        metrics=_of_label(labels, question, best),
        likelihoods=dict(zip(labels, scores, strict=True)),
    )


def _read(variant: Variant, question: GoldQuestion, text: str) -> Answered:
    """Return a written answer with what it scores; the thoughts before it are no answer."""
    labels = variant.prompt.labels
    said = without_thoughts(text) or ""
    if not labels:
        metrics: dict[str, Value] = {
            name: textscores.best(score, _first_line(said), question.answers)
            for name, score in NEARNESS.items()
        }
        return Answered(
            id=question.id, gold=question.answers, answer=text, read=None, metrics=metrics
        )
    place = label(said, variant.words)
    return Answered(
        id=question.id,
        gold=question.answers,
        answer=text,
        read=None if place is None else labels[place],
        metrics=_of_label(labels, question, place) | {"extract_failed": float(place is None)},
    )


def _of_label(labels: Sequence[str], question: GoldQuestion, place: int | None) -> dict[str, Value]:
    """Return whether a label is right, and the pair that the macro-F1 is computed from."""
    right = place is not None and labels[place] in question.answers
    names = sorted(labels)  # the same number for a label under every template
    gold = labels[place] if place is not None and right else question.answers[0]
    said = -1 if place is None else names.index(labels[place])
    return {"acc": float(right), "f1_gold": [float(names.index(gold)), float(said)]}


def _first_line(text: str) -> str:
    """Return the first line that says something, as a template ends where one answer begins."""
    return next((line.strip() for line in text.split("\n") if line.strip()), "")
