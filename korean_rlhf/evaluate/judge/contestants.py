"""Whose answers are judged: the chat models that the arguments stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.errors import MissingInput, SettingsError
from korean_rlhf.evaluate.checkpoints import CHAT_STAGES, Checkpoint, Target, find_target


@dataclass(frozen=True, slots=True)
class Contestant:
    """One chat model of a run, or a plain model with a run folder of its own."""

    run: Path
    checkpoint: Checkpoint

    @property
    def name(self) -> str:
        """Run and checkpoint, e.g. "mine/sft-000500"."""
        return f"{self.run.resolve().name}/{self.checkpoint.name}"

    @property
    def folder(self) -> Path:
        """Where what is known of this checkpoint is kept."""
        return self.run / "evals" / self.checkpoint.name


def find_contestants(paths: Sequence[Path]) -> list[Contestant]:
    """Return the chosen chat models of each run, stage, step or model folder, none twice.

    Raises:
        MissingInput: a path holds no finished checkpoint.
        SettingsError: a path holds no chat model.
    """
    found: dict[Path, Contestant] = {}
    for path in paths:
        own = list(_of_path(path))
        if not own:
            raise SettingsError(
                f"{path} holds no chat model: only {', '.join(CHAT_STAGES)} and plain model "
                "folders answer questions."
            )
        for one in own:
            found.setdefault(one.checkpoint.folder.resolve(), one)
    return list(found.values())


def _of_path(path: Path) -> list[Contestant]:
    if not path.is_dir():
        raise MissingInput(path)
    target: Target = find_target(path)
    return [
        Contestant(target.run, checkpoint)
        for checkpoint in target.checkpoints
        if checkpoint.chosen and checkpoint.stage in (*CHAT_STAGES, "model")
    ]
