"""What a document is compared by, a file for each shard: a digest, and a hash for each band.

The files are Arrow IPC (Feather), uncompressed, so that one column is read without the others.
"""

from __future__ import annotations

import functools
import hashlib
import json
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import feather

from korean_rlhf.allocator import keep_freed_memory
from korean_rlhf.dedup.contamination import HIT_SCHEMA, Fingerprints, find_hits
from korean_rlhf.dedup.grams import Folded, Hashes, fold, nfc
from korean_rlhf.dedup.sketch import band_keys, sketches
from korean_rlhf.disk import published
from korean_rlhf.settings.dedup import DedupSettings
from korean_rlhf.tables import parquet_batches

SHORT = 4
"""A document of fewer n-grams' length is compared exactly only: a single word would decide."""
SUFFIX = ".arrow"
HITS = ".hits" + SUFFIX
_METHOD = "fast-similarity-sketch-1"
"""Changed whenever the same text gets other hashes: kept signatures of another are not used."""
_AT_ONCE = 256
"""Documents hashed together: a few hundred thousand characters, which stay in the caches."""


def signature_schema(settings: DedupSettings) -> pa.Schema:
    """Return the columns of a file of signatures, with what decides about its hashes beside them.

    fetched is in seconds of 1970, 0 for unknown; digest_0 and digest_1 are the halves of 16 bytes;
    band_00 and on are 0 for a document too short to be compared.
    """
    fields = [
        ("id", pa.string()),
        ("characters", pa.uint32()),
        ("fetched", pa.int64()),
        ("digest_0", pa.uint64()),
        ("digest_1", pa.uint64()),
    ]
    fields += [(band_name(band), pa.uint64()) for band in range(_bands(settings))]
    # Case is folded by Python's tables, which new versions of Unicode add letters to.
    method = {
        "method": _METHOD,
        "unicode": unicodedata.unidata_version,
        "ngram": settings.ngram,
        "rows": settings.rows,
    }
    return pa.schema(fields, metadata={"signatures": json.dumps(method)})


def _bands(settings: DedupSettings) -> int:
    return settings.bands if settings.near else 0


def band_name(band: int) -> str:
    """Return the name of the column that holds one band."""
    return f"band_{band:02d}"


def fits(path: Path, settings: DedupSettings) -> bool:
    """Whether a file of signatures was made as `settings` ask."""
    if not path.is_file():
        return False
    with pa.memory_map(str(path)) as source:
        found = pa.ipc.open_file(source).schema
    return bool(found.equals(signature_schema(settings), check_metadata=True))


def exact_digest(text: str) -> bytes:
    """Return a digest that is equal for texts equal but for spaces, case and Unicode form.

    >>> exact_digest("서울은 넓다. A") == exact_digest("서울은  넓다.a")
    True
    >>> exact_digest("3.5점") == exact_digest("35점")
    False
    """
    folded = "".join(nfc(text).split()).casefold()
    return hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=16).digest()


def write_signatures(
    shard: Path, target: Path, settings: DedupSettings, marks: Fingerprints | None = None
) -> None:
    """Write the signatures of one shard to `target`, once, and beside them its hits in `marks`.

    The hits come first: the file of signatures means "finished".
    """
    if target.is_file():
        return
    found = _in_threads(parquet_batches(shard, _AT_ONCE), settings, marks)
    publish_signatures(target, found, settings, is_marked=marks is not None)


def hash_group(
    shard: Path, group: int, settings: DedupSettings, *, is_marked: bool
) -> tuple[pa.Table, pa.Table]:
    """Return the signatures and hits of one row group; made for a process of its own.

    The fingerprints are read once in each process: they are large to send.
    """
    _keep_freed_memory()
    marks = _marks_of(settings.decontaminate) if is_marked else None
    batches = parquet_batches(shard, _AT_ONCE, groups=[group])
    return _joined((_signatures(batch, settings, marks) for batch in batches), settings)


@functools.cache
def _keep_freed_memory() -> None:
    """Once in a process: a sixth of the time went into zeroed pages for the arrays of a batch."""
    keep_freed_memory()


@functools.cache
def _marks_of(paths: tuple[Path, ...]) -> Fingerprints | None:
    return Fingerprints.of(paths)


def publish_signatures(
    target: Path,
    found: Iterable[tuple[pa.Table, pa.Table]],
    settings: DedupSettings,
    *,
    is_marked: bool,
) -> None:
    """Write signatures and hits of the batches of one shard; the signatures last."""
    table, hits = _joined(found, settings)
    if is_marked:
        _write(target.with_suffix(HITS), hits)
    _write(target, table)


def _joined(
    found: Iterable[tuple[pa.Table, pa.Table]], settings: DedupSettings
) -> tuple[pa.Table, pa.Table]:
    """Return signatures and hits of batches as one table each, the rows of hits counted on."""
    schema = signature_schema(settings)
    tables, hits, first = [schema.empty_table()], [HIT_SCHEMA.empty_table()], 0
    for table, some in found:
        tables.append(table)
        hits.append(some.set_column(0, "row", pc.add(some["row"], first)))
        first += table.num_rows
    return pa.concat_tables(tables), pa.concat_tables(hits)


def _write(path: Path, table: pa.Table) -> None:
    with published(path) as draft:
        feather.write_feather(table.combine_chunks(), str(draft), compression="uncompressed")


def _in_threads(
    batches: Iterable[pa.RecordBatch], settings: DedupSettings, marks: Fingerprints | None
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Yield signatures and hits of every batch in order; numpy leaves the lock to other threads."""
    running: deque[Future[tuple[pa.Table, pa.Table]]] = deque()
    with ThreadPoolExecutor(settings.processes) as pool:
        for batch in batches:
            running.append(pool.submit(_signatures, batch, settings, marks))
            if len(running) > 2 * settings.processes:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def _signatures(
    batch: pa.RecordBatch, settings: DedupSettings, marks: Fingerprints | None
) -> tuple[pa.Table, pa.Table]:
    texts = batch["text"].to_pylist()
    digests = np.frombuffer(b"".join(map(exact_digest, texts)), np.uint64).reshape(-1, 2)
    columns = [
        batch["id"],
        pc.cast(pc.utf8_length(batch["text"]), pa.uint32()),
        _seconds(batch["fetched_at"]),
        *(pa.array(np.ascontiguousarray(column)) for column in digests.T),
    ]
    folded = fold(texts) if settings.near or marks is not None else None
    if folded is not None and settings.near:
        columns += [pa.array(np.ascontiguousarray(keys)) for keys in _keys(folded, settings).T]
    table = pa.table(columns, signature_schema(settings))
    if folded is None or marks is None:
        return table, HIT_SCHEMA.empty_table()
    return table, find_hits(folded, marks, settings.contaminated_share)


def _seconds(times: pa.Array) -> npt.NDArray[np.int64]:
    """Return RFC 3339 times in UTC as seconds; what is no such time as 0."""
    found = pc.strptime(times, format="%Y-%m-%dT%H:%M:%SZ", unit="s", error_is_null=True)
    return pc.fill_null(pc.cast(found, pa.int64()), 0)  # type: ignore[no-any-return]


def _keys(folded: Folded, settings: DedupSettings) -> Hashes:
    """Return (texts, bands) hashes, 0 for short texts."""
    texts, hashes = folded.grams(settings.ngram)
    count = len(folded.starts) - 1
    sketch = sketches(texts, hashes, count, settings.bands * settings.rows)
    short = np.diff(folded.starts) < SHORT * settings.ngram
    return np.where(short[:, None], np.uint64(0), band_keys(sketch, settings.bands))


def read_column(path: Path, name: str) -> npt.NDArray[np.generic]:
    """Return a copy of one column of numbers, and keep nothing of the file in memory."""
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
        return np.array(table[name].to_numpy())
