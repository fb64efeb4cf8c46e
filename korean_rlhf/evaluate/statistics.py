"""Means, intervals and paired differences: every score that we print has one of these behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

RESAMPLES = 1000
"""Bootstrap resamples: the standard error of a standard error is then about 2 %."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its uncertainty."""

    value: float
    stderr: float | None
    """Standard error; None where a single item (or a single cluster) leaves it unknown."""
    n: int
    """Items behind the figure."""
    units: int = field(default=0, repr=False, compare=False)
    """How many of these are independent: the items, or their clusters."""


def mean_and_error(
    values: Sequence[float] | Floats, clusters: Sequence[str] | None = None
) -> Estimate:
    """Return the mean of `values` with its standard error (sample deviation over root n).

    Items of one cluster (questions about one passage, items of one template) are not independent:
    with `clusters`, it is their sums that vary. Clusters of one item each give the same error as
    none.

    >>> mean_and_error([1.0, 0.0, 1.0, 0.0])
    Estimate(value=0.5, stderr=0.28867513459481287, n=4)
    >>> mean_and_error([1.0, 0.0, 1.0, 0.0], ["a", "b", "c", "d"]).stderr
    0.28867513459481287
    >>> round(mean_and_error([1.0, 0.0, 1.0, 0.0], ["a", "b", "a", "b"]).stderr, 6)
    0.5

    Raises:
        ValueError: there is no value.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        raise ValueError("the mean of nothing is not defined")
    return ratio_and_error(array, np.ones(array.size), clusters)


def wilson_interval(successes: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion; inside [0, 1] even at 0 and n of n.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".

    >>> low, high = wilson_interval(5, 10)
    >>> round(low, 4), round(high, 4)
    (0.2366, 0.7634)

    Raises:
        ValueError: `n` is not positive or `successes` lies outside 0..n.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} are impossible")
    share = successes / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def two_sided_p(mean: float, stderr: float | None) -> float:
    """Return the two-sided normal p-value of a mean against 0.

    >>> round(two_sided_p(1.959964, 1.0), 4)
    0.05
    """
    if mean == 0.0:
        return 1.0
    if stderr is None:  # one item proves nothing
        return 1.0
    if stderr == 0.0:  # every item gained the same
        return 0.0
    return math.erfc(abs(mean) / stderr / math.sqrt(2.0))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for the number of tests by Holm's step-down method, in order.

    Source: Holm 1979, "A simple sequentially rejective multiple test procedure".

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted = [1.0] * len(p_values)
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted


def ratio_and_error(
    numerators: Sequence[float] | Floats,
    denominators: Sequence[float] | Floats,
    clusters: Sequence[str] | None = None,
) -> Estimate:
    """Return sum(numerators) / sum(denominators) with the linearised standard error.

    This is bits per byte over pieces of text: long pieces weigh more, and pieces are what varies.
    Items without a denominator do not stand behind the figure. Over nothing it is nan without an
    error: no answer of the kind that is counted; n is then what was asked.
    """
    above = np.asarray(numerators, dtype=np.float64)
    below = _same_length(denominators, numerators)
    counted, units = behind(below != 0.0, clusters)
    if not counted:
        return Estimate(math.nan, None, int(above.size))
    ratio = float(above.sum() / below.sum())
    residuals = cluster_sums(above - ratio * below, clusters)
    stderr = None
    if units > 1:
        spread = math.sqrt(residuals.size) * float(residuals.std(ddof=1))
        stderr = spread / float(below.sum())
    return Estimate(ratio, stderr, counted, units)


def behind(counted: npt.NDArray[np.bool_], clusters: Sequence[str] | None) -> tuple[int, int]:
    """Return how many items are counted, and how many independent units they are.

    >>> behind(np.array([True, True, False]), ["a", "a", "b"])
    (2, 1)
    """
    items = int(counted.sum())
    if clusters is None:
        return items, items
    return items, len({name for name, one in zip(clusters, counted, strict=True) if one})


def bootstrap(
    items: int,
    statistic: Callable[[Integers], float],
    *,
    clusters: Sequence[str] | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Floats:
    """Return `statistic` of `resamples` samples with replacement from range(items).

    With `clusters`, one name an item, whole clusters are drawn.
    """
    generator = np.random.default_rng(seed)
    groups = cluster_members(clusters) if clusters is not None else None

    def draw() -> Integers:
        if groups is None:
            return generator.integers(0, items, size=items)
        chosen = generator.integers(0, len(groups), size=len(groups))
        return np.concatenate([groups[index] for index in chosen])

    return np.array([statistic(draw()) for _ in range(resamples)], dtype=np.float64)


def deviation(values: Floats) -> float | None:
    """Return the standard deviation of bootstrapped values, None where none could be had."""
    finite = values[np.isfinite(values)]
    return float(finite.std(ddof=1)) if finite.size > 1 else None


def cluster_sums(values: Floats, clusters: Sequence[str] | None) -> Floats:
    """Return the sum of each cluster; the values themselves where items are independent."""
    if clusters is None:
        return values
    return np.array([values[members].sum() for members in cluster_members(clusters)])


def cluster_members(clusters: Sequence[str]) -> list[Integers]:
    """Return the items of each cluster, clusters in the order in which they appear."""
    found: dict[str, list[int]] = {}
    for index, name in enumerate(clusters):
        found.setdefault(name, []).append(index)
    return [np.array(members, dtype=np.int64) for members in found.values()]


def _same_length(first: Sequence[float] | Floats, second: Sequence[float] | Floats) -> Floats:
    if len(first) != len(second):
        raise ValueError(f"paired scores need equal lengths, got {len(first)} and {len(second)}")
    return np.asarray(first, dtype=np.float64)
