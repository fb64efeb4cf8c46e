"""What the benchmarks that kill share: marked processes, SIGKILL, and who lives on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MARK = "KOREAN_RLHF_BENCH_MARK"
SECONDS_TO_DIE = 2.0
"""What children get to notice that their parent is gone."""


def start(arguments: Sequence[str], mark: str = "", **options: Any) -> subprocess.Popen[bytes]:
    """Start `korean-rlhf` with these arguments; all its processes carry `mark`."""
    argv = [sys.executable, "-P", "-m", "korean_rlhf", *arguments]
    return subprocess.Popen(argv, env={**os.environ, MARK: mark}, **options)


def kill_after(seconds: float, process: subprocess.Popen[bytes]) -> bool:
    """Kill `process`, and none of its children, after `seconds`; return whether it still ran."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def survivors(mark: str) -> list[str]:
    """Return the processes that carry `mark` and have not died within SECONDS_TO_DIE."""
    time.sleep(SECONDS_TO_DIE)
    return carrying(mark)


def carrying(mark: str) -> list[str]:
    """Return the numbers of the processes that carry `mark`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{MARK}={mark}".encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def read(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file."""
    return dict(json.loads(path.read_text(encoding="utf-8")))
