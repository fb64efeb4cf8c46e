"""The checkpoints of a run that can be scored, and where their scores go."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

from korean_rlhf.disk import read_json_object
from korean_rlhf.errors import BadInput, MissingInput
from korean_rlhf.rundir import chosen_step, file_digest, finished_steps, step_number

STAGES = ("pretrain", "sft", "dpo", "ppo")
"""Stages that make language models, in the order of the recipe; others follow by name."""

CHAT_STAGES = ("sft", "dpo", "ppo")
"""Stages whose models have learned the chat template."""

SCORED_FILES = (
    "*.safetensors",
    "config.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "chat_template.jinja",
    "vocab.json",
    "merges.txt",
)
"""What decides a score; the state of the optimiser does not."""

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")

LENGTH_NAMES = ("max_position_embeddings", "n_positions", "max_sequence_length")
"""How configs call the number of tokens that a model reads at once."""

WHEN_BROKEN = "Fetch or write the model again."
"""How a config.json that cannot be read is mended."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One model folder."""

    stage: str
    step: int
    folder: Path
    chosen: bool
    """The one that its stage stands for."""
    made_by: str = ""
    """The stage that trained it, where `stage` says that a server computes it."""

    @property
    def chats(self) -> bool:
        """Whether it may know the chat template: a chat stage does, a model from elsewhere may."""
        return (self.made_by or self.stage) in (*CHAT_STAGES, "model")

    @property
    def name(self) -> str:
        """Name of the folder of its scores, e.g. "sft-000500"."""
        return f"{self.stage}-{self.step:06d}"


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be scored, and the folder that the scores go to."""

    run: Path
    """The run that was trained; a plain model gets one of its own under runs/."""
    checkpoints: tuple[Checkpoint, ...]
    scored: Path | None = None
    """Run folder of the scores, where it is another."""

    @property
    def evals(self) -> Path:
        """Where the scores are."""
        return (self.scored or self.run) / "evals"


def find_target(path: Path, out: Path | None = None) -> Target:
    """Return the checkpoints that `path` stands for: a run, a stage, a step or a model folder.

    Raises:
        MissingInput: there is no finished checkpoint.
    """
    if (path / "config.json").is_file():
        target = _single(path)
    elif _is_stage(path):
        target = Target(path.parent, tuple(_of_stage(path)))
    else:
        target = Target(path, tuple(_of_run(path)))
    if not target.checkpoints:
        raise MissingInput(path, "korean-rlhf pretrain, sft or ppo, with --out in this folder")
    return replace(target, scored=out)


def find_served(path: Path, model: str, out: Path | None = None) -> Target:
    """Return the one model in `path` as a server holds it under the name `model`.

    Its scores stand beside those of the same folder computed here.

    Raises:
        MissingInput: there is no such folder.
        BadInput: it holds no tokenizer, as a run or a stage does.
    """
    if not path.is_dir():
        raise MissingInput(path)
    if not any((path / file).is_file() for file in TOKENIZER_FILES):
        raise BadInput(
            f"{path} holds no tokenizer. A server holds one model: give eval its folder, or one "
            "with the files of its tokenizer."
        )
    target = _single(path)
    own = target.checkpoints[0]
    last = re.sub(r"[^\w.-]+", "-", model.rstrip("/").rpartition("/")[2])
    stage = f"served-{own.stage}-{last}"
    served = Checkpoint(stage, own.step, path, chosen=True, made_by=own.stage)
    return Target(target.run, (served,), out)


def chosen_of(run: Path, stage: str) -> Checkpoint | None:
    """Return the checkpoint that a stage of a run chose, None while it has none."""
    return next((found for found in _of_stage(run / stage) if found.chosen), None)


def _single(path: Path) -> Target:
    folder = path.resolve()
    if folder.name.startswith("step-") and folder.name[5:].isdigit():
        step = Checkpoint(folder.parent.name, step_number(folder), path, chosen=True)
        return Target(folder.parent.parent, (step,))
    return Target(Path("runs") / folder.name, (Checkpoint("model", 0, path, chosen=True),))


def _of_run(run: Path) -> list[Checkpoint]:
    folders = [folder for folder in run.iterdir() if folder.is_dir()] if run.is_dir() else []
    found = {folder.name: _of_stage(folder) for folder in folders}
    ordered = [*STAGES, *sorted(found.keys() - set(STAGES))]
    return [checkpoint for stage in ordered for checkpoint in found.get(stage, [])]


def _of_stage(stage: Path) -> list[Checkpoint]:
    steps = [folder for folder in finished_steps(stage) if is_language_model(folder)]
    if not steps:
        return []
    best = chosen_step(stage)
    return [Checkpoint(stage.name, step_number(at), at, at == best) for at in steps]


def _is_stage(path: Path) -> bool:
    return any(path.glob("step-*/config.json"))


def is_language_model(folder: Path) -> bool:
    """Whether the model in `folder` writes text; a reward model does not.

    Raises:
        BadInput: its config.json cannot be read.
    """
    config = folder / "config.json"
    if not config.is_file():
        return False
    names = read_json_object(config, fix=WHEN_BROKEN).get("architectures")
    if not isinstance(names, list):
        raise BadInput(f"{config}: names no architectures. {WHEN_BROKEN}")
    return any("CausalLM" in name or "LMHead" in name for name in names)


def weights_digest(folder: Path) -> str:
    """Return the sha256 over everything in `folder` that decides a score: weights and tokenizer.

    Raises:
        MissingInput: there is no model, or it goes while it is read.
    """
    total = hashlib.sha256()
    try:
        for path in _scored_files(folder):
            state = path.stat()
            digest = _digest_of(path.resolve(), state.st_size, state.st_mtime_ns)
            total.update(f"{path.name}\0{digest}\n".encode())
    except FileNotFoundError:
        raise MissingInput(folder) from None
    return total.hexdigest()


def _scored_files(folder: Path) -> list[Path]:
    found = [path for pattern in SCORED_FILES for path in sorted(folder.glob(pattern))]
    if not found:
        raise MissingInput(folder)
    return found


@functools.lru_cache(maxsize=1024)
def _digest_of(path: Path, size: int, changed: int) -> str:
    """Return the sha256 of a file, read once while its size and its time stay the same."""
    return file_digest(path)
