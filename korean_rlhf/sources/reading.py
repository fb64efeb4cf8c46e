"""What the readers share: the record they yield for a loss, and opening packed files."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from korean_rlhf.errors import BadInput, MissingInput
from korean_rlhf.records import Document, Drop

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@dataclass(frozen=True, slots=True)
class Dropped:
    """A page that a reader found and does not pass on."""

    document: Document
    drop: Drop


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a reader can go on without reading again what came before."""

    place: Any
    """For the reader alone; a JSON value."""


OPENERS: dict[str, Any] = {
    ".bz2": bz2.open,
    ".gz": gzip.open,
    ".xz": lzma.open,
    ".zst": zstd.open,
}
TORN = (EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error, zstd.ZstdError, OSError)
"""What the packers raise at the end of a file that was cut off."""


def open_packed(path: Path) -> IO[bytes]:
    """Open a file for reading as bytes, unpacked by its last suffix (.bz2, .gz, .xz, .zst).

    Raises:
        MissingInput: it is not there.
        BadInput: it is a .7z or .zip archive, which holds files and is none.
    """
    if not path.is_file():
        raise MissingInput(path)
    if path.suffix.lower() in (".7z", ".zip", ".tar", ".tgz"):
        raise BadInput(f"{path}: unpack it first (7z x {path.name}) and give the file inside.")
    opener = OPENERS.get(path.suffix.lower())
    return path.open("rb") if opener is None else cast("IO[bytes]", opener(path, "rb"))


def first_words(problem: BaseException) -> str:
    """Return what a parser complains of, without the piece of the file that it shows after it.

    >>> first_words(ValueError("not well-formed: line 1, column 0: b'{...'"))
    'not well-formed: line 1, column 0'
    """
    said = problem.args[0] if problem.args else problem
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(problem)
    return text.partition("\n")[0].partition(": b'")[0].partition(': b"')[0][:200].strip()


def bare_suffix(path: Path) -> str:
    """Return the suffix that says what a file holds, the packer's left out, in lower case.

    >>> bare_suffix(Path("kowiki.xml.bz2")), bare_suffix(Path("소설.TXT"))
    ('.xml', '.txt')
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in OPENERS:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""
