"""Which scores on disk still stand: of one model a checkpoint, of the present tasks, the newest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of the score files of a run."""

    records: list[Table]
    """One a checkpoint, with the tasks of all its suites."""
    dropped: list[str]
    """Scores of a task as it was before, each as "checkpoint task"."""


def standing(records: Sequence[Table], digests: Mapping[str, str]) -> Standing:
    """Return the scores that a report may show.

    Of one checkpoint's name, weights that were scored later replace others, never task by task: a
    column is one model. Of one task, the entry that was scored later counts, and of two of one time
    that of more items.

    Args:
        records: Score files, in the order of their paths.
        digests: Of each task that there is now. A task that is gone keeps its scores, for none
            newer can be had; so does an entry that names no digest.
    """
    by_model: dict[tuple[str, str], Table] = {}
    dropped: list[str] = []
    for record in records:
        name = str(record["checkpoint"])
        key = (name, str(record["weights_sha256"]))
        merged = by_model.setdefault(key, {**record, "tasks": {}})
        for task, entry in record["tasks"].items():
            if _is_former(entry, digests.get(task)):
                dropped.append(f"{name} {task}")
            elif task not in merged["tasks"] or _age(entry) >= _age(merged["tasks"][task]):
                merged["tasks"][task] = entry
    newest: dict[str, Table] = {}
    for (name, _), record in by_model.items():
        if name not in newest or _last(record) >= _last(newest[name]):
            newest[name] = record
    return Standing(list(newest.values()), sorted(set(dropped)))


def _is_former(entry: Mapping[str, Any], digest: str | None) -> bool:
    return None not in (digest, entry.get("task_sha256")) and entry["task_sha256"] != digest


def _age(entry: Mapping[str, Any]) -> tuple[str, int]:
    """Return what orders entries, oldest first: ISO 8601 in UTC sorts as text, "" is the oldest."""
    return scored_at(entry), int(entry["metrics"][entry["headline"]]["n"])


def _last(record: Mapping[str, Any]) -> tuple[bool, str]:
    """Return what orders the models of one name; one without any score that stands comes first."""
    return bool(record["tasks"]), max(map(scored_at, record["tasks"].values()), default="")


def scored_at(entry: Mapping[str, Any]) -> str:
    """Return when an entry was scored, or asked for again later; "" where it does not tell."""
    return str(entry.get("asked_at") or entry.get("scored_at", ""))
