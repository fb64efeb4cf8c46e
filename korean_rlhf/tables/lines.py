"""Text files by line, compressed or not; what is torn or no UTF-8 is named with file and line."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from korean_rlhf.errors import BadInput, BadRecord, MissingInput


@contextmanager
def open_text(path: Path) -> Iterator[io.TextIOWrapper]:
    """Open a text file for reading, decompressed when its name ends in .zst or .gz.

    A byte that is no UTF-8 raises UnicodeDecodeError, a torn .zst or .gz file one of TORN.
    """
    if not path.is_file():
        raise MissingInput(path)
    with (
        open_bytes(path) as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig", newline="\n") as text,
    ):
        yield text


TORN = (zstd.ZstdError, gzip.BadGzipFile, zlib.error, EOFError)
"""What reading a compressed file raises when it is not whole."""


def open_bytes(path: Path) -> Any:
    """Open a file of bytes for reading, decompressed when its name ends in .zst or .gz."""
    if path.suffix == ".zst":
        return zstd.ZstdFile(path, "rb")
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line number from 1, line) of a text file.

    Raises:
        BadRecord: a line is not UTF-8.
        BadInput: a .zst or .gz file is torn.
    """
    with read_errors_named(path), open_text(path) as lines:
        yield from enumerate(lines, start=1)


@contextmanager
def read_errors_named(path: Path) -> Iterator[None]:
    """Turn what reading `path` raises into errors that name it, and the line where one is bad.

    Raises:
        BadRecord: a line is not UTF-8.
        BadInput: a .zst or .gz file is torn.
    """
    try:
        yield
    except UnicodeDecodeError:
        raise BadRecord(path, *_first_line_not_utf8(path)) from None
    except TORN as problem:
        raise BadInput(
            f"{path}: not a whole {path.suffix} file ({problem}). Fetch or write it again."
        ) from None


def _first_line_not_utf8(path: Path) -> tuple[int, str]:
    """Return its number, which text decoded ahead by blocks cannot tell, and what to do."""
    number = 1
    with open_bytes(path) as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode()
            except UnicodeDecodeError as problem:
                if problem.reason == "unexpected end of data" and problem.end == len(line):
                    return number, "torn within a character. Fetch or write the file again."
                break
    return number, f"not UTF-8. Convert the file: iconv -f CP949 -t UTF-8 {path.name}"
