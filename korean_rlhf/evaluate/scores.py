"""Score files: one JSON a checkpoint and suite, and the key that says what a score stands for."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from korean_rlhf import __version__
from korean_rlhf.disk import open_behind_whole_lines, read_json_object, whole_lines
from korean_rlhf.evaluate.checkpoints import Checkpoint
from korean_rlhf.evaluate.statistics import Estimate
from korean_rlhf.rundir import atomic_write_text
from korean_rlhf.tables import rows

ITEMS = "items"
QUESTIONS = "questions"
KNOWN = "known.jsonl"
LAYOUT = 3
"""Raised when the files of a score hold something else than before, so that it is new."""


def score_key(**parts: Any) -> str:
    """Return the hash of everything that decides a score: weights, data, task, settings."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def suite_path(evals: Path, checkpoint: str, suite: str) -> Path:
    """Return the score file of a checkpoint and a suite."""
    return evals / checkpoint / f"{suite}.json"


def read_scores(path: Path) -> dict[str, Any]:
    """Return a score file, {} when there is none; a figure that is not defined is nan.

    Raises:
        BadInput: it is torn; ours never are, for they are written atomically.
    """
    if not path.is_file():
        return {}
    record = read_json_object(path, fix="Delete it: it is computed anew.")
    for entry in record.get("tasks", {}).values():
        _with_nan(entry)
    return record


def _with_nan(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry in which a figure that is not defined is nan again."""
    for figure in entry.get("metrics", {}).values():
        if figure["value"] is None:
            figure["value"] = math.nan
    return entry


def json_text(record: Mapping[str, Any]) -> str:
    """Return a record as JSON, in which a figure that is not defined (nan) is null.

    >>> print(json_text({"pearson": float("nan"), "n": [3]}), end="")
    {
      "pearson": null,
      "n": [
        3
      ]
    }
    """
    text = json.dumps(_without_nan(record), ensure_ascii=False, indent=2, allow_nan=False)
    return text + "\n"


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def known_results(folder: Path) -> dict[str, dict[str, Any]]:
    """Return every task result that one checkpoint ever had, by key.

    Those of other settings are among them, which its score files hold no longer.
    """
    known = {entry["key"]: entry for entry in _remembered(folder / KNOWN)}
    for path in sorted(folder.glob("*.json")):
        for entry in read_scores(path).get("tasks", {}).values():
            known[entry["key"]] = entry
    return known


def remember(folder: Path, entry: Mapping[str, Any]) -> None:
    """Note a task result for good: the score files hold those of the last call only."""
    path = folder / KNOWN
    folder.mkdir(parents=True, exist_ok=True)
    with open_behind_whole_lines(path) as file:
        file.write(json.dumps(_without_nan(entry), ensure_ascii=False).encode() + b"\n")


def _remembered(path: Path) -> list[dict[str, Any]]:
    return [_with_nan(json.loads(line)) for line in whole_lines(path).splitlines()]


def write_scores(
    evals: Path,
    checkpoint: Checkpoint,
    suite: str,
    *,
    weights: str,
    tasks: Mapping[str, Mapping[str, Any]],
    missing: Mapping[str, str],
) -> None:
    """Write the score file of a checkpoint, whole or not at all."""
    path = suite_path(evals, checkpoint.name, suite)
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {
        "checkpoint": checkpoint.name,
        "stage": checkpoint.stage,
        "step": checkpoint.step,
        "suite": suite,
        "version": __version__,
        "weights_sha256": weights,
        "tasks": dict(tasks),
        "missing": dict(missing),
    }
    atomic_write_text(path, json_text(record))


def write_items(folder: Path, name: str, items: Iterable[Mapping[str, Any]]) -> str:
    """Write one JSON line an item beside the scores; return its path inside `folder`."""
    inside = f"{ITEMS}/{name}.jsonl"
    (folder / ITEMS).mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(dict(item), ensure_ascii=False) + "\n" for item in items)
    atomic_write_text(folder / inside, "".join(lines))
    return inside


def write_questions(evals: Path, task: str, questions: Iterable[Mapping[str, Any]]) -> str:
    """Write once what a task asked of every model; return its path inside `evals`.

    The name holds the digest of the questions: corrected ones stand beside the old.
    """
    text = "".join(json.dumps(dict(one), ensure_ascii=False) + "\n" for one in questions)
    inside = f"{QUESTIONS}/{task}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.jsonl"
    if not (evals / inside).is_file():
        (evals / QUESTIONS).mkdir(parents=True, exist_ok=True)
        atomic_write_text(evals / inside, text)
    return inside


def read_items(path: Path) -> list[dict[str, Any]]:
    """Return the items of one task result, [] when the file is gone."""
    if not path.is_file():
        return []
    return [row for _, row in rows(path)]


def plain(estimates: Mapping[str, Estimate]) -> dict[str, dict[str, Any]]:
    """Return estimates as JSON values."""
    return {name: asdict(estimate) for name, estimate in estimates.items()}
