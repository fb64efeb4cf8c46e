"""Figures about rows that travel with them, in the metadata of their schema.

A worker so needs no folder to note them in: they reach the driver with its results.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping

import pyarrow as pa

_KEY = b"tally"


def as_metadata(tally: Mapping[str, int]) -> dict[bytes, bytes]:
    """Return a tally as metadata of a schema, in one form whatever its order."""
    return {_KEY: json.dumps(tally, ensure_ascii=False, sort_keys=True).encode()}


def tallied(rows: pa.RecordBatch, tally: Mapping[str, int]) -> pa.RecordBatch:
    """Return `rows` with figures about them, which `map_shards` adds up (`Counts.tally`)."""
    return rows.replace_schema_metadata(as_metadata(tally))


def total(schemas: Iterable[pa.Schema]) -> Counter[str]:
    """Return the sum of the tallies of some rows, by their schemas; most rows have none.

    >>> one, two = (pa.schema([], as_metadata({"전화번호": number})) for number in (1, 2))
    >>> total([one, two, pa.schema([])])
    Counter({'전화번호': 3})
    """
    found: Counter[str] = Counter()
    for schema in schemas:
        found.update(json.loads((schema.metadata or {}).get(_KEY, b"{}")))
    return found
