"""Means, intervals and paired differences: every score that we print has one of these behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
    """Standard error; None where a single item leaves it unknown."""
    n: int
    """Items behind the figure."""


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
    """Two-sided, from the paired z statistic; 1.0 where nothing differs."""


def mean_and_error(values: Sequence[float] | Floats) -> Estimate:
    """Return the mean of `values` with its standard error (sample deviation over root n).

    >>> mean_and_error([1.0, 0.0, 1.0, 0.0])
    Estimate(value=0.5, stderr=0.28867513459481287, n=4)

    Raises:
        ValueError: there is no value.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        raise ValueError("the mean of nothing is not defined")
    stderr = float(array.std(ddof=1) / math.sqrt(array.size)) if array.size > 1 else None
    return Estimate(float(array.mean()), stderr, int(array.size))


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


def paired_difference(
    first: Sequence[float] | Floats, second: Sequence[float] | Floats, *, seed: int = 0
) -> Difference:
    """Return the mean of second − first over shared items, with its paired error.

    Args:
        first: One score an item.
        second: The scores of the same items in the same order.
        seed: Of the bootstrap.

    Raises:
        ValueError: the two have different lengths, or there is no item.
    """
    gains = np.asarray(second, dtype=np.float64) - _same_length(first, second)
    estimate = mean_and_error(gains)
    means = bootstrap(gains.size, lambda chosen: float(gains[chosen].mean()), seed=seed)
    low, high = np.quantile(means, [0.025, 0.975])
    return Difference(
        estimate.value,
        estimate.stderr,
        estimate.n,
        float(low),
        float(high),
        two_sided_p(estimate.value, estimate.stderr),
    )


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


def macro_f1(gold: Sequence[int] | Integers, predicted: Sequence[int] | Integers) -> float:
    """Return the unweighted mean of the F1 of each class seen in `gold` or `predicted`.

    A class that is never right counts 0, as in scikit-learn's `f1_score(average="macro")`.

    >>> macro_f1([0, 1, 1], [0, 1, 0])
    0.6666666666666666
    """
    golds, guesses = np.asarray(gold), np.asarray(predicted)
    scores = []
    for label in np.union1d(golds, guesses):
        hits = int(((golds == label) & (guesses == label)).sum())
        total = int((golds == label).sum()) + int((guesses == label).sum())
        scores.append(2 * hits / total)
    return float(np.mean(scores))


def macro_f1_and_error(gold: Sequence[int], predicted: Sequence[int], *, seed: int = 0) -> Estimate:
    """Return macro-F1 with its bootstrap standard error over items."""
    golds, guesses = np.asarray(gold, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    values = bootstrap(
        golds.size, lambda chosen: macro_f1(golds[chosen], guesses[chosen]), seed=seed
    )
    return Estimate(macro_f1(golds, guesses), _deviation(values), int(golds.size))


def ratio_and_error(numerators: Sequence[float], denominators: Sequence[float]) -> Estimate:
    """Return sum(numerators) / sum(denominators) with the linearised standard error.

    This is bits per byte over pieces of text: long pieces weigh more, and pieces are what varies.
    """
    above = np.asarray(numerators, dtype=np.float64)
    below = _same_length(denominators, numerators)
    ratio = float(above.sum() / below.sum())
    if above.size < 2:
        return Estimate(ratio, None, int(above.size))
    residuals = (above - ratio * below) / below.mean()
    stderr = float(residuals.std(ddof=1) / math.sqrt(above.size))
    return Estimate(ratio, stderr, int(above.size))


def bootstrap(
    items: int, statistic: Callable[[Integers], float], *, seed: int, resamples: int = RESAMPLES
) -> Floats:
    """Return `statistic` of `resamples` samples with replacement from range(items)."""
    generator = np.random.default_rng(seed)
    return np.array(
        [statistic(generator.integers(0, items, size=items)) for _ in range(resamples)],
        dtype=np.float64,
    )


def _same_length(first: Sequence[float] | Floats, second: Sequence[float] | Floats) -> Floats:
    if len(first) != len(second):
        raise ValueError(f"paired scores need equal lengths, got {len(first)} and {len(second)}")
    return np.asarray(first, dtype=np.float64)


def _deviation(values: Floats) -> float:
    return float(values.std(ddof=1))
