"""Progress for people: a bar on a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

SECONDS_BETWEEN_LINES = 10.0


class Advance(Protocol):
    """Called with how many items were done; keywords are shown beside the bar."""

    def __call__(self, n: int = 1, **shown: Any) -> None:
        """Count `n` more items as done."""


@contextmanager
def track(
    total: int | None, label: str, unit: str = "items", *, done: int = 0
) -> Iterator[Advance]:
    """Show the progress of a loop on stderr; `done` items count as finished before it starts.

    >>> with track(3, "reading", "pages") as advance:
    ...     advance(3, loss=0.5)
    """
    make = _bar if sys.stderr.isatty() else _lines
    with make(total, label, unit, done) as advance:
        yield advance


def say(text: str) -> None:
    """Tell the user one line about the work, on stderr."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _bar(total: int | None, label: str, unit: str, done: int) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}  {task.fields[shown]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(label, total=total, completed=done, unit=unit, shown="")

        def advance(n: int = 1, **shown: Any) -> None:
            progress.advance(task, n)
            if shown:
                progress.update(task, shown=_text(shown))

        yield advance


@contextmanager
def _lines(total: int | None, label: str, unit: str, done: int) -> Iterator[Advance]:
    line = _Lines(total, label, unit, done)
    yield line.advance
    line.show()


class _Lines:
    """Counts, and prints at most one line every SECONDS_BETWEEN_LINES."""

    def __init__(
        self,
        total: int | None,
        label: str,
        unit: str,
        done: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total, self.label, self.unit = total, label, unit
        self.done = self.before = done
        self.clock, self.started = clock, clock()
        self.shown, self.printed = "", self.started

    def advance(self, n: int = 1, **shown: Any) -> None:
        self.done += n
        if shown:
            self.shown = _text(shown)
        if self.clock() - self.printed >= SECONDS_BETWEEN_LINES:
            self.show()

    def show(self) -> None:
        self.printed = self.clock()
        seconds = self.printed - self.started
        rate = (self.done - self.before) / seconds if seconds > 0 else 0.0
        total = "" if self.total is None else f"/{self.total:,}"
        text = f"{self.label}: {self.done:,}{total} {self.unit} in {seconds:.0f} s ({rate:,.1f}/s)"
        say(f"{text} {self.shown}".rstrip())


def _text(shown: dict[str, Any]) -> str:
    parts = (
        f"{name} {value:,.3f}" if isinstance(value, float) else f"{name} {value}"
        for name, value in shown.items()
    )
    return "  ".join(parts)
