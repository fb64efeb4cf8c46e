"""Files on disk: written whole or not at all, read whole or refused, and a disk that is full."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from korean_rlhf.errors import BadInput, NoSpace


def atomic_write_text(path: Path, text: str) -> None:
    """Write a whole file or nothing: a reader or a crash never sees half of it."""
    atomic_write_bytes(path, text.encode("utf-8"))


def atomic_write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file or nothing: a reader or a crash never sees half of it."""
    with published(path) as draft:
        draft.write_bytes(content)


@contextmanager
def published(path: Path) -> Iterator[Path]:
    """Yield a draft beside `path` that takes its place when the block ends well, else goes."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())  # a crash of the machine must not leave a name without content
        draft.replace(path)
    except BaseException as problem:
        if isinstance(problem, OSError) and problem.filename == str(draft):
            problem.filename = str(path)  # the name that says something to the user
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def read_json_object(path: Path, *, fix: str) -> dict[str, Any]:
    """Return the JSON object that a file holds.

    Raises:
        BadInput: it is torn or holds something else; the message ends with `fix`, a sentence.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:  # of bytes that are no UTF-8, too
        raise BadInput(f"{path}: not JSON ({problem}). {fix}") from None
    if not isinstance(found, dict):
        raise BadInput(f"{path}: not a JSON object. {fix}")
    return found


def file_digest(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digest(folder: Path, *, pattern: str = "*") -> str:
    """Return a digest of names and contents of the files in `folder`, hidden ones left out."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob(pattern)):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            total.update(f"{inside.as_posix()}\0{file_digest(path)}\n".encode())
    return total.hexdigest()


@contextmanager
def no_space_named(path: Path) -> Iterator[None]:
    """Turn the operating system's "no space left" into a sentence."""
    try:
        yield
    except NoSpace:
        raise
    except Exception as problem:
        if is_full(problem):
            raise NoSpace(path) from problem
        raise


def is_full(problem: BaseException) -> bool:
    """Whether the disk is full; libraries in C++ and Rust say so only in words."""
    if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return any(words in str(problem) for words in ("No space left on device", "disk is full"))


def whole_lines(path: Path) -> bytes:
    """Return a file of lines without the last one, if a kill has torn it; b"" without a file."""
    content = path.read_bytes() if path.is_file() else b""
    return content[: content.rfind(b"\n") + 1]


def open_behind_whole_lines(path: Path) -> BinaryIO:
    """Open a file of lines for more of them; a torn last line is cut off."""
    whole = len(whole_lines(path))
    file = path.open("r+b" if path.is_file() else "wb")
    file.truncate(whole)
    file.seek(whole)
    return file
