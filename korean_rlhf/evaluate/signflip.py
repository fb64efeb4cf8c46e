"""An exact paired test for few clusters: the two systems change places, cluster by cluster.

Under the hypothesis that both are alike, a cluster (the questions about one passage) could as well
have been gained as lost. So the gain is held against that of every way to exchange the systems
within clusters. For a mean this flips the signs of the sums of the clusters.

Source: Fisher 1935, "The design of experiments", section 21; (1 + hits) / (1 + draws) where not
all ways are tried: Phipson and Smyth 2010, "Permutation p-values should never be zero".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from korean_rlhf.evaluate.statistics import Floats, cluster_members

MOST_EXACT = 12
"""Up to so many clusters every way is tried: 4,096 of them."""
DRAWS = 10_000
"""Ways drawn of more clusters: the error of a p-value of 0.05 is then 0.002."""
ROUNDING = 1e-9
"""A gain that is smaller by this share only is as large: sums depend on their order."""

Flips = npt.NDArray[np.bool_]
"""Which clusters are exchanged, of (ways, clusters)."""


def sign_flip(sums: Floats, *, seed: int = 0) -> float:
    """Return the two-sided p-value that a mean gain is none, from the summed gain of each cluster.

    >>> sign_flip(np.array([3.0, 3.0])), sign_flip(np.array([1.0, 2.0, 1.0, 3.0, 2.0, 1.0]))
    (0.5, 0.03125)
    """
    gains = [np.where(flips, -sums, sums).sum(axis=1) for flips in _ways(len(sums), seed)]
    return _share_as_large(np.concatenate(gains), float(sums.sum()), len(sums))


def exchange(
    before: Floats,
    after: Floats,
    figure: Callable[[Floats], float],
    clusters: Sequence[str] | None = None,
    *,
    seed: int = 0,
) -> float:
    """Return the two-sided p-value that two systems get the same `figure`, which is no mean.

    Args:
        before: What each item of the first system contributes to the figure.
        after: The same of the second system.
        figure: Of all items together.
        clusters: The cluster of each item, None where items are independent.
        seed: Of the ways that are drawn.
    """
    observed = figure(after) - figure(before)
    if observed == 0.0:  # every way is as large; two equal checkpoints are the common case
        return 1.0
    names = [str(at) for at in range(len(before))] if clusters is None else clusters
    members = cluster_members(names)
    owner = np.empty(len(before), dtype=np.int64)
    for at, items in enumerate(members):
        owner[items] = at

    def gain(flips: Flips) -> float:
        turned = flips[owner].reshape(-1, *[1] * (before.ndim - 1))
        return figure(np.where(turned, before, after)) - figure(np.where(turned, after, before))

    gains = [gain(flips) for ways in _ways(len(members), seed) for flips in ways]
    return _share_as_large(np.array(gains), observed, len(members))


def _share_as_large(gains: Floats, observed: float, clusters: int) -> float:
    """Return the p-value; a way in which the figure is not defined counts against us."""
    as_large = ~(np.abs(gains) < abs(observed) * (1 - ROUNDING))
    hits = int(as_large.sum())
    return hits / len(gains) if clusters <= MOST_EXACT else (1 + hits) / (1 + len(gains))


def _ways(clusters: int, seed: int) -> Iterator[Flips]:
    """Yield all ways to exchange the clusters, or DRAWS of them, in blocks that memory can hold."""
    if clusters <= MOST_EXACT:
        numbers = np.arange(2**clusters)[:, None]
        yield (numbers >> np.arange(clusters)) & 1 == 1
        return
    generator = np.random.default_rng(seed)
    block = max(1, min(DRAWS, 2_000_000 // clusters))
    for start in range(0, DRAWS, block):
        yield generator.random((min(block, DRAWS - start), clusters)) < 0.5
