"""Which tasks there are, and which are scored together."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import UnknownName
from korean_rlhf.settings.loading import read_toml

EVERY = "all"
"""The suite of every task that is not asked for by its name only."""
MADE_UP = "sample_"
"""Begins the names of the sample world's evaluation sets."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Tasks that are scored together."""

    name: str
    title: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """What is known of a task without building it."""

    name: str
    source: str
    """Name of its evaluation set in `sources.SOURCES`."""
    title: str
    headline: str
    """The metric that stands in tables."""
    higher_is_better: bool
    chance: dict[str, float] = field(default_factory=dict)
    """What guessing gets, by metric."""
    digest: str = ""
    """sha256 of the task's YAML and of the functions beside it."""
    output_type: str = "multiple_choice"
    cluster: str = ""
    """Column of the data whose items belong together (a passage, a template); "" for none."""
    compared: int | None = 0
    """How many of its choices, from the first, a pick is made of; 0 is all, None is a rule of its
    own that no pick decides."""
    takes_shots: bool = False
    """Whether it can show worked examples before a question."""
    chat: bool = False
    """Whether it is put as a user's turn to models that learned the chat template, in any case."""

    only_by_name: bool = False
    """Whether no suite holds it, not even the one of every task: it costs too much."""


def load_suites(root: Path | None = None) -> dict[str, Suite]:
    """Return the suites of evals/suites.toml by name."""
    table = read_toml((root or asset_dir("evals")) / "suites.toml")
    return {
        name: Suite(name, str(entry["title"]), tuple(entry["tasks"]))
        for name, entry in table.items()
    }


def find_suite(name: str) -> Suite:
    """Return the suite called `name`.

    The name of a single task is a suite of it alone; "all" is every task but the sample
    world's and those to be asked for by name.

    Raises:
        UnknownName: there is neither.
    """
    suites = load_suites()
    if name in suites:
        return suites[name]
    tasks = load_tasks()
    if name in tasks:
        return Suite(name, tasks[name].title, (name,))
    if name == EVERY:
        every = tuple(task for task, info in tasks.items() if _in_all(info))
        return Suite(EVERY, "모든 평가", every)
    raise UnknownName("suite or task", name, [EVERY, *suites, *tasks])


def load_tasks(root: Path | None = None) -> dict[str, TaskInfo]:
    """Return what the YAML files in evals/ say of each task, by name."""
    folder = (root or asset_dir("evals")).resolve()
    infos = (_info(path) for path in sorted(folder.glob("*/*.yaml")))
    return {info.name: info for info in infos}


def _in_all(info: TaskInfo) -> bool:
    return not info.only_by_name and not info.source.startswith(MADE_UP)


def _info(path: Path) -> TaskInfo:
    config = read_yaml(path)
    metadata = config["metadata"]
    better = {entry["metric"]: entry["higher_is_better"] for entry in config["metric_list"]}
    return TaskInfo(
        name=config["task"],
        source=config["dataset_kwargs"]["name"],
        title=metadata["title"],
        headline=metadata["headline"],
        higher_is_better=bool(better[metadata["headline"]]),
        chance=dict(metadata["chance"]),
        digest=_digest(path),
        output_type=config["output_type"],
        cluster=str(metadata.get("cluster", "")),
        compared=metadata.get("compared", None if "process_results" in config else 0),
        takes_shots=config.get("fewshot_split") == "shots",
        chat=bool(metadata.get("chat", False)),
        only_by_name=bool(metadata.get("only_by_name", False)),
    )


def read_yaml(path: Path) -> dict[str, Any]:
    """Return a task's YAML with its functions as their names; nothing is imported or run."""
    import yaml  # type: ignore[import-untyped]

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """Knows `!function`."""

    Loader.add_constructor("!function", lambda loader, node: loader.construct_scalar(node))
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)
    return found


def _digest(path: Path) -> str:
    """Return the sha256 of the YAML and of the functions beside it; a comment changes nothing."""
    beside = path.parent / "utils.py"
    parts = [re.sub(r"(?m)\s*(^|\s)#.*$", "", path.read_text(encoding="utf-8"))]
    if beside.is_file():
        parts.append(beside.read_text(encoding="utf-8"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
