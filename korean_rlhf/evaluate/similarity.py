"""What a model says of how like two sentences are: the log-odds of 예 against 아니오."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Pair: TypeAlias = tuple[float, float]
"""(gold, predicted)."""


def correlations(doc: Mapping[str, Any], results: Sequence[tuple[float, bool]]) -> dict[str, Pair]:
    """Return what an item contributes to Spearman's and Pearson's correlation.

    Args:
        doc: Holds `score`, what people said.
        results: (log-likelihood, greedy) of 아니오 and of 예, in this order.
    """
    pair = (float(doc["score"]), log_odds(results))
    return {"spearman": pair, "pearson": pair}


def correlation_and_f1(
    doc: Mapping[str, Any], results: Sequence[tuple[float, bool]]
) -> dict[str, Pair]:
    """Return what an item contributes to Pearson's correlation and to the F1 of being alike.

    Args:
        doc: Holds `score` and the binary `label`.
        results: As in `correlations`; 예 is predicted where it is the likelier.
    """
    said = log_odds(results)
    return {
        "pearson": (float(doc["score"]), said),
        "binary_f1": (float(doc["label"]), float(said > 0.0)),
    }


def log_odds(results: Sequence[tuple[float, bool]]) -> float:
    """Return how much likelier 예 is than 아니오, in nats.

    >>> log_odds([(-2.0, False), (-0.5, True)])
    1.5
    """
    (no, _), (yes, _) = results
    return float(yes) - float(no)
