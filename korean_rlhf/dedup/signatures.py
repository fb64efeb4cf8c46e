"""What a document is compared by: a digest of its letters, and a MinHash of its n-grams."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from korean_rlhf.engine import daft
from korean_rlhf.ngrams import normalise_for_matching
from korean_rlhf.settings.dedup import DedupSettings
from korean_rlhf.tables import parquet_batches, write_parquet

SHORT = 4
"""A document of fewer n-grams is compared exactly only: a single word would decide."""
_SPACE = re.compile(r"\s+")
_AT_ONCE = 2048
"""Documents hashed together: their spaced-out text is what takes memory here."""
_SCHEMA = pa.schema([("id", pa.string()), ("characters", pa.int64()), ("digest", pa.binary(16))])
_BANDS = pa.field("band", pa.list_(pa.uint64()))


def exact_digest(text: str) -> bytes:
    """Return a digest that is equal for texts equal but for spaces, case and Unicode form.

    >>> exact_digest("서울은 넓다. A") == exact_digest("서울은  넓다.a")
    True
    >>> exact_digest("3.5점") == exact_digest("35점")
    False
    """
    folded = _SPACE.sub("", unicodedata.normalize("NFC", text)).casefold()
    return hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=16).digest()


def write_signatures(shard: Path, folder: Path, settings: DedupSettings) -> None:
    """Write exact digests and MinHash signatures of one shard to a file of its name, once.

    Columns: id, characters (length of the text), digest, and `band`: for each band one hash, empty
    for a short document.
    """
    target = folder / shard.name
    if target.is_file():
        return
    parts = [_signatures(batch, settings) for batch in parquet_batches(shard, _AT_ONCE)]
    schema = _SCHEMA.append(_BANDS) if settings.near else _SCHEMA
    write_parquet(target, pa.concat_tables(parts) if parts else schema.empty_table())


def _signatures(batch: pa.RecordBatch, settings: DedupSettings) -> pa.Table:
    texts = batch["text"].to_pylist()
    table = pa.table(
        {
            "id": batch["id"],
            "characters": pc.cast(pc.utf8_length(batch["text"]), pa.int64()),
            "digest": pa.array([exact_digest(text) for text in texts], pa.binary(16)),
        },
        _SCHEMA,
    )
    if not settings.near:
        return table
    matched = [normalise_for_matching(text) for text in texts]
    return table.append_column(_BANDS, _bands(matched, settings))


def _bands(matched: list[str], settings: DedupSettings) -> pa.ListArray:
    """Return for each text one 64-bit hash a band; a short text has none."""
    shortest = SHORT * settings.ngram
    long = [place for place, text in enumerate(matched) if len(text) >= shortest]
    width = settings.bands
    hashes = _band_hashes([matched[place] for place in long], settings)
    sizes = np.zeros(len(matched) + 1, np.int32)
    sizes[np.asarray(long, np.int64) + 1] = width
    return pa.ListArray.from_arrays(pa.array(np.cumsum(sizes, dtype=np.int32)), pa.array(hashes))


def _band_hashes(texts: list[str], settings: DedupSettings) -> npt.NDArray[np.uint64]:
    """Return texts x bands hashes, row after row, from Daft's MinHash.

    Daft cuts a text at its spaces, so a space goes between every two characters: its n-grams of
    words are then our n-grams of characters.
    """
    if not texts:
        return np.zeros(0, np.uint64)
    count = settings.bands * settings.rows
    frame = daft().from_pydict({"text": [" ".join(text) for text in texts]})
    from daft.functions import minhash as daft_minhash

    minhash = daft_minhash(frame["text"], num_hashes=count, ngram_size=settings.ngram, seed=1)
    column = frame.select(minhash.alias("hashes")).to_arrow()["hashes"].combine_chunks()
    values = column.flatten().to_numpy().astype(np.uint64)
    rows = values.reshape(len(texts) * settings.bands, settings.rows)
    mixed = np.zeros(len(rows), np.uint64)
    for place in range(settings.rows):
        mixed = (mixed ^ rows[:, place]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed
