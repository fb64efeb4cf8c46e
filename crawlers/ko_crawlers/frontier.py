"""frontier.sqlite: every address that a crawl knows, and how far it is with each.

What is written here survives SIGKILL: SQLite's write-ahead log hands each transaction to the system
at once. An address is done only when its answer is archived and its links stand here, which happens
in one transaction with it; so a killed crawl loses at most what was in flight, and asks for that
again. Scrapy's own queue (JOBDIR) is written when a crawl stops in good order only.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from w3lib.url import canonicalize_url

from korean_rlhf.errors import BadInput

IN_FLIGHT, DONE, FAILED = 1, 2, 3
"""States beside 0, pending. FAILED: nothing came, or an answer that another run may better, for
which it is pending again."""
LONGEST = 2083
"""Characters of an address; longer ones come from sites that append to their own links."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS address (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    depth INTEGER NOT NULL,
    retries INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 0,
    was_asked INTEGER NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS next_of_host ON address (host, retries, depth, number) WHERE state = 0;
"""

TRY_AGAIN = """
UPDATE address SET state = 0, retries = 0, facts = json_remove(facts, '$.retry_times')
WHERE state IN (1, 3) OR (state = 0 AND retries > 0)
"""


@dataclass(frozen=True, slots=True)
class Address:
    """One address to ask for."""

    number: int
    url: str
    depth: int
    """Links away from a start page."""
    facts: Mapping[str, Any]
    """What a retry or a redirect has to know of the attempts before it."""


@dataclass
class Frontier:
    """The addresses of one crawl, breadth first, each once; in memory when it has no path.

    Raises:
        BadInput: the file is no SQLite database.
    """

    path: Path | None = None
    asked: int = 0
    """Addresses that the spider asked for; those that redirects led to are not counted."""
    waiting: dict[str, int] = field(default_factory=dict)
    """Host -> its pending addresses; the host that was served last comes last."""
    broken: str = ""
    """Why nothing more can be written, as on a full disk; the file is as it was before."""

    def __post_init__(self) -> None:
        self._db = sqlite3.connect(self.path or ":memory:")
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(SCHEMA)
        except sqlite3.DatabaseError as problem:
            self._db.close()
            raise BadInput(
                f"{self.path} is damaged ({problem}). Delete it and run again: what the archive "
                "holds is not fetched anew."
            ) from None
        with self._db:
            self._db.execute(TRY_AGAIN)
        self.waiting.update(
            self._rows("SELECT host, COUNT(*) FROM address WHERE state = 0 GROUP BY 1")
        )
        self.asked = self._rows("SELECT COALESCE(SUM(was_asked), 0) FROM address")[0][0]

    def add(self, urls: Iterable[str], depth: int, *, most: int | None = None) -> None:
        """Note addresses that are not known yet, as long as no more than `most` were asked for."""
        with self._writing():
            self._add(urls, depth, most)

    def finish(
        self,
        number: int,
        urls: Iterable[str] = (),
        depth: int = 0,
        *,
        most: int | None = None,
        failed: bool = False,
    ) -> None:
        """Note that an address is done, together with the addresses that it linked to."""
        with self._writing():
            self._add(urls, depth, most)
            self._set(number, FAILED if failed else DONE)

    def retry(self, number: int, facts: Mapping[str, Any]) -> None:
        """Put an address back, behind those that were not tried yet."""
        change = "UPDATE address SET state = 0, retries = retries + 1, facts = ? WHERE number = ?"
        with self._writing():
            self._db.execute(change, (json.dumps(dict(facts)), number))
        ((host,),) = self._rows("SELECT host FROM address WHERE number = ?", number)
        self._count(host)

    def redirect(self, number: int, url: str, depth: int, facts: Mapping[str, Any]) -> bool:
        """Note that an address led to another; return whether that one is new."""
        with self._writing():
            self._set(number, DONE)
            return self._insert(url, depth, was_asked=False, facts=facts)

    def take(self, avoid: Collection[str] = ()) -> Address | None:
        """Return the next address of the host that has waited longest; None if all must wait."""
        host = next((host for host in self.waiting if host not in avoid), None)
        if host is None:
            return None
        ((number, url, depth, facts),) = self._rows(
            "SELECT number, url, depth, facts FROM address WHERE state = 0 AND host = ? "
            "ORDER BY retries, depth, number LIMIT 1",
            host,
        )
        with self._writing():
            self._set(number, IN_FLIGHT)
        left = self.waiting.pop(host) - 1
        if left:
            self.waiting[host] = left
        return Address(number, url, depth, json.loads(facts))

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._db:
                yield
        except sqlite3.Error as problem:
            self.broken = str(problem)
            raise

    def _add(self, urls: Iterable[str], depth: int, most: int | None) -> None:
        for url in urls:
            if most is not None and self.asked >= most:
                return
            self.asked += self._insert(url, depth, was_asked=True)

    def _insert(
        self, url: str, depth: int, *, was_asked: bool, facts: Mapping[str, Any] | None = None
    ) -> bool:
        host = host_of(url)
        if not host or len(url) > LONGEST:
            return False
        url = urldefrag(url).url
        new = self._db.execute(
            "INSERT OR IGNORE INTO address (key, url, host, depth, was_asked, facts) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (key(url), url, host, depth, was_asked, json.dumps(dict(facts or {}))),
        ).rowcount
        if new:
            self._count(host)
        return bool(new)

    def _count(self, host: str) -> None:
        self.waiting[host] = self.waiting.get(host, 0) + 1

    def _set(self, number: int, state: int) -> None:
        self._db.execute("UPDATE address SET state = ? WHERE number = ?", (state, number))

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with closing(self._db.execute(query, values)) as found:
            return found.fetchall()


def host_of(url: str) -> str:
    """Return the host and port of a page's address, "" for any other.

    >>> host_of("http://a.kr:80/b"), host_of("ftp://a.kr/b"), host_of("http://[a/")
    ('a.kr:80', '', '')
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  it raises for one that is no number
    except ValueError:
        return ""
    return parts.netloc if parts.scheme in ("http", "https") else ""


def key(url: str) -> bytes:
    """Return what two spellings of one address have in common, in 16 bytes.

    >>> key("http://a.kr/?b=2&a=1#top") == key("http://a.kr/?a=1&b=2")
    True
    """
    return blake2b(canonicalize_url(url).encode(), digest_size=16).digest()
