"""Chance-centred averages: what a model knows beyond guessing, over families of tasks.

(value - chance) / (1 - chance) is 0 for guessing and 1 for a perfect score, whatever the number of
choices. A family is a folder of evals/: its tasks count together as one, so that a benchmark of
many parts does not swamp the others.

Source: Li et al. 2024, "DataComp-LM", arXiv:2406.11794, section 3.5 (the CORE average).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from korean_rlhf.assets import asset_dir
from korean_rlhf.evaluate import labels
from korean_rlhf.evaluate.compare import Comparison


@dataclass(frozen=True, slots=True)
class Average:
    """A chance-centred figure with its standard error."""

    value: float
    stderr: float | None
    """Of a family an upper bound: its tasks may share their items."""


@dataclass(frozen=True, slots=True)
class Averages:
    """Of one checkpoint (or of one difference): by family, and over the families."""

    families: dict[str, Average]
    overall: Average


def centred(value: float, stderr: float | None, chance: float) -> Average:
    """Return a score as the share of the way from guessing to perfect.

    >>> centred(0.625, 0.05, 0.25)
    Average(value=0.5, stderr=0.06666666666666667)
    """
    room = 1.0 - chance
    return Average((value - chance) / room, None if stderr is None else stderr / room)


def mean_of(parts: Sequence[Average], *, independent: bool) -> Average:
    """Return the mean of figures; its error is unknown where one of theirs is.

    Tasks of one family may ask the same items in two ways (by letter and by text), whose errors go
    together: their errors are added, which is the most that the error of the mean can be. Families
    share no item.

    >>> mean_of([Average(0.2, 0.03), Average(0.4, 0.04)], independent=True)
    Average(value=0.30000000000000004, stderr=0.025)
    >>> mean_of([Average(0.2, 0.03), Average(0.4, 0.04)], independent=False)
    Average(value=0.30000000000000004, stderr=0.035)
    """
    errors = [part.stderr for part in parts if part.stderr is not None]
    total = math.hypot(*errors) if independent else sum(errors)
    return Average(
        sum(part.value for part in parts) / len(parts),
        total / len(parts) if len(errors) == len(parts) else None,
    )


def has_chance(entry: Mapping[str, Any]) -> bool:
    """Whether the headline of a score is defined, and one that guessing has a share of."""
    chance = entry["chance"].get(entry["headline"])
    known = math.isfinite(entry["metrics"][entry["headline"]]["value"])
    return known and entry["higher_is_better"] and chance is not None and 0.0 <= chance < 1.0


def shared_tasks(scored: Iterable[Mapping[str, Mapping[str, Any]]]) -> list[str]:
    """Return the tasks with a chance that all of some checkpoints have: averages of others lie."""
    every = [{name for name, entry in tasks.items() if has_chance(entry)} for tasks in scored]
    return sorted(set.intersection(*every)) if every else []


def averages(tasks: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> Averages | None:
    """Return the averages of one checkpoint over the tasks `names`, None without any."""
    found = {}
    for name in names:
        entry = tasks[name]
        figure, chance = entry["metrics"][entry["headline"]], entry["chance"][entry["headline"]]
        found[name] = centred(figure["value"], figure["stderr"], chance)
    return _over_families(found)


def average_gains(
    compared: Iterable[Comparison], tasks: Mapping[str, Mapping[str, Any]], names: Sequence[str]
) -> dict[tuple[str, str], Averages]:
    """Return the averages of paired differences by (first, second), where all of `names` have one.

    The errors are those of the pairs, which are smaller than those of two separate scores.
    """
    found: dict[tuple[str, str], dict[str, Average]] = {}
    for one in compared:
        if one.task not in names:
            continue
        room = 1.0 - tasks[one.task]["chance"][one.metric]
        stderr = one.difference.stderr
        gain = Average(one.difference.mean / room, None if stderr is None else stderr / room)
        found.setdefault((one.first, one.second), {})[one.task] = gain
    over = {
        pair: _over_families(gains) for pair, gains in found.items() if len(gains) == len(names)
    }
    return {pair: one for pair, one in over.items() if one is not None}


def _over_families(figures: Mapping[str, Average]) -> Averages | None:
    grouped: dict[str, list[Average]] = {}
    for name, figure in sorted(figures.items()):
        grouped.setdefault(family_of(name), []).append(figure)
    if not grouped:
        return None
    means = {family: mean_of(parts, independent=False) for family, parts in sorted(grouped.items())}
    return Averages(means, mean_of(list(means.values()), independent=True))


def family_of(task: str) -> str:
    """Return the folder of evals/ that a task stands in; one that is no longer there by its name.

    >>> family_of("ko_kobest_copa"), family_of("ko_gone_long_ago")
    ('kobest', 'gone')
    """
    known = _folders(asset_dir("evals"))
    return known.get(task) or task.removeprefix("ko_").split("_")[0]


def title_of(family: str) -> str:
    """Return a family as a reader knows it: by the heading of its README, else by its folder."""
    if family in labels.FAMILIES:
        return labels.FAMILIES[family]
    readme = asset_dir("evals") / family / "README.md"
    if not readme.is_file():
        return family
    return readme.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("#").strip()


@lru_cache(maxsize=8)
def _folders(root: Path) -> dict[str, str]:
    """Return the folder of each task; the one line that is needed asks for no YAML reader."""
    found = {}
    for path in sorted(root.glob("*/*.yaml")):
        name = re.search(r"(?m)^task:\s*(\S+)", path.read_text(encoding="utf-8"))
        if name:
            found[name[1]] = path.parent.name
    return found
