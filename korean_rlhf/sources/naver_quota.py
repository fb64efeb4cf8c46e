"""How many calls of Naver's Open API an application made today, counted over all runs."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

from korean_rlhf.disk import atomic_write_text
from korean_rlhf.errors import StageFailed

KOREA = timezone(timedelta(hours=9))
"""Naver's day begins at midnight in Seoul."""
FILE = "naver-calls.json"


@dataclass(frozen=True, slots=True)
class DailyQuota:
    """The calls that are left today.

    They are kept in a file of the user, not of a run: the limit is the application's, whatever
    folder its results go to. The id stands there as a hash.
    """

    client_id: str
    limit: int
    path: Path

    def spend(self, now: datetime) -> None:
        """Count one call, before it is made, so that a killed run has counted it too.

        Raises:
            StageFailed: the day's calls are used up.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        day = now.astimezone(KOREA).date().isoformat()
        with FileLock(self.path.with_suffix(".lock")):
            spent = self._read(day)
            name = sha256(self.client_id.encode()).hexdigest()[:12]
            if spent.get(name, 0) >= self.limit:
                raise StageFailed(
                    f"The {self.limit} calls of today ({day}, Korean time) are used up. Run the "
                    "same command again tomorrow: it goes on where it was."
                )
            spent[name] = spent.get(name, 0) + 1
            atomic_write_text(self.path, json.dumps({"day": day, "calls": spent}) + "\n")

    def _read(self, day: str) -> dict[str, int]:
        """Return the calls of `day` by application; a torn file counts as none."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            return dict(found["calls"]) if found["day"] == day else {}
        except (OSError, ValueError, KeyError, TypeError):
            return {}


def state_file() -> Path:
    """Return where the calls are counted: in $XDG_STATE_HOME, else in ~/.local/state."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "korean-rlhf" / FILE
