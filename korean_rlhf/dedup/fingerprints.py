"""Files of fingerprints: hashed character n-grams of a benchmark, without its text.

Layout, little-endian: 8 bytes of MAGIC, the length of the header (uint32), the header (JSON, UTF-8:
a Header), then hashes (uint64, sorted, `hashes` of them), the item each belongs to (uint32), and
the distinct n-grams of each item (uint32, `items` of them). An n-gram of two items stands twice.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from korean_rlhf.dedup.grams import Hashes, fold
from korean_rlhf.disk import atomic_write_bytes
from korean_rlhf.errors import BadInput, MissingInput, SettingsError
from korean_rlhf.tables import require_some, rows, shards

MAGIC = b"KRFPRNT1"
SUFFIX = ".fingerprints"
NGRAM = 20
"""Characters in one n-gram, spaces and punctuation left out: see docs/benchmarks.md."""
_NO_TEXT = ("id", "guid", "url", "source", "license")
"""Fields of a row that are no text of the benchmark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file of fingerprints says about itself."""

    name: str
    """Name of the benchmark, e.g. "kobest"."""

    version: str
    """Version of the benchmark."""

    license: str
    """Licence of the benchmark: it decides whether the fingerprints may be passed on."""

    n: int
    """Characters in one n-gram."""

    hashes: int
    """Hashes in the file."""

    items: int
    """Items with at least one n-gram."""

    short: int
    """Items left out, for all their text together has fewer than n characters."""

    files: tuple[str, ...]
    """Names of the files it was made from."""


@dataclass(frozen=True, slots=True)
class FingerprintFile:
    """One benchmark: the items of which n-grams a text holds can be looked up by hash."""

    header: Header
    hashes: Hashes
    """(hashes,) sorted."""
    items: npt.NDArray[np.uint32]
    """(hashes,) the item of each."""
    sizes: npt.NDArray[np.uint32]
    """(items,) distinct n-grams of each item."""
    places: npt.NDArray[np.uint32]
    """(items, 2) number of the file in the header, and of the row in it, from 1."""

    def label(self, item: int) -> str:
        """Return the name of an item: "copa_test.tsv:17"."""
        file, row = self.places[item].tolist()
        return f"{self.header.files[file]}:{row}"


def build(
    inputs: Sequence[Path],
    out: Path,
    *,
    name: str = "",
    version: str = "",
    license: str = "",
    n: int = NGRAM,
    fields: Sequence[str] = (),
) -> Header:
    """Write the fingerprints of benchmark files to `out`; each row of theirs is an item.

    An item is all texts in `fields`, of every field but ids and addresses when none is named. No
    n-gram spans two texts, but where each is shorter than n: then they are joined in their order,
    as they stand in a copy of the benchmark. The text itself cannot be read back from the file.

    Raises:
        SettingsError: n is below 1.
        BadInput: an input holds no records.
    """
    if n < 1:
        raise SettingsError("ngram must be at least 1.")
    files = [file for path in inputs for file in shards(path)]
    found = _Items()
    for number, file in enumerate(files):
        found.read(number, file, fields, n)
    header = Header(
        name=name or out.name.removesuffix(SUFFIX),
        version=version,
        license=license,
        n=n,
        hashes=sum(map(len, found.hashes)),
        items=len(found.places),
        short=found.short,
        files=tuple(file.name for file in files),
    )
    _write(out, header, found)
    return header


@dataclass
class _Items:
    """What was read of a benchmark so far."""

    hashes: list[Hashes] = field(default_factory=list)
    """Of each item, distinct and sorted."""
    places: list[tuple[int, int]] = field(default_factory=list)
    short: int = 0

    def read(self, number: int, file: Path, fields: Sequence[str], n: int) -> None:
        """Take the items of one file, which is the `number`-th of the benchmark."""
        row = 0
        for row, (_, record) in enumerate(rows(file), start=1):
            found = _item_hashes(list(_texts(record, fields)), n)
            if len(found):
                self.hashes.append(found)
                self.places.append((number, row))
            else:
                self.short += 1
        require_some(file, row)


def _item_hashes(texts: Sequence[str], n: int) -> Hashes:
    """Return the distinct hashes of the n-grams of an item; none when all of it is too short."""
    hashes = fold(texts).grams(n)[1]
    if not len(hashes):
        hashes = fold(["".join(texts)]).grams(n)[1]
    found: Hashes = np.unique(hashes)
    return found


def _texts(value: Any, fields: Sequence[str]) -> Iterator[str]:
    """Yield every text in a record, also in lists and objects inside it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, ())
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in fields if fields else key not in _NO_TEXT:
                yield from _texts(inner, ())


def _write(out: Path, header: Header, found: _Items) -> None:
    sizes = np.array([len(hashes) for hashes in found.hashes], "<u4")
    every = np.concatenate([np.zeros(0, np.uint64), *found.hashes]).astype("<u8")
    owners = np.repeat(np.arange(len(sizes), dtype="<u4"), sizes)
    order = np.lexsort((owners, every))
    said = json.dumps(asdict(header), ensure_ascii=False).encode()
    parts = [
        MAGIC + struct.pack("<I", len(said)) + said,
        every[order].tobytes(),
        owners[order].tobytes(),
        sizes.tobytes(),
        np.asarray(found.places, "<u4").tobytes(),
    ]
    out.parent.mkdir(parents=True, exist_ok=True)
    atomic_write_bytes(out, b"".join(parts))


def load(path: Path) -> FingerprintFile:
    """Read a file of fingerprints.

    Raises:
        MissingInput: it is not there.
        BadInput: it is no such file, or torn.
    """
    if not path.is_file():
        raise MissingInput(path, f"korean-rlhf fingerprints FILES --out {path}")
    content = path.read_bytes()
    try:
        return _parse(content)
    except (ValueError, TypeError, struct.error):
        raise BadInput(
            f"{path}: no whole file of fingerprints. Make it again: korean-rlhf fingerprints."
        ) from None


def _parse(content: bytes) -> FingerprintFile:
    if content[: len(MAGIC)] != MAGIC:
        raise ValueError("other magic")
    (length,) = struct.unpack_from("<I", content, len(MAGIC))
    begin = len(MAGIC) + 4
    told = json.loads(content[begin : begin + length])
    header = Header(**{**told, "files": tuple(told["files"])})
    arrays, offset = [], begin + length
    for kind, count in (("<u8", header.hashes), ("<u4", header.hashes), ("<u4", header.items),
                        ("<u4", 2 * header.items)):  # fmt: skip
        arrays.append(np.frombuffer(content, kind, count, offset))
        offset += arrays[-1].nbytes
    if offset != len(content):
        raise ValueError("bytes left over")
    hashes, items, sizes, places = arrays
    return FingerprintFile(header, hashes, items, sizes, places.reshape(-1, 2))
