"""Which rows a network reads together: those of like length, and no more than pay."""

from __future__ import annotations

from collections.abc import Sequence

TOKENS_AT_ONCE = {"cpu": 1024, "cuda": 16384}
"""Most tokens of a pass, padding included, by kind of device.

CPU: PPO's passes over 128 answers to prompts of 15 to 82 tokens, 4.3 M parameters, bf16, one
thread, in turns: 512 takes 5 % longer, 2,048 4 to 17 %, 4,096 15 %, all at once 49 to 71 %. The
GPU's number is a guess.
"""


def passes(lengths: Sequence[int], device: str) -> list[list[int]]:
    """Return all rows in passes: sorted by length, each pass within TOKENS_AT_ONCE when padded.

    Padding costs as much time and memory as a token. The longest rows are taken first, so that it
    is the short ones that are left to a pass of few rows. A row that is too long is read alone.

    Args:
        lengths: Tokens of each row, at least 1.
        device: "cpu" or "cuda", without a number.
    """
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    most = TOKENS_AT_ONCE.get(device, TOKENS_AT_ONCE["cuda"])
    found = []
    while order:
        count = max(1, most // lengths[order[-1]])
        found.append(order[-count:])
        del order[-count:]
    return found[::-1]
