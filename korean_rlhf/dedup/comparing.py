"""True similarity of pairs of documents; their n-grams lie in a file until they are needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from korean_rlhf.dedup.corpus import Corpus, Rows
from korean_rlhf.dedup.grams import fold, similarity
from korean_rlhf.tables import parquet_batches

_AT_ONCE = 256
_CACHED = 512
"""Documents whose n-grams stay in memory: the longest of a group is compared with all others."""
_HASH_BYTES = 4


class GramStore:
    """Sorted distinct 32-bit hashes of the n-grams of some rows, in a file."""

    def __init__(self, file: BinaryIO, rows: Rows, sizes: Rows) -> None:
        """`rows`, ascending, are in the file one after the other; `sizes` counts their hashes."""
        self._file, self._rows, self._ends = file, rows, np.cumsum(sizes)
        self._read = lru_cache(_CACHED)(self._read_now)

    @classmethod
    @contextmanager
    def write(
        cls, corpus: Corpus, wanted: npt.NDArray[np.bool_], path: Path, n: int
    ) -> Iterator[GramStore]:
        """Write the n-grams of the `wanted` rows to `path`, which is deleted at the end."""
        counts: list[npt.NDArray[np.int64]] = [np.zeros(0, np.int64)]
        with path.open("w+b") as file:
            for hashes, sizes in _hashes(corpus, wanted, n):
                file.write(hashes.tobytes())
                counts.append(sizes)
            file.flush()
            store = cls(file, np.flatnonzero(wanted), np.concatenate(counts))
            counts.clear()
            yield store
        path.unlink()

    def similarity(self, left: int, right: int) -> float:
        """Return the Jaccard similarity of two rows."""
        return similarity(self._read(left), self._read(right))

    def similar(self, left: int, right: int, least: float) -> bool:
        """Whether the similarity is at least so high; sizes too different need no reading."""
        sizes = sorted(end - start for start, end in (self._place(left), self._place(right)))
        return sizes[0] >= least * sizes[1] and self.similarity(left, right) >= least

    def _place(self, row: int) -> tuple[int, int]:
        number = int(np.searchsorted(self._rows, row))
        return int(self._ends[number - 1]) if number else 0, int(self._ends[number])

    def _read_now(self, row: int) -> npt.NDArray[np.uint32]:
        start, end = self._place(row)
        content = os.pread(self._file.fileno(), (end - start) * _HASH_BYTES, start * _HASH_BYTES)
        return np.frombuffer(content, np.uint32)


def _hashes(
    corpus: Corpus, wanted: npt.NDArray[np.bool_], n: int
) -> Iterator[tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]]:
    """Yield the hashes of some wanted rows, one row after the other, and how many each has."""
    for part, first in zip(corpus.parts, corpus.firsts.tolist(), strict=False):
        if not wanted[first : first + part.count].any():
            continue
        for batch in parquet_batches(part.texts, _AT_ONCE):
            here = wanted[first : first + batch.num_rows]
            first += batch.num_rows
            if here.any():
                texts = batch["text"].filter(pa.array(here)).to_pylist()
                yield _distinct(texts, n)


def _distinct(texts: list[str], n: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    owners, hashes = fold(texts).grams(n)
    high = np.uint64(32)
    keys = np.unique((owners.astype(np.uint64) << high) | (hashes >> high))
    sizes = np.bincount((keys >> high).astype(np.int64), minlength=len(texts))
    return keys.astype(np.uint32), sizes
