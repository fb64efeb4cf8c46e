"""crawl.jsonl: one row for each address that a crawl came to, fetched or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO


class CrawlLog:
    """Append rows to crawl.jsonl, each flushed at once; a torn last row is cut off first.

    Row: url, status (null when nothing came), time (RFC 3339, UTC), depth (links away from a start
    page), blocked (why the page itself was not had, or ""), error (of the network, or "").
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settled: set[str] = set()
        """Addresses with a row that another attempt would not change."""
        self._file: IO[str] | None = None

    def open(self) -> None:
        """Read the rows that are there and get ready to append."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            self._read_back()
        self._file = self.path.open("a", encoding="utf-8")

    def write(
        self, url: str, status: int | None, time: str, depth: int, *, blocked: str, error: str = ""
    ) -> None:
        """Append one row."""
        if self._file is None:
            raise ValueError("the log is not open")
        row = {"url": url, "status": status, "time": time, "depth": depth}
        row |= {"blocked": blocked, "error": error}
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._file.flush()
        if not error:
            self.settled.add(url)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read_back(self) -> None:
        whole = 0
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                row = json.loads(line)
                if not row["error"]:
                    self.settled.add(row["url"])
        with self.path.open("r+b") as file:
            file.truncate(whole)
