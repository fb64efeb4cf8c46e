"""The stages of a run, read from their manifests and the recipe's notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from korean_rlhf.disk import read_json_object
from korean_rlhf.rundir import MANIFEST, read_manifest

STAGE_NOTES = "stages.json"
WHEN_TORN = "Delete it: the report does without."
Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StageFacts:
    """One stage of the run: what it took and what its manifest says."""

    name: str
    seconds: float | None
    peak_rss_mb: float | None
    manifest: Table = field(default_factory=dict)


def read_stages(run: Path) -> Iterator[StageFacts]:
    """Yield the stages of a run in the order they ran.

    The recipe's notes say it, else the manifests, whose inputs lead to the data stages.
    """
    notes = _notes(run)
    seen: set[Path] = set()
    for name, note in notes.items():
        folder = _place(run, str(note["folder"])) if note.get("folder") else None
        manifest = manifest_of(folder)
        if folder is not None:
            seen.add(folder.resolve())
        yield StageFacts(name, _number(note, "seconds"), _number(note, "peak_rss_mb"), manifest)
    for folder in _folders(run):
        if folder.resolve() in seen:
            continue
        manifest = manifest_of(folder)
        name = str(manifest.get("stage") or folder.name)
        yield StageFacts(
            name, _number(manifest, "seconds"), _number(manifest, "peak_rss_mb"), manifest
        )


def _notes(run: Path) -> dict[str, Table]:
    path = run / STAGE_NOTES
    return read_json_object(path, fix=WHEN_TORN) if path.is_file() else {}


def _folders(run: Path) -> list[Path]:
    """Return the finished stage folders of a run, those that they were made from first."""
    own = [path for path in run.iterdir() if (path / MANIFEST).is_file()]
    order = {name: at for at, name in enumerate(("tokenizer", "pretrain", "sft", "reward", "ppo"))}
    own.sort(key=lambda path: (order.get(path.name, len(order)), path.name))
    found: dict[Path, None] = {}

    def visit(folder: Path) -> None:
        if folder.resolve() in found:
            return
        for item in manifest_of(folder).get("inputs", []):
            before = _place(run, str(item.get("path", "")))
            if (before / MANIFEST).is_file() and before.resolve() != folder.resolve():
                visit(before)
        found[folder.resolve()] = None

    for folder in own:
        visit(folder)
    # A step folder of an earlier stage is an input too, but no stage of its own.
    return [folder for folder in found if not folder.name.startswith("step-")]


def _place(run: Path, path: str) -> Path:
    """Return a noted path: as it stands, or below the folder that holds runs/ and data/."""
    noted = Path(path)
    below = run.resolve().parent.parent / noted
    return below if not noted.is_absolute() and below.exists() else noted


def manifest_of(folder: Path | None) -> Table:
    """Return the manifest of a stage folder, {} while it has none."""
    if folder is None or not (folder / MANIFEST).is_file():
        return {}
    return read_manifest(folder)


def _number(table: Mapping[str, Any], name: str) -> float | None:
    value = table.get(name)
    return float(value) if isinstance(value, (int, float)) else None
