"""The documents compared, as numbered rows of shards; what is resident of each is a few bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from korean_rlhf.dedup.signatures import read_column

Rows = npt.NDArray[np.int64]
_RANK_AT_ONCE = 1 << 14
"""Duplicates ranked together: their ids may be needed, which are strings."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows that belong together, one group after the other."""

    rows: Rows
    """(members,) rows, ascending within a group."""
    starts: Rows
    """(groups + 1,) where each group begins in `rows`, and the end."""

    def __iter__(self) -> Iterator[Rows]:
        """Yield the rows of each group."""
        for some in self.slices(_RANK_AT_ONCE):
            starts = some.starts.tolist()
            for start, end in pairwise(starts):
                yield some.rows[start:end]

    def numbers(self) -> Rows:
        """Return (members,) the number of the group of each member."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def slices(self, members: int) -> Iterator[Groups]:
        """Yield the groups in runs of about so many members, each group whole."""
        begin = 0
        while begin < len(self.starts) - 1:
            end = int(np.searchsorted(self.starts, self.starts[begin] + members, "right")) - 1
            end = min(max(end, begin + 1), len(self.starts) - 1)
            first, last = self.starts[begin], self.starts[end]
            yield Groups(self.rows[first:last], self.starts[begin : end + 1] - first)
            begin = end


@dataclass(frozen=True, slots=True)
class Part:
    """One shard."""

    signatures: Path
    texts: Path
    """Parquet file of the same rows with the column `text`."""
    count: int
    origin: str = ""
    """The other corpus it belongs to, "" for the one to be deduplicated."""

    @classmethod
    def of(cls, signatures: Path, texts: Path, origin: str = "") -> Part:
        """Count the rows of a file of signatures."""
        with pa.memory_map(str(signatures)) as source:
            count = pa.ipc.open_file(source).read_all().num_rows
        return cls(signatures, texts, count, origin)


@dataclass(frozen=True)
class Corpus:
    """All rows: those of other corpora (`--against`) first, then our own."""

    parts: Sequence[Part]
    keep: Literal["longest", "first", "newest"] = "longest"

    @cached_property
    def firsts(self) -> Rows:
        """(parts + 1,) the first row of each part, and the number of all rows."""
        return np.concatenate([[0], np.cumsum([part.count for part in self.parts])]).astype(
            np.int64
        )

    @cached_property
    def size(self) -> int:
        """Number of rows."""
        return int(self.firsts[-1])

    @cached_property
    def own(self) -> int:
        """The first row of our own: those before it belong to other corpora and always stay."""
        return sum(part.count for part in self.parts if part.origin)

    @cached_property
    def characters(self) -> npt.NDArray[np.uint32]:
        """(rows,) length of each text."""
        return self.column("characters").astype(np.uint32, copy=False)

    @cached_property
    def fetched(self) -> Rows:
        """(rows,) seconds since 1970."""
        return self.column("fetched").astype(np.int64, copy=False)

    def column(self, name: str) -> npt.NDArray[np.generic]:
        """Return one column of numbers of all signatures."""
        parts = iter(self.parts)
        found = read_column(next(parts).signatures, name)
        found.resize(self.size, refcheck=False)  # filled part by part: never twice in memory
        for part, first in zip(parts, self.firsts[1:].tolist(), strict=False):
            found[first : first + part.count] = read_column(part.signatures, name)
        return found

    def names(self, rows: Rows) -> list[str]:
        """Return the ids of some rows; only those are read."""
        found = np.empty(len(rows), object)
        places = np.searchsorted(self.firsts, rows, "right") - 1
        for place in np.unique(places).tolist():
            here = places == place
            with pa.memory_map(str(self.parts[place].signatures)) as source:
                ids = pa.ipc.open_file(source).read_all()["id"]
                taken = ids.combine_chunks().take(pa.array(rows[here] - self.firsts[place]))
                found[here] = taken.to_pylist()
        return found.tolist()

    def origin(self, row: int) -> str:
        """Return the other corpus that a row belongs to, "" for our own."""
        return self.parts[int(np.searchsorted(self.firsts, row, "right")) - 1].origin

    def keepers(self, groups: Groups) -> Iterator[tuple[Rows, Rows]]:
        """Yield rows and the row that stays of the group of each, some groups at a time.

        A row of another corpus before our own, then by `keep`, then the longest, then the smallest
        id.
        """
        for some in groups.slices(_RANK_AT_ONCE):
            numbers = some.numbers()
            ranks = self._ranks(some.rows)
            order = np.lexsort((*ranks, numbers))
            best = order[some.starts[:-1]]
            tied = np.ones(len(some.rows), bool)
            for rank in ranks:
                tied &= rank == rank[best][numbers]
            best = self._smallest_ids(some, numbers, tied, best)
            yield some.rows, some.rows[best][numbers]

    def _ranks(self, rows: Rows) -> tuple[Rows, ...]:
        """Return what rows are ranked by, the lowest staying; the last decides first."""
        longest = -self.characters[rows].astype(np.int64)
        is_ours = (rows >= self.own).astype(np.int64)
        if self.keep == "first":
            return rows, is_ours
        if self.keep == "newest":
            return longest, -self.fetched[rows], is_ours
        return longest, is_ours

    def _smallest_ids(
        self, groups: Groups, numbers: Rows, tied: npt.NDArray[np.bool_], best: Rows
    ) -> Rows:
        """Return the member of each group with the smallest id of those that are `tied`."""
        counts = np.bincount(numbers[tied], minlength=len(best))
        members = np.flatnonzero(tied & (counts[numbers] > 1))
        chosen = best.copy()
        if len(members):
            names = self.names(groups.rows[members])
            order = sorted(range(len(members)), key=lambda place: names[place], reverse=True)
            chosen[numbers[members[order]]] = members[order]  # the last written is the smallest
        return chosen
