"""What stands beside a run: other scored models, and scores that others published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import BadInput
from korean_rlhf.settings.loading import fill, read_toml

FOLDER = "baselines"


@dataclass(frozen=True, slots=True)
class Published:
    """A score that its source names, made with prompts of its own."""

    task: str
    metric: str
    model: str
    value: float
    """In the units of ours: shares between 0 and 1."""
    shots: int = -1
    """Examples in the prompt; -1 where the source does not say."""
    source: str = ""
    """Address of the page that holds the figure."""
    about: str = ""
    """What was run, as far as the source says."""


def load_published(root: Path | None = None) -> list[Published]:
    """Return the scores of evals/baselines/*.toml.

    Raises:
        BadInput, SettingsError, UnknownName: a file does not fit; the message names it.
    """
    folder = (root or asset_dir("evals")) / FOLDER
    return [one for path in sorted(folder.glob("*.toml")) for one in _of_file(path)]


def _of_file(path: Path) -> list[Published]:
    table = read_toml(path)
    source, about, rows = table.get("source"), table.get("about"), table.get("score")
    if not (isinstance(source, str) and isinstance(about, str) and isinstance(rows, list)):
        raise BadInput(f"{path}: needs the texts source and about, and [[score]] tables.")
    return [
        fill(Published, {**row, "source": source, "about": about}, where=f"{path}, score {number}")
        for number, row in enumerate(rows, start=1)
    ]


def fitting(
    published: Iterable[Published], tasks: Mapping[str, Mapping[str, Any]]
) -> list[Published]:
    """Return the published scores of tasks and metrics that were measured here too."""
    return [
        one for one in published if one.task in tasks and one.metric in tasks[one.task]["metrics"]
    ]


def is_drawn(one: Published, task: str, entry: Mapping[str, Any]) -> bool:
    """Whether a published score may stand as a line in the plot of a task's headline.

    A score with more or fewer examples in the prompt is another measurement.
    """
    same = one.task == task and one.metric == entry["headline"]
    return same and one.shots == entry.get("shots", 0)


def same_questions(entry: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two scores are of the same items under the same prompts and metric."""
    keys: Sequence[str] = ("data_sha256", "prompts_sha256", "headline")
    return all(entry.get(key) == other.get(key) for key in keys)
