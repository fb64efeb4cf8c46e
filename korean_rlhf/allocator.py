"""How the C library keeps memory that was freed."""

from __future__ import annotations

import ctypes
import sys

TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4
"""Names of glibc's mallopt(3)."""
PAD = 1 << 26
"""Bytes that the heap grows by at least."""


def keep_freed_memory() -> None:
    """Let this process use freed blocks again instead of giving them back to the kernel.

    By default glibc gives every block over 32 MiB at most, and often much smaller ones, back at
    once, and the next training step pays for fresh zeroed pages: with logits of 1 GiB that was
    three quarters of its time (docs/log.md). Other C libraries are left as they are.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(MMAP_MAX, 0)  # a threshold would do, but not for blocks of 2 GiB: it is an int
    mallopt(TRIM_THRESHOLD, -1)  # never
    mallopt(TOP_PAD, PAD)
