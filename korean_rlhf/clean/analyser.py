"""Kiwi, the analyser of Korean: one for all of `clean` that asks it."""

from __future__ import annotations

import functools
from typing import Any


@functools.cache
def kiwi() -> Any:
    """Return the analyser of this process, loaded when first needed.

    It takes seconds and half a gigabyte.
    """
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1, load_multi_dict=False)
