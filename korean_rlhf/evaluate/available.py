"""Which evaluation data are at hand, and where to get the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from korean_rlhf.errors import KoreanRLHFError
from korean_rlhf.evaluate.sources import DataOptions, locate, rows
from korean_rlhf.evaluate.suites import TaskInfo, find_suite, load_tasks


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a task can be scored with the data at hand."""

    task: str
    title: str
    there: bool
    note: str
    """The file with its items and sha256, or what is wrong and where to get it."""


def check_data(suite: str, options: DataOptions) -> list[Availability]:
    """Read the data of each task of a suite and say what was found.

    Raises:
        UnknownName: there is no such suite.
    """
    every = load_tasks()
    return list(_looked_at([every[name] for name in find_suite(suite).tasks], options))


def _looked_at(infos: list[TaskInfo], options: DataOptions) -> Iterator[Availability]:
    for info in infos:
        try:
            found = locate(info.source, options)
            count = len(rows(info.source, options))
        except KoreanRLHFError as problem:  # not there, or there and broken
            yield Availability(info.name, info.title, False, str(problem))
        else:
            place = f"{found.path}, sha256 {found.digest[:12]}" if found.path else "from the hub"
            yield Availability(info.name, info.title, True, f"{count:,} items, {place}")


def lines(found: list[Availability]) -> list[str]:
    """Return the findings as lines for a terminal, with a sum."""
    width = max(len(one.task) for one in found)
    shown = [
        f"{'ok' if one.there else 'missing':<8}{one.task:<{width}}  {one.note}" for one in found
    ]
    there = sum(one.there for one in found)
    return [*shown, f"{there} of {len(found)} tasks can be scored."]
