"""What one checkpoint gains on the one before it, item by item."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from korean_rlhf.evaluate.metrics import clusters_of
from korean_rlhf.evaluate.paired import Difference, paired_difference
from korean_rlhf.evaluate.statistics import holm

SIGNIFICANT = 0.05
"""Level of the Holm-adjusted p-value under which a difference is shown as one."""


class Scored(Protocol):
    """A checkpoint with its task results."""

    @property
    def checkpoint(self) -> str:
        """Name of the checkpoint."""
        ...

    @property
    def tasks(self) -> dict[str, dict[str, Any]]:
        """Entries of the score file, by task."""
        ...


class Stored(Scored, Protocol):
    """A checkpoint whose answers to every item are on disk."""

    @property
    def folder(self) -> Path:
        """Where its score files are."""
        ...


@dataclass(frozen=True, slots=True)
class Comparison:
    """The paired difference of two checkpoints on one task."""

    first: str
    second: str
    task: str
    metric: str
    difference: Difference
    higher_is_better: bool
    adjusted_p: float = 1.0
    """Holm over all comparisons of the report."""
    tests: int = 1
    """Comparisons of the report, this one among them."""
    templates: tuple[str, str] = ("", "")
    """How the first and the second were asked: plain or chat."""

    @property
    def asked_alike(self) -> bool:
        """Whether both were asked with the same template; else two forms are compared too."""
        return self.templates[0] == self.templates[1]

    @property
    def significant(self) -> bool:
        """Whether the report may speak of a difference."""
        return self.adjusted_p < SIGNIFICANT

    @property
    def detectable(self) -> float | None:
        """The smallest difference that is found 4 times of 5, corrected for all the tests."""
        return self.difference.detectable_at(SIGNIFICANT / self.tests)

    @property
    def better(self) -> bool:
        """Whether the second checkpoint did better, by chance or not."""
        return (self.difference.mean > 0) == self.higher_is_better


def compare_checkpoints(
    scored: Sequence[Scored], items_of: Callable[[Any, str], list[dict[str, Any]]]
) -> list[Comparison]:
    """Return each checkpoint against the one before it, on every task that both have.

    Only the same items of the same task with the same worked examples are compared, in the same
    words. One difference is let through: a base model that is asked in plain text beside its
    successor that is asked as a user's turn, for what the training of a chat model brings shows in
    no other pair; `Comparison.templates` names it. p-values are adjusted over all comparisons.
    """
    found = []
    for first, second in itertools.pairwise(scored):
        for task in sorted(first.tasks.keys() & second.tasks.keys()):
            one = _compare(first, second, task, items_of)
            if one is not None:
                found.append(one)
    adjusted = holm([one.difference.p_value for one in found])
    return [
        replace(one, adjusted_p=adjusted_p, tests=len(found))
        for one, adjusted_p in zip(found, adjusted, strict=True)
    ]


def _same_questions(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether two entries stand on the same questions, but for the template they are put in."""
    if before.get("shots", 0) != after.get("shots", 0):
        return False
    told = ["data_sha256", "task_sha256"]
    if before.get("template") == after.get("template"):
        told.append("prompts_sha256")
    return all(before.get(key) == after.get(key) for key in told)


def _compare(
    first: Scored,
    second: Scored,
    task: str,
    items_of: Callable[[Any, str], list[dict[str, Any]]],
) -> Comparison | None:
    before, after = first.tasks[task], second.tasks[task]
    if not _same_questions(before, after):
        return None
    old, new = items_of(first, task), items_of(second, task)
    if not old or [row["doc"] for row in old] != [row["doc"] for row in new]:
        return None
    metric = str(after["headline"])
    values = [[row.get("metrics", {}).get(metric) for row in rows] for rows in (old, new)]
    if any(value is None for found in values for value in found):
        return None
    difference = paired_difference(*values, metric=metric, clusters=clusters_of(old))
    if not math.isfinite(difference.mean):  # a correlation where all answers are the same
        return None
    return Comparison(
        first.checkpoint,
        second.checkpoint,
        task,
        metric,
        difference,
        bool(after["higher_is_better"]),
        templates=(str(before.get("template", "")), str(after.get("template", ""))),
    )
