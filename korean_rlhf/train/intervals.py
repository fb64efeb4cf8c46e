"""Intervals for shares and means."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

NORMAL_95 = 1.959964
"""Standard deviations of a normal distribution that hold 95 % of it."""


def wilson_interval(hits: float, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval for a share of `hits` among `n`; (0, 1) when n is 0.

    Source: Wilson 1927. Unlike p ± 2 standard errors it stays within 0 and 1.

    >>> tuple(round(bound, 3) for bound in wilson_interval(8, 10))
    (0.49, 0.943)
    """
    if n == 0:
        return 0.0, 1.0
    share, z2 = hits / n, NORMAL_95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    spread = math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    half = NORMAL_95 * spread / (1 + z2 / n)
    # Exact at the ends, where rounding would leave 1 - 1e-16.
    return (centre - half if hits else 0.0), (centre + half if hits < n else 1.0)


RESAMPLES = 2000


def cluster_interval(
    totals: NDArray[np.float64], counts: NDArray[np.float64], limits: tuple[float, float]
) -> tuple[float, float]:
    """Return the 95 % interval of sum(totals) / sum(counts), whole clusters drawn anew.

    Args:
        totals: (clusters,) what the members of each cluster add up to.
        counts: (clusters,) members of each cluster, at least 1.
        limits: Returned for fewer than two clusters, which say nothing about their spread.

    Source: the percentile bootstrap over clusters, Efron 1979; the draws are always the same.
    """
    clusters = len(totals)
    if clusters < 2:
        return limits
    draws = np.random.default_rng(1).multinomial(
        clusters, np.full(clusters, 1 / clusters), size=RESAMPLES
    )
    means = draws @ totals / (draws @ counts)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)
