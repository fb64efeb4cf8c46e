"""Answers of a model as they come, on disk: a killed sweep goes on with the next request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np


class Journal:
    """Answers by request, one JSON line each, of one model to one task.

    The path says which model, data and prompts they belong to. A line that a kill has torn counts
    as not written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, Any] = {}
        """Answers by the key of their request."""
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = self._read()
        self._file = path.open("r+b" if path.exists() else "wb")
        self._file.truncate(whole)
        self._file.seek(whole)

    def _read(self) -> int:
        """Take what is known; return how many bytes of the file are whole lines."""
        if not self.path.is_file():
            return 0
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        for line in content[:whole].splitlines():
            key, answer = json.loads(line)
            self.known[key] = answer
        return whole

    def add(self, answers: Mapping[str, Any]) -> None:
        """Write answers down before anybody counts on them."""
        self.known.update(answers)
        lines = (json.dumps(pair, ensure_ascii=False) + "\n" for pair in answers.items())
        self._file.write("".join(lines).encode())
        self._file.flush()

    def forget(self) -> None:
        """Delete the file: its answers stand in the task's items now."""
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def request_key(*parts: Iterable[int], options: str = "") -> str:
    """Return the key of a request: its tokens, and for written answers how they are sampled."""
    total = hashlib.blake2b(options.encode(), digest_size=16)
    for part in parts:
        tokens = np.fromiter(part, dtype=np.int64)
        total.update(len(tokens).to_bytes(8, "little") + tokens.tobytes())
    return total.hexdigest()
