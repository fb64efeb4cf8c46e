"""The stages of a recipe, each started as the command line that a person would type."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from korean_rlhf.children import child, stop
from korean_rlhf.disk import read_json_object
from korean_rlhf.errors import StageFailed
from korean_rlhf.progress import say
from korean_rlhf.rundir import LOCK, MANIFEST, atomic_write_text, locked, read_manifest
from korean_rlhf.settings.recipe import Recipe, RecipeStage, as_flags, fill_placeholders

READY = "ready "
"""What a loopback server prints before its address, once it listens."""
STAGES = "stages.json"
WHEN_TORN = "Delete it: it only holds what the stages took."


class RecipeRun:
    """One recipe in one folder: its placeholders, its stages, what they took."""

    def __init__(
        self, recipe: Recipe, *, name: str, root: Path, seed: int, inputs: dict[str, str]
    ) -> None:
        self.recipe, self.root = recipe, root
        self.folder = root / "runs" / name
        self.values = {
            "name": name,
            "data": str(root / "data"),
            "run": str(self.folder),
            "seed": str(seed),
            **inputs,
        }

    def command_lines(self) -> list[str]:
        """Return every command line of the recipe, as a person would type it."""
        values = {**self.values, "server": "http://127.0.0.1:PORT"}
        return [
            "korean-rlhf " + shlex.join(self._argv(stage, values)) for stage in self.recipe.stages
        ]

    def run(self, *, until: str = "") -> None:
        """Run every stage that is not finished, one after the other.

        Raises:
            StageFailed: a stage ended with an error, which it has already told.
            FolderInUse: the same run is at work in another process.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder, self.folder / LOCK):
            self._run_stages(until)
        self._say_what_next()

    def _run_stages(self, until: str) -> None:
        for number, stage in enumerate(self.recipe.stages, start=1):
            say(f"\n[{number}/{len(self.recipe.stages)}] {stage.name}")
            with self._server(stage) as address:
                self._run_stage(stage, {**self.values, "server": address})
            if stage.name == until:
                return

    def _run_stage(self, stage: RecipeStage, values: dict[str, str]) -> None:
        argv = self._argv(stage, values)
        say(f"$ korean-rlhf {shlex.join(argv)}")
        out = Path(fill_placeholders(stage.out, values)) if stage.out else None
        was_finished = out is not None and (out / MANIFEST).is_file()
        started = time.monotonic()
        process = child([*_PROGRAM, *argv])
        try:
            status, peak_mb = _wait(process)
        except BaseException:
            stop(process)
            raise
        if status != 0:
            raise StageFailed(
                f"The stage {stage.name} of {self.recipe.name} failed (exit code {status}). "
                "Mend what it says above and run the same command again. (To make a finished stage "
                "anew, type its own command line with --replace.)"
            )
        if not was_finished:
            self._note(stage, out, time.monotonic() - started, peak_mb)

    def _argv(self, stage: RecipeStage, values: dict[str, str]) -> list[str]:
        argv = [fill_placeholders(word, values) for word in stage.command]
        if stage.out:
            argv += ["--out", fill_placeholders(stage.out, values)]
        return argv + [fill_placeholders(flag, values) for flag in as_flags(stage.settings)]

    @contextmanager
    def _server(self, stage: RecipeStage) -> Iterator[str]:
        """Serve on loopback while the stage runs; yield the address, "" when it needs none."""
        if not stage.server:
            yield ""
            return
        argv = [fill_placeholders(word, self.values) for word in stage.server]
        process = child([*_PROGRAM, *argv], stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith(READY):
                raise StageFailed(f"The server of {stage.name} did not start: {shlex.join(argv)}")
            yield line.removeprefix(READY).strip()
        finally:
            stop(process)

    def _note(self, stage: RecipeStage, out: Path | None, seconds: float, peak_mb: float) -> None:
        """Keep what the stage took; work before an interruption is in its own manifest."""
        if out is not None and (out / MANIFEST).is_file():
            seconds = max(seconds, float(read_manifest(out).get("seconds", 0.0)))
        notes = self._notes()
        notes[stage.name] = {
            "seconds": round(seconds, 2),
            "peak_rss_mb": peak_mb,
            "folder": str(out.resolve().relative_to(self.root.resolve())) if out else "",
        }
        atomic_write_text(
            self.folder / STAGES, json.dumps(notes, ensure_ascii=False, indent=2) + "\n"
        )

    def _notes(self) -> dict[str, Any]:
        path = self.folder / STAGES
        return read_json_object(path, fix=WHEN_TORN) if path.is_file() else {}

    def _say_what_next(self) -> None:
        report = self.folder / "report.md"
        if report.is_file() and sys.stdout.isatty():
            say("")
        notes = self._notes()
        width = max((len(name) for name in notes), default=0)
        for name, row in notes.items():
            print(f"{name:<{width}}  {row['seconds']:8.1f} s  {row['peak_rss_mb']:8.0f} MB")
        for line in self.recipe.after:
            print(fill_placeholders(line, self.values))


_PROGRAM = (sys.executable, "-P", "-m", "korean_rlhf")


def _wait(process: subprocess.Popen[Any]) -> tuple[int, float]:
    """Wait for a child; return its exit code and the peak resident MB of it and its children."""
    if not hasattr(os, "wait4"):
        return process.wait(), 0.0
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    return process.returncode, round(usage.ru_maxrss / scale, 1)
