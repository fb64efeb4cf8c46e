"""The 95 % interval of a score, and whether guessing lies in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from korean_rlhf.evaluate import labels
from korean_rlhf.evaluate.statistics import wilson_interval

Z = 1.959964
"""Half width of a 95 % interval in standard errors."""


def interval(metric: str, figure: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the 95 % interval of {"value", "stderr", "n"}, None where the error is unknown.

    A share stays within 0 and 1. Where all items agree, the error of their mean is 0, which claims
    too much: Wilson's interval then stands in its place, over "units", the independent items or
    clusters (older scores do not tell them: over the items).

    >>> low, high = interval("acc", {"value": 0.25, "stderr": 0.125, "n": 13})
    >>> round(low, 3), round(high, 3)
    (0.005, 0.495)
    >>> low, high = interval("acc", {"value": 1.0, "stderr": 0.0, "n": 10})
    >>> round(low, 3), round(high, 3)
    (0.722, 1.0)
    """
    value, stderr = float(figure["value"]), figure["stderr"]
    if stderr is None or not math.isfinite(value + stderr):
        return None
    if not labels.is_share(metric):
        return value - Z * stderr, value + Z * stderr
    if stderr == 0.0 and value in (0.0, 1.0):
        units = int(figure.get("units") or figure["n"])
        return wilson_interval(round(value * units), units)
    return max(0.0, value - Z * stderr), min(1.0, value + Z * stderr)


def holds(bounds: tuple[float, float] | None, level: float | None) -> bool:
    """Whether `level` (what guessing gets) lies in an interval; not where one is unknown."""
    return bounds is not None and level is not None and bounds[0] <= level <= bounds[1]
