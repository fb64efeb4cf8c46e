"""From documents that share a hash to clusters of duplicates with one document each that stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from korean_rlhf.engine import daft
from korean_rlhf.ngrams import normalise_for_matching

Pairs = npt.NDArray[np.int64]
"""(n, 2) rows of the corpus, numbered through all shards in order; left < right."""
_ALL_PAIRS = 12
"""In a group of up to so many documents all pairs are compared; in a larger one neighbours by
length, and each with the longest."""


@dataclass(frozen=True)
class Corpus:
    """Identity and length of every document, in the order of the shards."""

    ids: pa.ChunkedArray
    characters: npt.NDArray[np.int64]
    files: Sequence[Path]

    @classmethod
    def of(cls, files: Sequence[Path]) -> Corpus:
        """Read it from files of signatures."""
        table = pa.concat_tables(
            [pq.read_table(file, columns=["id", "characters"]) for file in files]
        )
        return cls(table["id"], table["characters"].to_numpy(), files)

    def keeper(self, rows: npt.NDArray[np.int64]) -> int:
        """Return the row to keep of a cluster: the longest text, then the smallest id."""
        longest = rows[self.characters[rows] == self.characters[rows].max()]
        return int(min(longest, key=lambda row: str(self.ids[int(row)].as_py())))


def group_rows(keys: pa.Array) -> list[npt.NDArray[np.int64]]:
    """Return the rows of every key that occurs more than once, by Daft's group-by.

    A missing key (None) groups with nothing.

    >>> [group.tolist() for group in group_rows(pa.array([7, 8, None, 7, None]))]
    [[0, 3]]
    """
    arrow = pa.table({"key": keys, "row": pa.array(np.arange(len(keys)))})
    frame = daft().from_arrow(arrow)
    frame = (
        frame.where(frame["key"].not_null())
        .groupby("key")
        .agg(
            frame["row"].list_agg().alias("rows"),
            frame["row"].min().alias("first"),
            frame["row"].count().alias("count"),
        )
    )
    frame = frame.where(frame["count"] > 1).sort("first").select("rows")
    return [np.sort(np.asarray(rows, np.int64)) for rows in frame.to_pydict()["rows"]]


def exact_clusters(corpus: Corpus) -> dict[int, int]:
    """Return dropped row -> kept row for documents with equal digests."""
    tables = [pq.read_table(file, columns=["digest"]) for file in corpus.files]
    digests = pa.concat_tables(tables)["digest"].combine_chunks()
    return _dropped(group_rows(digests), corpus)


def candidate_pairs(corpus: Corpus, gone: dict[int, int], bands: int) -> Pairs:
    """Return the pairs of remaining documents that agree in a band, one band at a time."""
    found: list[Pairs] = []
    out = np.zeros(len(corpus.characters), bool)
    out[list(gone)] = True
    for band in range(bands):
        keys, missing = _band_keys(corpus.files, band)
        groups = group_rows(pa.array(keys, pa.uint64(), mask=missing | out))
        found += [_pairs_of(rows, corpus) for rows in groups]
    if not found:
        return np.zeros((0, 2), np.int64)
    return np.unique(np.concatenate(found), axis=0)


def _band_keys(
    files: Sequence[Path], band: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
    """Return the hash of one band of every document, and which (short) documents have none."""
    keys, missing = [], []
    for file in files:
        column = pq.read_table(file, columns=["band"])["band"].combine_chunks()
        offsets, values = column.offsets.to_numpy(), column.values.to_numpy()
        has = np.diff(offsets) > 0
        key = np.zeros(len(has), np.uint64)
        key[has] = values[offsets[:-1][has] + band]
        keys.append(key)
        missing.append(~has)
    return np.concatenate(keys), np.concatenate(missing)


def _pairs_of(rows: npt.NDArray[np.int64], corpus: Corpus) -> Pairs:
    """Return the pairs to compare in one group."""
    if len(rows) <= _ALL_PAIRS:
        left, right = np.triu_indices(len(rows), 1)
        return np.stack([rows[left], rows[right]], axis=1)
    order = rows[np.lexsort((rows, corpus.characters[rows]))]
    neighbours = np.stack([order[:-1], order[1:]], axis=1)
    star = np.stack([order[:-1], np.full(len(order) - 1, order[-1])], axis=1)
    return np.sort(np.concatenate([neighbours, star]), axis=1)


def gram_hashes(text: str, n: int) -> npt.NDArray[np.uint64]:
    """Return the sorted distinct hashes of the character n-grams of a text, for comparing sets."""
    codes = np.frombuffer(normalise_for_matching(text).encode("utf-32-le", "replace"), np.uint32)
    count = max(1, len(codes) - n + 1)
    hashes = np.zeros(count, np.uint64)
    for place in range(min(n, len(codes))):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + codes[place : place + count]
    return np.unique(hashes)


def similarity(left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64]) -> float:
    """Return the Jaccard similarity of two sets of hashes."""
    both = len(np.intersect1d(left, right, assume_unique=True))
    return both / max(1, len(left) + len(right) - both)


def near_clusters(pairs: Pairs, corpus: Corpus) -> dict[int, int]:
    """Return dropped row -> kept row for the connected components of verified pairs."""
    if not len(pairs):
        return {}
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rows = np.unique(pairs)
    edges = np.searchsorted(rows, pairs)
    matrix = coo_matrix(
        (np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), shape=(len(rows), len(rows))
    )
    _, labels = connected_components(matrix, directed=False)
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order])) + 1
    return _dropped(np.split(rows[order], starts), corpus)


def _dropped(groups: Sequence[npt.NDArray[np.int64]], corpus: Corpus) -> dict[int, int]:
    found: dict[int, int] = {}
    for rows in groups:
        keeper = corpus.keeper(rows)
        found |= {int(row): keeper for row in rows if row != keeper}
    return found
