"""Freed blocks are used again: the kernel zeroes their pages once and not at each use."""

import ctypes
import subprocess
import sys

import pytest

USE_A_BLOCK_OFTEN = """
import ctypes, resource
{first}
size = 64 << 20
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes, libc.free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
for turn in range(11):
    block = libc.malloc(size)
    ctypes.memset(block, 1, size)
    libc.free(block)
    if turn == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(first: str) -> int:
    """Return the page faults of ten uses of a block of 64 MiB after the first one."""
    code = USE_A_BLOCK_OFTEN.format(first=first)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"), reason="glibc only")
def test_a_freed_block_is_used_again():
    kept = page_faults("from korean_rlhf.allocator import keep_freed_memory; keep_freed_memory()")

    assert kept < 50 < page_faults("pass")


def test_a_command_asks_for_it(monkeypatch, capsys):
    from korean_rlhf import allocator
    from korean_rlhf.cli.main import main

    asked = []
    monkeypatch.setattr(allocator, "keep_freed_memory", lambda: asked.append(True))

    assert main(["where"]) in (0, 1)
    assert asked == [True]
