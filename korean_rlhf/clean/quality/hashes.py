"""Hashes of any stretch of a text, from one pass over it."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Hashes: TypeAlias = npt.NDArray[np.uint64]
Places: TypeAlias = npt.NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
"""Odd, so that it has an inverse modulo 2^64."""
_MIXER = np.uint64(0xD6E8FEB86659FD93)
_ONE, _HALF = np.uint64(1), np.uint64(32)


class _Powers:
    """Powers of the base and of its inverse modulo 2^64, as many as the longest text asked for."""

    def __init__(self) -> None:
        self.up = self.down = np.ones(0, np.uint64)

    def first(self, count: int) -> tuple[Hashes, Hashes]:
        """Return the first `count` powers of both."""
        if len(self.up) < count:
            size = max(1 << 15, 1 << (count - 1).bit_length())
            self.up, self.down = _powers(_BASE, size), _powers(pow(_BASE, -1, 1 << 64), size)
        return self.up[:count], self.down


def _powers(base: int, count: int) -> Hashes:
    factors = np.full(count, base, np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


_POWERS = _Powers()


class RollingHashes:
    """Hashes of stretches of a sequence: equal for equal members, wherever they stand.

    Polynomials modulo 2^64 of prefixes (Karp and Rabin 1987). Two different stretches agree by
    chance about once in 10^19 pairs.

    >>> hashes = RollingHashes(np.frombuffer(b"abcab", np.uint8))
    >>> first, second = hashes.between(np.array([0, 3]), np.array([2, 5]))
    >>> bool(first == second)
    True
    """

    def __init__(self, members: npt.NDArray[Any]) -> None:
        up, self._down = _POWERS.first(max(1, len(members)))
        self._prefix = np.zeros(len(members) + 1, np.uint64)
        # One more than the member, so that a zero counts, too.
        terms = (members.astype(np.uint64) + _ONE) * up[: len(members)]
        np.cumsum(terms, out=self._prefix[1:])

    def between(self, starts: Any, ends: Any) -> Hashes:
        """Return the hash of each stretch from a start to its end, which is left out.

        Places may be arrays or, for all stretches of one length, slices.
        """
        hashes: Hashes = (self._prefix[ends] - self._prefix[starts]) * self._down[starts]
        return hashes


def mixed(found: Hashes) -> Hashes:
    """Return other hashes, equal for equal ones, in which every bit depends on every other.

    Hashes of hashes need it: sums of sums would be equal for "가나 다" and "가다 나".
    Source: the finalizer of SplitMix64 (Steele, Lea and Flood 2014), one round.
    """
    folded = (found ^ (found >> _HALF)) * _MIXER
    spread: Hashes = folded ^ (folded >> _HALF)
    return spread


def standing_twice(found: Hashes) -> Hashes:
    """Return the values that stand more than once, in order, some of them again and again."""
    ordered = np.sort(found)
    twice: Hashes = ordered[1:][ordered[1:] == ordered[:-1]]
    return twice


def among(found: Hashes, ordered: Hashes) -> npt.NDArray[np.bool_]:
    """Return for each value whether it is in `ordered`, which is sorted and not empty."""
    is_there: npt.NDArray[np.bool_] = (
        ordered.take(np.searchsorted(ordered, found), mode="clip") == found
    )
    return is_there
