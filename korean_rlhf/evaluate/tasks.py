"""The functions that the YAML files in evals/ point at with `!function`."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from korean_rlhf.evaluate import metrics
from korean_rlhf.evaluate.shots import draw
from korean_rlhf.evaluate.sources import DataOptions, NoData, rows


def load(name: str, **metadata: Any) -> dict[str, Any]:
    """Return {"test": Dataset, "shots": Dataset} of a set: lm-eval's `custom_dataset`.

    "shots" holds the drawn examples, as many as `DataOptions.shots` says, or none where there is
    nothing to draw from. lm-eval hands over the task's whole metadata and the task manager's; what
    is none of `DataOptions` is passed over.
    """
    import datasets

    known = {field.name for field in fields(DataOptions)}
    options = DataOptions(**{key: metadata[key] for key in known & metadata.keys()})
    drawn: list[dict[str, Any]] = []
    if options.shots:
        with contextlib.suppress(NoData):  # the plan has said so
            drawn = draw(name, options)
    return {
        "test": datasets.Dataset.from_list(rows(name, options)),
        "shots": datasets.Dataset.from_list(drawn),
    }


def macro_f1_of_pairs(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the macro-F1 of (gold, predicted) pairs: an lm-eval aggregation.

    >>> macro_f1_of_pairs([(0, 0), (1, 1), (1, 0)])
    0.6666666666666666
    """
    return metrics.macro_f1(np.asarray(pairs))


def binary_f1_of_pairs(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the F1 of class 1: an lm-eval aggregation."""
    return metrics.binary_f1(np.asarray(pairs))


def pearson_of_pairs(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the correlation of (gold, predicted) pairs: an lm-eval aggregation."""
    return metrics.pearson(np.asarray(pairs))


def spearman_of_pairs(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the rank correlation of (gold, predicted) pairs: an lm-eval aggregation."""
    return metrics.spearman(np.asarray(pairs))


def balanced_acc_of_pairs(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the balanced accuracy of (gold, predicted) pairs: an lm-eval aggregation."""
    return metrics.balanced_accuracy(np.asarray(pairs))


def ratio_of_pairs(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the ratio of the sums of (numerator, denominator) pairs: an lm-eval aggregation.

    >>> ratio_of_pairs([(1, 2), (1, 6)])
    0.25
    """
    above, below = np.asarray(pairs, dtype=np.float64).sum(axis=0)
    return float(above / below) if below else float("nan")


def clear_context_bias_of_parts(parts: Sequence[tuple[float, float]]) -> float:
    """Return KoBBQ's diff-bias in disambiguated contexts: an lm-eval aggregation."""
    return metrics.clear_context_bias(np.asarray(parts))


def refusal_rate_of_pairs(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the share of harmful prompts refused: an lm-eval aggregation."""
    return metrics.refusal_rate(np.asarray(pairs))


def over_refusal_of_pairs(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the share of harmless prompts refused: an lm-eval aggregation."""
    return metrics.over_refusal(np.asarray(pairs))
