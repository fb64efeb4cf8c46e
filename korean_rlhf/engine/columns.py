"""Daft, for work on whole columns."""

from __future__ import annotations

import os
from typing import Any


def daft() -> Any:
    """Return the Daft module with its telemetry off; it runs here unless `running_on` said Ray."""
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("DAFT_ANALYTICS_ENABLED", "0")
    os.environ.setdefault("DAFT_PROGRESS_BAR", "0")
    import daft as module

    return module
