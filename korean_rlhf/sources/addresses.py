"""Where in an archive each address is, sorted by address, on disk and not in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import NamedTuple

from korean_rlhf.errors import NoSpace


class Place(NamedTuple):
    """One answer in an archive."""

    url: str
    file: int
    """Number of the file."""
    offset: int
    """Byte in it."""
    is_last: bool
    """No later answer to this address follows."""


class Addresses:
    """Collects places and gives them back by address, then by place in the archive.

    SQLite keeps and sorts them in temporary files that go with the process: memory is some
    megabytes, the disk takes about twice the addresses.

    Raises:
        NoSpace: the disk of temporary files is full.

    >>> found = Addresses()
    >>> for url, offset in (("b", 0), ("a", 9), ("b", 20)):
    ...     found.add(url, 0, offset)
    >>> [(place.url, place.offset, place.is_last) for place in found.ordered()]
    [('a', 9, True), ('b', 0, False), ('b', 20, True)]
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._run("CREATE TABLE answer (url BLOB, file INTEGER, offset INTEGER)")
        self._run("BEGIN")

    def add(self, url: str, file: int, offset: int) -> None:
        """Take one place."""
        key = url.encode("utf-8", "surrogatepass")  # its bytes sort as its characters do
        self._run("INSERT INTO answer VALUES (?, ?, ?)", key, file, offset)

    def ordered(self) -> Iterator[Place]:
        """Yield all places, those of one address next to each other, the last of them marked."""
        rows = self._run("SELECT url, file, offset FROM answer ORDER BY url, file, offset")
        for (url, file, offset), after in pairwise(chain(rows, [(None, 0, 0)])):
            yield Place(url.decode("utf-8", "surrogatepass"), file, offset, after[0] != url)

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def _run(self, command: str, *values: bytes | int) -> sqlite3.Cursor:
        try:
            return self._database.execute(command, values)
        except sqlite3.OperationalError:
            raise NoSpace("the temporary files (TMPDIR)") from None
