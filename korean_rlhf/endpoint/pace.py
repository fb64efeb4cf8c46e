"""How fast requests may start, and how many may be under way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from korean_rlhf.settings.endpoint import ServerSettings


class Pace:
    """Spaces the starts of requests over all threads; a server's wish to wait holds for all.

    A request of many characters holds the next one back for the time that they take at
    `characters_per_minute`.
    """

    def __init__(
        self, per_second: float | None, characters_per_minute: float | None = None
    ) -> None:
        self._gap = 1.0 / per_second if per_second else 0.0
        self._gap_of_character = 60.0 / characters_per_minute if characters_per_minute else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self, sleep: Callable[[float], None], characters: int = 0) -> None:
        """Sleep until the next request, of so many characters, may start."""
        while True:
            with self._lock:
                now = time.monotonic()
                if now >= self._next:
                    self._next = now + max(self._gap, characters * self._gap_of_character)
                    return
                gap = self._next - now
            sleep(gap)

    def pause(self, seconds: float) -> None:
        """Let no request start for `seconds`."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)


class Gate:
    """What all who ask one server pass through."""

    def __init__(self, settings: ServerSettings) -> None:
        self.pace = Pace(settings.requests_per_second, settings.characters_per_minute)
        self.slots = threading.BoundedSemaphore(settings.concurrency)


class Traffic:
    """One gate for each server of a run, however many of its parts ask that server."""

    def __init__(self) -> None:
        self._gates: dict[str, Gate] = {}

    def gate(self, base: str, settings: ServerSettings) -> Gate:
        """Return the gate of the server at `base`; the first to ask says how wide it is."""
        return self._gates.setdefault(base, Gate(settings))
