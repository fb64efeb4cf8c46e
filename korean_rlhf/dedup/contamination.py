"""Which documents hold text of a benchmark: their n-grams looked up in files of fingerprints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from korean_rlhf.dedup.fingerprints import FingerprintFile, load
from korean_rlhf.dedup.grams import Folded, Hashes

HIT_SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("benchmark", pa.uint16()),
        ("item", pa.uint32()),
        ("share", pa.float32()),
    ]
)
"""A document (by its row), the number of the file of fingerprints, the item, the share of it."""
_BITS = 24
"""The filter before the look-up is as many bits wide: 16 MB, in which nearly every n-gram of a
document falls through at the price of one read."""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Some benchmarks, and for each length of their n-grams a filter of all hashes."""

    files: tuple[FingerprintFile, ...]
    filters: dict[int, npt.NDArray[np.bool_]]

    @classmethod
    def of(cls, paths: Sequence[Path]) -> Fingerprints | None:
        """Read them; None when there is none.

        Raises:
            MissingInput, BadInput: a file is not there, or is no whole file of fingerprints.
        """
        files = tuple(load(path) for path in paths)
        filters: dict[int, npt.NDArray[np.bool_]] = {}
        for file in files:
            passing = filters.setdefault(file.header.n, np.zeros(1 << _BITS, np.bool_))
            passing[_slot(file.hashes)] = True
        return cls(files, filters) if files else None


def _slot(hashes: Hashes) -> npt.NDArray[np.int64]:
    return (hashes >> np.uint64(64 - _BITS)).astype(np.int64)


def find_hits(folded: Folded, marks: Fingerprints, min_share: float) -> pa.Table:
    """Return the hits (HIT_SCHEMA) of some texts, `row` being the number of the text.

    A hit is a benchmark item of whose distinct n-grams the text holds at least `min_share`.
    """
    tables = [HIT_SCHEMA.empty_table()]
    for n, passing in marks.filters.items():
        texts, hashes = folded.grams(n)
        seen = passing[_slot(hashes)]
        for number, file in enumerate(marks.files):
            if file.header.n == n:
                tables.append(_hits(texts[seen], hashes[seen], number, file, min_share))
    return pa.concat_tables(tables)


def _hits(
    texts: npt.NDArray[np.int64],
    hashes: Hashes,
    number: int,
    file: FingerprintFile,
    min_share: float,
) -> pa.Table:
    """Return the hits in one benchmark."""
    left = np.searchsorted(file.hashes, hashes, "left")
    counts = np.searchsorted(file.hashes, hashes, "right") - left
    begins = np.repeat(left - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    places = begins + np.arange(len(begins))  # every place of `file` that a text agrees with
    met = np.unique(np.stack([np.repeat(texts, counts), places], axis=1), axis=0)
    pairs = np.stack([met[:, 0], file.items[met[:, 1]].astype(np.int64)], axis=1)
    found, grams = np.unique(pairs, axis=0, return_counts=True)
    share = grams / file.sizes[found[:, 1]]
    enough = share >= min_share
    columns = [
        found[enough, 0],
        np.full(int(enough.sum()), number),
        found[enough, 1],
        share[enough],
    ]
    return pa.table(
        [
            pa.array(column).cast(field.type)
            for column, field in zip(columns, HIT_SCHEMA, strict=True)
        ],
        HIT_SCHEMA,
    )
