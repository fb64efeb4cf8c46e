"""Flat OpenAssistant messages to trees, in any order and of any number: they wait in SQLite."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from korean_rlhf.errors import BadInput
from korean_rlhf.translate.reading.oasst import Node, is_left_out, make_node, records_of
from korean_rlhf.translate.reading.rows import Context, Line, Record, Unread, unread

TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE messages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, parent TEXT, row TEXT NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0
);
"""
_COLUMNS = "number, row"


def read_oasst(lines: Iterator[Line], context: Context) -> Iterator[Record | Unread]:
    """Read flat messages; memory holds one tree at a time, the rest a temporary database.

    A message whose parent is not in the file, or which names itself among its parents, belongs to
    no tree: it is unread, and so is all that hangs on it.
    """
    with _database() as database:
        file: Path | None = None
        for line in lines:
            file = line.file
            problem = _stored(line, database)
            if problem:
                yield unread(line, f"not a message: {problem}.")
        if file is None:
            return
        database.execute("CREATE INDEX parents ON messages (parent)")
        roots = database.execute(
            f"SELECT {_COLUMNS} FROM messages WHERE parent IS NULL ORDER BY number"
        )
        for number, row in roots:
            line = Line(file, number, json.loads(row))
            yield from records_of(*_tree(line, database, context))
        yield from _outside(file, database)


@contextmanager
def _database() -> Iterator[sqlite3.Connection]:
    with tempfile.TemporaryDirectory(prefix="korean-rlhf-") as folder:
        path = Path(folder) / "messages.sqlite"
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.executescript(TABLES)
            database.execute("BEGIN")  # one transaction: each insert alone would be flushed
            try:
                yield database
            except sqlite3.OperationalError as problem:
                raise BadInput(
                    f"The trees could not be put in order in {folder} ({problem}). Free some "
                    "space there, or name a larger folder in the environment variable TMPDIR."
                ) from None


def _stored(line: Line, database: sqlite3.Connection) -> str:
    """Put one message into the database; return what is wrong with it instead."""
    try:
        node = make_node(line.row)
        parent = str(line.row.get("parent_id") or "") or None
        database.execute(
            "INSERT INTO messages (number, id, parent, row) VALUES (?, ?, ?, ?)",
            (line.number, node.id, parent, json.dumps(line.row, ensure_ascii=False, default=str)),
        )
    except sqlite3.IntegrityError:
        return f"another row has its message_id {line.row['message_id']!r}"
    except (ValueError, TypeError) as problem:
        return str(problem)
    return ""


def _tree(line: Line, database: sqlite3.Connection, context: Context) -> tuple[Node, Line, Context]:
    """Return the tree whose first message stands in `line`, all its messages marked as seen."""
    root = make_node(line.row)
    pending = [(root, line.number, line.row, True)]
    while pending:
        node, number, row, kept = pending.pop()
        database.execute("UPDATE messages SET seen = 1 WHERE number = ?", (number,))
        kept = kept and not is_left_out(row)
        if not kept:
            context.notes["messages-taken-back"] += 1
        for place, content in database.execute(
            f"SELECT {_COLUMNS} FROM messages WHERE parent = ? ORDER BY number", (node.id,)
        ).fetchall():
            reply_row: dict[str, Any] = json.loads(content)
            reply = make_node(reply_row)
            if kept and not is_left_out(reply_row):
                node.replies.append(reply)
            pending.append((reply, place, reply_row, kept))
    return root, line, context


def _outside(file: Path, database: sqlite3.Connection) -> Iterator[Unread]:
    """Yield every message that no first message of a tree leads to."""
    rows = database.execute(f"SELECT {_COLUMNS}, parent FROM messages WHERE seen = 0")
    for number, row, parent in rows:
        line = Line(file, number, json.loads(row))
        yield unread(line, f"no tree leads to it: follow parent_id {parent!r} to see why.")
