"""What a second system gains on a first one over the same items."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from korean_rlhf.evaluate import metrics
from korean_rlhf.evaluate.signflip import MOST_EXACT, exchange, sign_flip
from korean_rlhf.evaluate.statistics import (
    Floats,
    bootstrap,
    cluster_sums,
    deviation,
    mean_and_error,
    two_sided_p,
)

FOUND = 0.8
"""How often a difference that is called detectable is found."""


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
    """Two-sided: McNemar's exact test for right and wrong, an exact sign-flip test for means over
    clusters, else of the paired z statistic."""
    test: str = "z"
    """mcnemar, sign-flip or z."""

    @property
    def detectable(self) -> float | None:
        """The smallest difference that these items show 4 times of 5 at the level of 5 %."""
        return self.detectable_at(0.05)

    def detectable_at(self, level: float) -> float | None:
        """Return the smallest difference that a two-sided test at `level` finds 4 times of 5.

        Of m tests together, that is 0.05 / m: what Holm asks of the first of them, and so a bound
        for all. It reckons with z, also where the test is an exact one.
        """
        if self.stderr is None:
            return None
        normal = NormalDist()
        return (normal.inv_cdf(1 - level / 2) + normal.inv_cdf(FOUND)) * self.stderr


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
    stderr = mean_and_error(after - before, clusters).stderr if is_mean else deviation(drawn)
    if _independent(len(before), clusters) < 2:  # drawn again, a single item is always itself
        stderr = None
    finite = drawn[np.isfinite(drawn)]
    low, high = np.quantile(finite, [0.025, 0.975]) if finite.size else (np.nan, np.nan)
    p_value, test = _test(before, after, gain, stderr, metric, clusters)
    return Difference(gain, stderr, len(before), float(low), float(high), p_value, test)


def _test(
    before: Floats,
    after: Floats,
    gain: float,
    stderr: float | None,
    metric: str,
    clusters: Sequence[str] | None,
) -> tuple[float, str]:
    """Return the p-value of a gain and the name of the test.

    z needs many independent items. Few clusters, or an error of 0 because all of them gained the
    same, are left to the exact test, whose p-value is never 0.
    """
    units, is_mean = _independent(len(before), clusters), metrics.find(metric) is metrics.MEAN
    clustered = units < len(before)
    if stderr is None:
        return 1.0, "z"
    if is_mean and not clustered and _is_right_or_wrong(before, after):
        return mcnemar(before, after), "mcnemar"
    if is_mean and (clustered or stderr == 0.0):
        return sign_flip(cluster_sums(after - before, clusters)), "sign-flip"
    if stderr == 0.0 or (clustered and units <= MOST_EXACT):
        figure = functools.partial(metrics.figure, metric)
        return exchange(before, after, figure, clusters), "sign-flip"
    return two_sided_p(gain, stderr), "z"


def _independent(items: int, clusters: Sequence[str] | None) -> int:
    return items if clusters is None else len(set(clusters))


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
