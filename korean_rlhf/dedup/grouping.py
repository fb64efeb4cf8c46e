"""Rows with equal keys: the group-by of the stage, in this process or on the cluster."""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa

from korean_rlhf.dedup.corpus import Groups, Rows
from korean_rlhf.dedup.grams import Hashes
from korean_rlhf.engine import daft

_LOOKED_UP = 1 << 16
"""Keys looked up at once among those that are repeated."""


def group_rows(keys: Hashes) -> Groups:
    """Return the rows of every key that occurs more than once, ordered by key; 0 is no key.

    Locally by sorting, with 9 bytes a row beside the keys and more for rows of groups only; on Ray
    by Daft's group-by, whose tables take several times that.

    >>> [group.tolist() for group in group_rows(np.array([7, 8, 0, 7, 0], np.uint64))]
    [[0, 3]]
    """
    return group_on_cluster(keys) if _on_cluster() else _group_here(keys)


def _on_cluster() -> bool:
    """Whether the engine has set Daft to work on Ray; Daft is not imported to find out."""
    module = sys.modules.get("daft")
    return module is not None and module.get_or_infer_runner_type() == "ray"


def _group_here(keys: Hashes) -> Groups:
    repeated = _repeated(keys)
    if not len(repeated):
        return Groups(np.zeros(0, np.int64), np.zeros(1, np.int64))
    found = []
    for first in range(0, len(keys), _LOOKED_UP):
        some = keys[first : first + _LOOKED_UP]
        places = np.minimum(np.searchsorted(repeated, some), len(repeated) - 1)
        found.append(first + np.flatnonzero(repeated[places] == some))
    rows = np.concatenate(found)
    return by_key(rows, keys[rows])


def _repeated(keys: Hashes) -> Hashes:
    """Return the keys that occur more than once, ascending."""
    ordered = np.sort(keys)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.unique(again[again != 0])


def group_on_cluster(keys: Hashes) -> Groups:
    """Return the same as `group_rows`, made by Daft wherever it runs."""
    given = np.flatnonzero(keys)
    frame = daft().from_arrow(pa.table({"key": keys[given], "row": given}))
    frame = frame.groupby("key").agg(
        frame["row"].list_agg().alias("rows"), frame["row"].count().alias("count")
    )
    frame = frame.where(frame["count"] > 1).explode("rows").select("key", "rows")
    found = frame.to_arrow()
    return by_key(found["rows"].to_numpy().astype(np.int64), found["key"].to_numpy())


def by_key(rows: Rows, *keys: Hashes) -> Groups:
    """Return rows grouped by one or several keys, groups in the order of the keys."""
    order = np.lexsort((rows, *reversed(keys)))
    changes = np.zeros(max(0, len(rows) - 1), bool)
    for key in keys:
        ordered = key[order]
        changes |= ordered[1:] != ordered[:-1]
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1, [len(rows)]])
    return Groups(rows[order], np.unique(starts).astype(np.int64))


def without_singles(groups: Groups) -> Groups:
    """Return the groups of at least two rows."""
    sizes = np.diff(groups.starts)
    kept = np.repeat(sizes > 1, sizes)
    starts = np.concatenate([[0], np.cumsum(sizes[sizes > 1])])
    return Groups(groups.rows[kept], starts.astype(np.int64))
