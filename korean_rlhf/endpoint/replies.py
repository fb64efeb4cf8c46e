"""Answers of model servers, kept by the content of the question in one SQLite file.

Several threads and processes may share a file: who is about to pay for an answer claims it first,
and the others wait for it. A claim dies with its process.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.errors import EndpointError

TABLES = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, text TEXT NOT NULL, finish_reason TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claims (
    key TEXT PRIMARY KEY, host TEXT NOT NULL, process INTEGER NOT NULL, until REAL NOT NULL
) WITHOUT ROWID;
"""
BUSY_SECONDS = 60.0
"""How long one process waits for another's write before SQLite calls the file locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server answered."""

    text: str
    finish_reason: str = ""
    """ "stop", or "length" when the answer was cut."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached: bool = False
    """It was paid for earlier."""


class ReplyCache:
    """One SQLite file of replies; every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._me = (socket.gethostname(), os.getpid())
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            with _named(path):
                # A write survives the death of the process at once (WAL); NORMAL gives up only
                # the last replies when the machine loses power.
                _write_ahead(self._database)
                self._database.execute("PRAGMA synchronous = NORMAL")
                self._database.executescript(TABLES)
        except EndpointError:
            self._database.close()
            raise

    def take(self, key: str, seconds: float) -> Reply | bool:
        """Return the reply kept under `key`, True when the caller shall pay for it, else False.

        True claims the key for `seconds`; False means that another holds a living claim.
        """
        kept, mine, _ = self.take_all([key], seconds)
        return kept.get(key, bool(mine))

    def take_all(
        self, keys: Sequence[str], seconds: float
    ) -> tuple[dict[str, Reply], list[str], list[str]]:
        """Return the replies kept, the keys now claimed for `seconds`, and those claimed by others.

        Who has claimed a key pays for it, and puts or releases it before waiting for another's: so
        no two callers ever wait for each other.
        """
        with self._transaction() as database:
            kept = _kept(database, keys)
            mine: list[str] = []
            others: list[str] = []
            for key in keys:
                if key in kept:
                    continue
                claim = database.execute(
                    "SELECT host, process, until FROM claims WHERE key = ?", (key,)
                ).fetchone()
                (others if claim and self._lives(*claim) else mine).append(key)
            until = time.time() + seconds
            database.executemany(
                "INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?)",
                [(key, *self._me, until) for key in mine],
            )
            return kept, mine, others

    def kept(self, keys: Sequence[str]) -> dict[str, Reply]:
        """Return the replies kept under `keys`, claiming nothing."""
        with self._transaction() as database:
            return _kept(database, keys)

    def renew(self, keys: Sequence[str], seconds: float) -> None:
        """Hold the claims on `keys` for `seconds` from now."""
        until = time.time() + seconds
        with self._transaction() as database:
            database.executemany(
                "UPDATE claims SET until = ? WHERE key = ?", [(until, key) for key in keys]
            )

    def put(self, key: str, reply: Reply) -> None:
        """Keep `reply` and end the claim on it; it is on disk when this returns."""
        self.put_all({key: reply})

    def put_all(self, replies: Mapping[str, Reply]) -> None:
        """Keep each reply under its key and end the claims; all are on disk when this returns."""
        rows = [
            (key, each.text, each.finish_reason, each.prompt_tokens, each.completion_tokens)
            for key, each in replies.items()
        ]
        with self._transaction() as database:
            database.executemany("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?)", rows)
            database.executemany("DELETE FROM claims WHERE key = ?", [(key,) for key in replies])

    def release(self, key: str) -> None:
        """Give up the claim on `key`."""
        self.release_all([key])

    def release_all(self, keys: Sequence[str]) -> None:
        """Give up the claims on `keys`."""
        with self._transaction() as database:
            database.executemany(
                "DELETE FROM claims WHERE key = ? AND host = ? AND process = ?",
                [(key, *self._me) for key in keys],
            )

    def __len__(self) -> int:
        with self._transaction() as database:
            return int(database.execute("SELECT count(*) FROM replies").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _named(self.path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _lives(self, host: str, process: int, until: float) -> bool:
        """Whether a claim still holds: not run out, and its process not seen to be dead."""
        if time.time() >= until:
            return False
        if host != self._me[0]:
            return True
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def _kept(database: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Reply]:
    """Return the replies that stand under `keys`."""
    found = {}
    for key in keys:
        row = database.execute(
            "SELECT text, finish_reason, prompt_tokens, completion_tokens "
            "FROM replies WHERE key = ?",
            (key,),
        ).fetchone()
        if row:
            text, finish_reason, prompt_tokens, completion_tokens = row
            found[key] = Reply(
                text=text,
                finish_reason=finish_reason,
                prompt_tokens=prompt_tokens,
                completion_tokens=completion_tokens,
            )
    return found


def _write_ahead(database: sqlite3.Connection) -> None:
    """Switch to WAL; two processes that do so at once meet a lock that SQLite does not wait for."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem) or time.monotonic() > until:
                raise
            time.sleep(0.02)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turn what SQLite says into a sentence with the file's name."""
    try:
        yield
    except sqlite3.Error as problem:
        raise EndpointError(
            f"{path} cannot be used as the cache of answers: {problem}. "
            "Delete it if it holds something else, or choose another file with --cache."
        ) from problem
