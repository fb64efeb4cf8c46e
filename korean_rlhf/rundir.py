"""The layout of a stage on disk, and the one way to write into it.

A stage folder is locked while a stage works in it, and finished when it holds `manifest.json`,
which is written last and atomically.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from korean_rlhf import __version__
from korean_rlhf.disk import atomic_write_bytes as atomic_write_bytes  # as: others import it here
from korean_rlhf.disk import atomic_write_text as atomic_write_text
from korean_rlhf.disk import file_digest as file_digest
from korean_rlhf.disk import folder_digest as folder_digest
from korean_rlhf.disk import is_full, read_json_object
from korean_rlhf.disk import no_space_named as no_space_named
from korean_rlhf.errors import (
    BadInput,
    FolderInUse,
    MissingInput,
    NoSpace,
    OtherRun,
    Overlap,
    SettingsError,
    UnknownName,
)
from korean_rlhf.progress import say
from korean_rlhf.settings.loading import to_dict, to_toml

MANIFEST = "manifest.json"
STARTED = "started.json"
"""Stage, settings and inputs of unfinished work: what it may be resumed with."""
SETTINGS = "settings.toml"
METRICS = "metrics.jsonl"
LOCK = ".lock"
HALF_DELETED = "half deleted work"
"""What STARTED names while the work in a folder is being deleted."""
WHEN_TORN = "Delete the folder and run again."
"""How a torn MANIFEST or STARTED is mended."""


@dataclass
class Stage:
    """A stage at work in its folder."""

    folder: Path
    name: str
    identity: dict[str, Any]
    finished: bool
    """Already done with the same settings and inputs: nothing is left to do."""
    started: float = field(default_factory=time.monotonic)
    seconds_before: float = 0.0
    """Working time of earlier, interrupted runs of this stage, as far as it was noted."""

    def note_time(self) -> None:
        """Keep the seconds worked so far, so that a resumed stage reports all of them."""
        notes = {**self.identity, "seconds": round(self.seconds, 3)}
        atomic_write_text(self.folder / STARTED, _json(notes))

    @property
    def seconds(self) -> float:
        """Wall seconds of work on this stage, earlier runs included."""
        return self.seconds_before + time.monotonic() - self.started

    def finish(
        self, *, counts: Mapping[str, Any] | None = None, digest: str = "", **facts: Any
    ) -> dict[str, Any]:
        """Publish the stage and return its manifest.

        `counts` holds "in", "out" and "dropped" by reason; `digest` is that of the records written,
        without times, so that an interrupted run and an unbroken one agree.
        """
        manifest = {
            "stage": self.name,
            "version": __version__,
            **{key: self.identity[key] for key in ("settings", "inputs")},
            "counts": dict(counts or {}),
            "digest": digest,
            **facts,
            "seconds": round(self.seconds, 3),
            "peak_rss_mb": peak_rss_mb(),
        }
        atomic_write_text(self.folder / MANIFEST, _json(manifest))
        (self.folder / STARTED).unlink(missing_ok=True)
        return manifest


@contextmanager
def open_stage(
    out: Path, name: str, *, settings: Any, inputs: Sequence[Path], replace: bool = False
) -> Iterator[Stage]:
    """Lock the folder `out` for the stage `name` and say whether anything is left to do.

    Unfinished work with the same settings and inputs stays in the folder, to be resumed.

    Raises:
        MissingInput: an input is not there, or is an unfinished stage.
        FolderInUse: another process holds the folder.
        OtherRun: the folder holds other work, and `replace` is false.
        BadInput: the folder holds files of something else.
        NoSpace: the disk filled up; what was written stays.
    """
    with locked(out, out / LOCK), no_space_named(out):
        stage = _begin(out, name, settings, inputs, replace)
        with _forgotten_if_mistaken(stage):
            yield stage


@contextmanager
def locked(out: Path, lock: Path) -> Iterator[None]:
    """Hold the file `lock`, so that no other process writes to `out`; its folder is made.

    Raises:
        FolderInUse: another process holds it.
        BadInput: nothing can be written there.
        NoSpace: the disk is full.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = FileLock(lock)
        held.acquire(timeout=0)
    except Timeout:
        raise FolderInUse(out) from None
    except OSError as problem:
        if is_full(problem):
            raise NoSpace(out) from problem
        reason = os.strerror(problem.errno or 0)
        raise BadInput(
            f"Nothing can be written to {out} ({reason}). Choose another --out."
        ) from None
    try:
        yield
    finally:
        held.release()


@contextmanager
def _forgotten_if_mistaken(stage: Stage) -> Iterator[None]:
    """Empty the folder when a bad input or setting ended the stage before its first result.

    The mended input is another one: without this, the folder would refuse it as other work.
    """
    try:
        yield
    except (BadInput, MissingInput, Overlap, SettingsError, UnknownName):
        if not stage.finished and not _has_results(stage.folder):
            _empty(stage.folder)
        raise


def _has_results(out: Path) -> bool:
    inside = (path.relative_to(out) for path in out.rglob("*") if path.is_file())
    shown = (path for path in inside if not any(part.startswith(".") for part in path.parts))
    return any(str(path) not in (STARTED, SETTINGS) for path in shown)


def _begin(out: Path, name: str, settings: Any, inputs: Sequence[Path], replace: bool) -> Stage:
    is_ours = (out / MANIFEST).is_file() or (out / STARTED).is_file()
    if not is_ours:
        _refuse_foreign(out)
    _refuse_inside(out, inputs)
    # Before anything is deleted: a misspelt input must not cost the work of an earlier run.
    identity = {
        "stage": name,
        "settings": to_dict(settings) if settings is not None else {},
        "inputs": [{"path": str(path), "digest": input_digest(path)} for path in inputs],
    }
    if is_ours and replace:
        _empty(out)
    stage = Stage(out, name, identity, finished=False)
    if (out / MANIFEST).is_file():
        _require_same(out, identity, read_manifest(out))
        say(f"{name}: {out} is already finished.")
        stage.finished = True
        return stage
    if (out / STARTED).is_file():
        before = read_json_object(out / STARTED, fix=WHEN_TORN)
        _require_same(out, identity, before)
        _drop_drafts(out)
        stage.seconds_before = float(before.get("seconds", 0.0))
    else:
        atomic_write_text(out / STARTED, _json(identity))
    if settings is not None:
        atomic_write_text(out / SETTINGS, to_toml(settings))
    return stage


def _refuse_foreign(out: Path) -> None:
    """Refuse a folder that holds files of something else: they are never mixed nor deleted."""
    if any(path.name != LOCK and not _is_draft(path) for path in out.iterdir()):
        raise BadInput(f"{out} holds files that no stage left there. Choose another --out.")


def _refuse_inside(out: Path, inputs: Sequence[Path]) -> None:
    """Refuse to write into an input, or over one: --replace would delete what is to be read."""
    target = out.resolve()
    for path in inputs:
        place = path.resolve()
        if place == target or target in place.parents:
            raise BadInput(f"{path} is read, so it cannot be in --out {out}. Choose another --out.")
        if place in target.parents and not (path / MANIFEST).is_file():
            raise BadInput(f"{path} is read, and --out {out} is inside. Choose another --out.")


def _require_same(out: Path, wanted: dict[str, Any], found: dict[str, Any]) -> None:
    if found.get("stage") != wanted["stage"]:
        raise OtherRun(out, f"it holds the stage {found.get('stage')!r}")
    require_same_settings(out, wanted["settings"], found.get("settings", {}))
    # Content, not place: a data folder may be moved or copied without losing the work made of it.
    before = [item["digest"] for item in found.get("inputs", [])]
    after = [item["digest"] for item in wanted["inputs"]]
    if before != after:
        names = ", ".join(item["path"] for item in wanted["inputs"])
        raise OtherRun(out, f"the content of its inputs was different: {names}")


def require_same_settings(out: Path, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Refuse to go on in `out`, which was made with the settings `found`, when they are others.

    Raises:
        OtherRun: with the first setting that differs.
    """
    for key in sorted(found.keys() | wanted.keys()):
        if found.get(key) != wanted.get(key):
            raise OtherRun(out, f"{key} was {found.get(key)!r}, now {wanted.get(key)!r}")


def _empty(out: Path) -> None:
    """Delete all in `out` but its lock; killed half-way, the rest is never taken for a result."""
    atomic_write_text(out / STARTED, _json({"stage": HALF_DELETED}))
    (out / MANIFEST).unlink(missing_ok=True)
    for path in out.iterdir():
        if path.name in (LOCK, STARTED):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    (out / STARTED).unlink()


def _is_draft(path: Path) -> bool:
    """Whether `path` is a file that a killed process had not published yet."""
    return path.name.startswith(".") and path.name.endswith(".tmp")


def _drop_drafts(out: Path) -> None:
    for path in out.rglob(".*.tmp"):
        path.unlink()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a finished stage or step folder.

    Raises:
        MissingInput: it is not finished.
    """
    if not (folder / MANIFEST).is_file():
        raise MissingInput(folder)
    return read_json_object(folder / MANIFEST, fix=WHEN_TORN)


def require_finished(folder: Path, made_by: str) -> Path:
    """Return `folder` when its stage is finished; else say which command makes it."""
    if not (folder / MANIFEST).is_file():
        raise MissingInput(folder, made_by)
    return folder


def input_digest(path: Path) -> str:
    """Return a digest of the content of a stage folder, a plain folder or a file.

    A finished stage answers with the digest of its records, which holds no times.
    """
    if not path.exists():
        raise MissingInput(path)
    if path.is_file():
        return file_digest(path)
    if (path / MANIFEST).is_file():
        digest = read_manifest(path).get("digest")
        if digest:
            return str(digest)
    elif (path / STARTED).is_file():
        raise MissingInput(path, "the command that started it, run again: it goes on where it was")
    return folder_digest(path)


def step_folder(stage_folder: Path, step: int) -> Path:
    """Return the folder of one checkpoint: `step-002000`."""
    return stage_folder / f"step-{step:06d}"


def step_number(folder: Path) -> int:
    """Return the step of a checkpoint folder; the inverse of `step_folder`."""
    return int(folder.name.removeprefix("step-"))


def finished_steps(stage_folder: Path) -> list[Path]:
    """Return the finished checkpoints of a stage, earliest first."""
    found = (path for path in stage_folder.glob("step-*") if path.name[5:].isdigit())
    return sorted((path for path in found if (path / MANIFEST).is_file()), key=step_number)


def chosen_step(folder: Path) -> Path:
    """Return the model folder that `folder` stands for.

    A plain Hugging Face folder (it holds config.json) is itself. A stage is the step that its
    manifest names under "best", else its last finished step.

    Raises:
        MissingInput: there is no finished checkpoint.
    """
    if (folder / "config.json").is_file():
        return folder
    if (folder / MANIFEST).is_file():
        best = read_manifest(folder).get("best")
        if best:
            return folder / str(best)
    steps = finished_steps(folder)
    if not steps:
        raise MissingInput(folder, "the training command that writes it")
    return steps[-1]


class MetricsLog:
    """metrics.jsonl: one JSON object a line, appended while a stage trains."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / METRICS

    def write(self, row: Mapping[str, Any]) -> None:
        """Append one row; it is on disk for other readers when this returns."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(dict(row), ensure_ascii=False) + "\n")

    def rows(self) -> list[dict[str, Any]]:
        """Return every whole row; a line torn by a kill is left out."""
        if not self.path.is_file():
            return []
        rows = []
        # Not splitlines: U+2028 and others end a line for it, and may stand in a JSON text.
        for line in self.path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                rows.append(json.loads(line))
            except ValueError:
                continue
        return rows

    def truncate_after(self, step: int) -> None:
        """Forget the rows of steps later than `step`: they will be done again."""
        kept = [row for row in self.rows() if row.get("step", 0) <= step]
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
        atomic_write_text(self.path, "".join(lines))


def peak_rss_mb() -> float:
    """Return the largest resident memory of this process or one of its ended children, in MB."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(kind).ru_maxrss for kind in kinds)
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
