"""Answers of a model as they come, on disk: a killed sweep goes on with the next request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from korean_rlhf.disk import open_behind_whole_lines, whole_lines


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
        self.known.update(map(json.loads, whole_lines(path).splitlines()))
        self._file = open_behind_whole_lines(path)

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
