"""What a second system gains on a first one over the same items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from korean_rlhf.evaluate import metrics
from korean_rlhf.evaluate.statistics import (
    Floats,
    bootstrap,
    deviation,
    mean_and_error,
    two_sided_p,
)

POWER = 1.959964 + 0.841621
"""Standard errors between nothing and a difference that a test at 5 % finds 4 times of 5."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a second system gains on a first one over the same items."""

    mean: float
    stderr: float | None
    n: int
    low: float
    """Lower end of the 95 % bootstrap interval."""
    high: float
    """Upper end of the 95 % bootstrap interval."""
    p_value: float
    """Two-sided: McNemar's exact test for right and wrong, else of the paired z statistic."""
    test: str = "z"
    """mcnemar or z."""

    @property
    def detectable(self) -> float | None:
        """The smallest difference that these items show 4 times of 5 at the level of 5 %."""
        return None if self.stderr is None else POWER * self.stderr


def paired_difference(
    first: Sequence[metrics.Value] | Floats,
    second: Sequence[metrics.Value] | Floats,
    *,
    metric: str = "mean",
    clusters: Sequence[str] | None = None,
    seed: int = 0,
) -> Difference:
    """Return the gain of second on first over shared items, with its paired error.

    Both systems are resampled by the same items (whole clusters of them), so that what is hard for
    both takes nothing from the power.

    Args:
        first: What each item contributes to the metric.
        second: The same for the same items in the same order.
        metric: Its name; any mean over items has the same formula.
        clusters: The cluster of each item, None where items are independent.
        seed: Of the bootstrap.

    Raises:
        ValueError: the two have different lengths, or there is no item.
    """
    before, after = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if before.shape != after.shape or not len(before):
        raise ValueError(f"paired scores need equal lengths, got {len(before)} and {len(after)}")
    drawn = bootstrap(
        len(before),
        lambda chosen: (
            metrics.figure(metric, after[chosen]) - metrics.figure(metric, before[chosen])
        ),
        clusters=clusters,
        seed=seed,
    )
    gain = metrics.figure(metric, after) - metrics.figure(metric, before)
    is_mean = metrics.find(metric) is metrics.MEAN
    independent = len(before) if clusters is None else len(set(clusters))
    stderr = mean_and_error(after - before, clusters).stderr if is_mean else deviation(drawn)
    if independent < 2:  # drawn again and again, a single item never differs from itself
        stderr = None
    finite = drawn[np.isfinite(drawn)]
    low, high = np.quantile(finite, [0.025, 0.975]) if finite.size else (np.nan, np.nan)
    if clusters is None and is_mean and _is_right_or_wrong(before, after):
        p_value, test = mcnemar(before, after), "mcnemar"
    else:
        p_value, test = two_sided_p(gain, stderr), "z"
    return Difference(gain, stderr, len(before), float(low), float(high), p_value, test)


def mcnemar(first: Sequence[float] | Floats, second: Sequence[float] | Floats) -> float:
    """Return the exact two-sided p-value that both systems are right equally often.

    Only items count that one has right and the other wrong; under the hypothesis they fall to
    either side like a fair coin.

    Source: McNemar 1947, "Note on the sampling error of the difference between correlated
    proportions or percentages"; exact binomial form.

    >>> mcnemar([1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 1])
    0.21875
    """
    from scipy.stats import binomtest

    before, after = np.asarray(first), np.asarray(second)
    gained, lost = int((after > before).sum()), int((after < before).sum())
    if gained + lost == 0:
        return 1.0
    return float(binomtest(gained, gained + lost).pvalue)


def _is_right_or_wrong(*values: Floats) -> bool:
    return all(bool(np.isin(array, (0.0, 1.0)).all()) for array in values)
