"""What a reasoning model says aloud, told from what it thinks before."""

from __future__ import annotations

BEGIN, END = "<think>", "</think>"


def without_thoughts(text: str) -> str | None:
    """Return what follows the thoughts of a model, None when it never came so far.

    >>> without_thoughts("<think>긍정일까?</think>부정"), without_thoughts("부정")
    ('부정', '부정')
    >>> without_thoughts("<think>긍정일까?") is None
    True
    """
    _, mark, after = text.rpartition(END)
    return None if not mark and BEGIN in text else after
