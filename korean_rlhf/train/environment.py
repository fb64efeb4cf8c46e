"""What to put into the environment of a process that trains. Imports nothing."""

from __future__ import annotations

TRAINING_ENVIRONMENT: dict[str, str] = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 34),
    "MALLOC_TOP_PAD_": str(1 << 26),
}
"""Thresholds of glibc's malloc, in bytes, for whoever starts a training process on a CPU.

By default glibc gives every block over 32 MiB at most, and often much smaller ones, back to the
kernel at once, and the next training step pays for fresh zeroed pages. The names end in an
underscore; other C libraries ignore them. They only work when set before the process starts.
"""
