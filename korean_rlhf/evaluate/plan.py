"""What one call of `eval` scores: the tasks whose data are there, and with which examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from korean_rlhf.evaluate.shots import Shots, plan_shots
from korean_rlhf.evaluate.sources import DataOptions, NoData, locate, rows, rows_digest
from korean_rlhf.evaluate.suites import TaskInfo, find_suite, load_tasks
from korean_rlhf.progress import say


@dataclass(frozen=True, slots=True)
class Plan:
    """What one call scores, with the digests of its data."""

    suite: str
    infos: tuple[TaskInfo, ...]
    """Tasks whose data are there."""
    digests: dict[str, str]
    """sha256 of the data, by task."""
    missing: dict[str, str]
    """Tasks whose data are not there, and where to get them."""
    shots: dict[str, Shots]
    """Worked examples, by task."""


def make_plan(suite_name: str, options: DataOptions) -> Plan:
    """Return which tasks of a suite can be scored; say of each other where its data are."""
    suite = find_suite(suite_name)
    every = load_tasks()
    digests: dict[str, str] = {}
    missing: dict[str, str] = {}
    for name in suite.tasks:
        try:
            found = locate(every[name].source, options)
            digests[name] = found.digest or rows_digest(rows(every[name].source, options))
        except NoData as problem:
            missing[name] = str(problem)
    if not digests:
        raise NoData(f"No task of {suite_name!r} has its data. {next(iter(missing.values()))}")
    for name, why in missing.items():
        say(f"{name} is left out: {why}")
    infos = tuple(every[name] for name in suite.tasks if name in digests)
    return Plan(suite.name, infos, digests, missing, _plan_shots(infos, options))


def _plan_shots(infos: Sequence[TaskInfo], options: DataOptions) -> dict[str, Shots]:
    """Return the worked examples of each task; say which tasks stay without."""
    planned = {
        info.name: plan_shots(info.source, options, taken=info.takes_shots) for info in infos
    }
    for name, shots in planned.items():
        if shots.why:
            say(f"{name} is asked without examples: {shots.why}.")
    return planned
