"""From documents that share a hash to decisions: which row is dropped, and for which other."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from korean_rlhf.dedup.comparing import GramStore
from korean_rlhf.dedup.corpus import Corpus, Groups, Rows
from korean_rlhf.dedup.grams import Hashes
from korean_rlhf.dedup.grouping import by_key, group_rows, without_singles
from korean_rlhf.dedup.signatures import band_name
from korean_rlhf.progress import track
from korean_rlhf.settings.dedup import DedupSettings

REASONS = ("", "exact-duplicate", "near-duplicate", "contaminated")
KEPT, EXACT, NEAR, CONTAMINATED = range(4)
_ALL_PAIRS = 12
"""In a group of up to so many documents all pairs are compared; in a larger one neighbours by
length, and each with the longest."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What becomes of every row."""

    reasons: npt.NDArray[np.uint8]
    """(rows,) place in REASONS."""
    keepers: Rows
    """(rows,) the row that stays instead, -1 for none."""
    similarities: npt.NDArray[np.float32]
    """(rows,) Jaccard similarity to the keeper."""

    @classmethod
    def none(cls, size: int) -> Decisions:
        """Return decisions by which everything stays."""
        return cls(np.zeros(size, np.uint8), np.full(size, -1), np.zeros(size, np.float32))


def drop_exact(corpus: Corpus, decisions: Decisions) -> None:
    """Decide about rows with equal digests: one stays."""
    groups = _equal_digests(corpus, decisions)
    for rows, keepers in corpus.keepers(groups):
        gone = rows != keepers
        decisions.reasons[rows[gone]] = EXACT
        decisions.keepers[rows[gone]] = keepers[gone]
        decisions.similarities[rows[gone]] = 1.0


def _equal_digests(corpus: Corpus, decisions: Decisions) -> Groups:
    """Return the remaining rows of equal digests, by their halves one after the other."""
    groups = group_rows(_remaining(corpus, decisions, "digest_0"))
    second = corpus.column("digest_1").astype(np.uint64, copy=False)[groups.rows]
    return without_singles(by_key(groups.rows, groups.numbers().astype(np.uint64), second))


def _remaining(corpus: Corpus, decisions: Decisions, column: str) -> Hashes:
    """Return one hash of every row; 0, which is grouped with nothing, of those that are out."""
    keys = corpus.column(column).astype(np.uint64, copy=False)
    keys[decisions.reasons != KEPT] = 0
    return keys


def drop_near(corpus: Corpus, decisions: Decisions, settings: DedupSettings, scratch: Path) -> int:
    """Decide about rows joined by similar pairs: one of each connected group stays.

    One band at a time: its pairs that are not joined yet are compared by their true n-grams, which
    lie in the file `scratch`. Return how many pairs were compared.
    """
    bands = [band_name(band) for band in range(settings.bands)]
    met = np.zeros(corpus.size, bool)
    for band in bands:
        met[group_rows(_remaining(corpus, decisions, band)).rows] = True
    forest, compared = _Forest(corpus.size), 0
    with (
        GramStore.write(corpus, met, scratch, settings.ngram) as store,
        track(len(bands), "comparing", "bands") as advance,
    ):
        for band in bands:
            groups = group_rows(_remaining(corpus, decisions, band))
            compared += _join(groups, corpus, store, forest, settings.min_similarity)
            del groups  # before those of the next band are made
            advance()
        _decide(forest.groups(np.flatnonzero(met)), corpus, decisions, store)
    return compared


def _join(
    groups: Groups, corpus: Corpus, store: GramStore, forest: _Forest, min_similarity: float
) -> int:
    """Join the similar pairs of one band; return how many had to be compared."""
    compared = 0
    for rows in groups:
        for left, right in _pairs(rows, corpus):
            if right < corpus.own or forest.root(left) == forest.root(right):
                continue
            compared += 1
            if store.similar(left, right, min_similarity):
                forest.join(left, right)
    return compared


def _pairs(rows: Rows, corpus: Corpus) -> Iterator[tuple[int, int]]:
    """Yield the pairs to compare in one group, the smaller row first."""
    if len(rows) <= _ALL_PAIRS:
        ordered = rows.tolist()
        for place, left in enumerate(ordered):
            for right in ordered[place + 1 :]:
                yield left, right
        return
    by_length = rows[np.lexsort((rows, corpus.characters[rows]))].tolist()
    longest = by_length[-1]
    for one, next_one in pairwise(by_length):
        yield min(one, next_one), max(one, next_one)
        yield min(one, longest), max(one, longest)


def _decide(groups: Groups, corpus: Corpus, decisions: Decisions, store: GramStore) -> None:
    for rows, keepers in corpus.keepers(groups):
        gone = (rows != keepers) & (rows >= corpus.own)
        decisions.reasons[rows[gone]] = NEAR
        decisions.keepers[rows[gone]] = keepers[gone]
        for row, keeper in zip(rows[gone].tolist(), keepers[gone].tolist(), strict=True):
            decisions.similarities[row] = store.similarity(row, keeper)
    _name_the_last_keeper(decisions)


def _name_the_last_keeper(decisions: Decisions) -> None:
    """Let exact copies name the near duplicate's keeper where their own did not stay."""
    exact = np.flatnonzero(decisions.reasons == EXACT)
    first = decisions.keepers[exact]
    moved = decisions.keepers[first] >= 0
    exact, first = exact[moved], first[moved]
    decisions.keepers[exact] = decisions.keepers[first]
    decisions.similarities[exact] = decisions.similarities[first]


class _Forest:
    """Which rows are joined: a union-find of 8 bytes a row."""

    def __init__(self, size: int) -> None:
        self._parents = array("q")
        self._parents.frombytes(np.arange(size, dtype=np.int64).data.cast("B"))

    def root(self, row: int) -> int:
        """Return the smallest row joined with `row`."""
        parents = self._parents
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    def join(self, left: int, right: int) -> None:
        """Join two rows and all that is joined with them."""
        one, two = self.root(left), self.root(right)
        self._parents[max(one, two)] = min(one, two)

    def groups(self, rows: Rows) -> Groups:
        """Return the groups of two and more among `rows`."""
        parents = np.frombuffer(self._parents, np.int64)
        roots = parents[rows]
        while (parents[roots] != roots).any():
            roots = parents[roots]
        return without_singles(by_key(rows, roots.astype(np.uint64)))
