"""Items that one stage got right and the next got wrong, and the other way, with their text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from korean_rlhf.evaluate import metrics
from korean_rlhf.evaluate.compare import Comparison, Stored
from korean_rlhf.evaluate.scores import read_items

SHOWN = 5
"""Items shown of a task and a pair of stages."""
MOST_LOST = 3
"""Of these, so many that were lost, where enough were gained to fill the rest."""
LABELLED = ("f1", "binary_f1", "balanced_acc")
"""Metrics whose items hold (gold, predicted)."""
MOST_CHARACTERS = 700
"""A longer question is shown by its end, which asks."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One item that turned."""

    lost: bool
    """Right before and wrong now."""
    prompt: str
    gold: str
    before: str | None
    """What the first model picked or wrote; None where its files do not tell."""
    after: str | None
    confidence: float
    """How far the second model sets its choice above the next, in nats (0 without choices)."""


@dataclass(frozen=True, slots=True)
class TaskFlips:
    """What turned on one task between two checkpoints."""

    first: str
    second: str
    task: str
    lost: int
    gained: int
    shown: list[Flip]
    """The most confident ones, lost ones first."""


def find_flips(compared: Sequence[Comparison], scored: Mapping[str, Stored]) -> list[TaskFlips]:
    """Return what turned in each comparison whose items are right or wrong."""
    found = []
    for one in compared:
        flips = _of_pair(one.task, one.metric, scored[one.first], scored[one.second])
        if flips:
            lost = sum(flip.lost for flip in flips)
            shown = _choose(flips)
            gained = len(flips) - lost
            found.append(TaskFlips(one.first, one.second, one.task, lost, gained, shown))
    return found


def _choose(flips: Sequence[Flip]) -> list[Flip]:
    ordered = sorted(flips, key=lambda flip: -flip.confidence)
    lost = [flip for flip in ordered if flip.lost]
    gained = [flip for flip in ordered if not flip.lost]
    kept = max(MOST_LOST, SHOWN - len(gained))
    return lost[:kept] + gained[: SHOWN - len(lost[:kept])]


def _of_pair(task: str, metric: str, first: Stored, second: Stored) -> list[Flip]:
    entry = second.tasks[task]
    questions = {row["doc"]: row for row in _questions(second, entry)}
    old, new = (read_items(one.folder / str(one.tasks[task]["items"])) for one in (first, second))
    found = []
    for before, after in zip(old, new, strict=True):
        was, is_now = (is_right(metric, item["metrics"][metric]) for item in (before, after))
        if was is None or is_now is None or was == is_now or after["doc"] not in questions:
            continue
        question = _compared(questions[after["doc"]], entry.get("compared", 0))
        found.append(_flip(metric, question, before, after, lost=was))
    return found


def _compared(question: dict[str, Any], most: int | None) -> dict[str, Any]:
    """Return a question with the choices that a pick is made of: the first `most`, or all at 0.

    None is a rule of its own that no pick decides: then the choices do not tell what was said.
    """
    if most is None or "choices" not in question:
        return {**question, "choices": [], "named": question.get("choices", [])}
    return {**question, "choices": question["choices"][: most or None]}


def _questions(scored: Stored, entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    inside = entry.get("questions")
    return read_items(scored.folder.parent / str(inside)) if inside else []


def is_right(metric: str, value: metrics.Value) -> bool | None:
    """Whether an item is right, None where it can be neither right nor wrong.

    >>> is_right("acc", 1.0), is_right("f1", [0.0, 2.0]), is_right("bits_per_byte", [9.0, 4.0])
    (True, False, None)
    """
    if metric in LABELLED and isinstance(value, Sequence):
        return value[0] == value[1]
    if isinstance(value, Sequence) or value not in (0.0, 1.0):
        return None
    return value == 1.0


def _flip(
    metric: str,
    question: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    lost: bool,
) -> Flip:
    choices: list[str] = question.get("choices") or []
    old, new = (
        _weighed(metric, choices, item.get("loglikelihoods") or []) for item in (before, after)
    )
    return Flip(
        lost=lost,
        prompt=_shortened(question["prompt"]),
        gold=_gold(question, question.get("named", choices)),
        before=_said(choices, old, before),
        after=_said(choices, new, after),
        confidence=_margin(new),
    )


def _weighed(metric: str, choices: Sequence[str], loglikelihoods: Sequence[float]) -> list[float]:
    """Return what the metric compares: log-likelihoods, by acc_norm and acc_bytes a unit of length.

    [] where that is not known: acc_tokens needs the tokens.
    """
    if metric == "acc_tokens" or len(choices) > len(loglikelihoods):
        return []
    sizes = [1] * len(choices)
    if metric in ("acc_norm", "acc_bytes"):
        sizes = [len(text if metric == "acc_norm" else text.encode()) for text in choices]
    pairs = zip(loglikelihoods, sizes, strict=False)  # those beyond the choices are not compared
    return [score / max(1, size) for score, size in pairs]


def _said(choices: Sequence[str], scores: Sequence[float], item: Mapping[str, Any]) -> str | None:
    if scores:
        return choices[scores.index(max(scores))]
    return _shortened(str(item["answer"])) if "answer" in item else None


def _margin(scores: Sequence[float]) -> float:
    best, *others = sorted(scores, reverse=True) or [0.0]
    return best - others[0] if others else 0.0


def _gold(question: Mapping[str, Any], choices: Sequence[str]) -> str:
    gold = question["gold"]
    if isinstance(gold, int) and gold < len(choices):
        return choices[gold]
    return str(gold)


def _shortened(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"… (앞 {len(text) - MOST_CHARACTERS:,}자 줄임) {text[-MOST_CHARACTERS:]}"
