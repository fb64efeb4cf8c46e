"""What a task gives to those who do not read it: chance, the commonest label, the longest choice.

All are computed from the questions that were asked, so a task of some items, or of items that
differ in their number of choices, has the figures of just those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from korean_rlhf.evaluate import metrics
from korean_rlhf.evaluate.suites import TaskInfo

Questions: TypeAlias = Sequence[Mapping[str, Any]]
"""Each with its `choices` and `gold`, the index of the right one."""

ACCURACIES = ("acc", "acc_norm", "acc_bytes", "acc_tokens")
MACRO_F1 = "f1"


def baselines(info: TaskInfo, questions: Questions) -> dict[str, float]:
    """Return the headline metric of each way to pick a choice without reading the question.

    "majority" is always the choice that is right most often, by its place. Where the choices are
    texts of each item's own, "longest" and "shortest" by characters, too, the first of several. {}
    where the metric is not decided by picks, as a correlation is not.
    """
    questions = _picked(info, questions)
    if not questions or info.headline not in (*ACCURACIES, MACRO_F1):
        return {}
    commonest = Counter(int(question["gold"]) for question in questions).most_common(1)[0][0]
    found = {"majority": _score(info.headline, questions, lambda choices: commonest)}
    if not _are_fixed(questions):
        found["longest"] = _score(info.headline, questions, lambda choices: _extreme(choices, max))
        found["shortest"] = _score(info.headline, questions, lambda choices: _extreme(choices, min))
    return found


def chance(info: TaskInfo, questions: Questions) -> dict[str, float]:
    """Return what guessing gets, by metric: as the task says, exact where the items tell more.

    An accuracy's is the mean of 1 / choices. The macro-F1 of guessing between fixed choices depends
    on how often each is right: of class c with share p among k choices it is 2p/k / (p + 1/k).
    """
    known = dict(info.chance)
    questions = _picked(info, questions)
    if not known or not questions:
        return known
    sizes = [len(question["choices"]) for question in questions]
    for name in ACCURACIES:
        if name in known or (name == "acc_tokens" and "acc_norm" in known):  # we add it
            known[name] = round(float(np.mean([1 / size for size in sizes])), 4)
    if MACRO_F1 in known and _are_fixed(questions) and len(set(sizes)) == 1:
        known[MACRO_F1] = round(_guessed_f1(questions, sizes[0]), 4)
    return known


def _guessed_f1(questions: Questions, choices: int) -> float:
    """Return the macro-F1 of guessing one of `choices`, in the limit of many items."""
    right = Counter(int(question["gold"]) for question in questions)
    shares = [right[label] / len(questions) for label in range(choices)]
    guess = 1 / choices
    return float(np.mean([2 * share * guess / (share + guess) for share in shares]))


def _picked(info: TaskInfo, questions: Questions) -> Questions:
    """Return the questions with the choices that a pick is made of; [] where no pick decides."""
    if info.output_type != "multiple_choice" or info.compared is None:
        return []
    if not all("choices" in one and isinstance(one["gold"], int) for one in questions):
        return []
    most = info.compared or None
    return [{**one, "choices": one["choices"][:most]} for one in questions]


def _are_fixed(questions: Questions) -> bool:
    """Whether the choices say nothing of their item: the same labels, or the first few letters."""
    longest = max((question["choices"] for question in questions), key=len)
    return all(question["choices"] == longest[: len(question["choices"])] for question in questions)


def _score(name: str, questions: Questions, pick: Callable[[Sequence[str]], int]) -> float:
    """Return the metric `name` of picking one choice of each item, to four places."""
    pairs = np.asarray(
        [(question["gold"], pick(question["choices"])) for question in questions], dtype=np.float64
    )
    if name == MACRO_F1:
        return round(metrics.figure(name, pairs), 4)
    return round(float(np.mean(pairs[:, 0] == pairs[:, 1])), 4)


def _extreme(choices: Sequence[str], which: Callable[[Sequence[int]], int]) -> int:
    """Return the first choice of the greatest or the smallest length in characters."""
    sizes = [len(choice) for choice in choices]
    return sizes.index(which(sizes))
