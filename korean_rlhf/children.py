"""Child processes that die with their parent, also when it is killed with SIGKILL."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

PARENT = "KOREAN_RLHF_PARENT"
"""Environment variable that tells a child which process it may not outlive."""
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def child(argv: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
    """Start `argv` as a process that is killed when this one ends, however it ends.

    Linux kills it through the kernel; elsewhere a korean-rlhf child watches its parent
    (`watch_parent`). `options` are those of subprocess.Popen.
    """
    environment = dict(options.pop("env", None) or os.environ) | {PARENT: str(os.getpid())}
    if sys.platform == "linux":
        options["preexec_fn"] = functools.partial(die_with_parent, os.getpid())
    return subprocess.Popen([os.fspath(part) for part in argv], env=environment, **options)


def die_with_parent(parent: int = 0) -> None:
    """Ask the Linux kernel to kill this process as soon as its parent is gone; else do nothing.

    `parent` is the process that started it, 0 for the one that is its parent now: a process that
    takes seconds to get here may be an orphan already, and would live for ever.
    """
    if sys.platform != "linux":
        return
    parent = parent or os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it died between the fork and the call
        os._exit(1)


def watch_parent(seconds: float = 1.0) -> None:
    """End this process when the parent that started it through `child` is gone."""
    parent = os.environ.get(PARENT)
    if parent is None or sys.platform == "linux":
        return

    def watch() -> None:
        while os.getppid() == int(parent):
            time.sleep(seconds)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def stop(process: subprocess.Popen[Any], *, patience: float = 5.0) -> None:
    """Ask `process` to end, and kill it when it has not after `patience` seconds."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdout, process.stderr, process.stdin):
        if stream is not None:
            stream.close()
