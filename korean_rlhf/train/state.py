"""Checkpoints: model folders that other programs open, and beside them what resuming needs.

    step-000200/  model.safetensors  config.json  tokenizer.json   the model
                  state/optimizer.safetensors  state/notes.json    to go on from here
                  manifest.json                                    last: the step is finished

No pickle: optimizer state is tensors by parameter name. Random state is not stored, because all
randomness of a step is a function of the seed and its number (`loop.seed_step`, `batches`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from korean_rlhf import __version__
from korean_rlhf.rundir import (
    MANIFEST,
    atomic_write_text,
    finished_steps,
    step_folder,
    step_number,
)

STATE = "state"
NOTES = "notes.json"
Optimizers = Mapping[str, torch.optim.Optimizer]
Modules = Mapping[str, nn.Module]


def parameter_names(modules: Modules) -> dict[Tensor, str]:
    """Return "module.parameter" by parameter; a tied one goes by its first name."""
    return {
        parameter: f"{module}.{name}"
        for module, network in modules.items()
        for name, parameter in network.named_parameters()
    }


def optimizer_tensors(optimizer: torch.optim.Optimizer, modules: Modules) -> dict[str, Tensor]:
    """Return the optimizer's state as tensors by "module.parameter/moment"."""
    names = parameter_names(modules)
    return {
        f"{names[parameter]}/{moment}": value.detach().cpu().contiguous()
        for group in optimizer.param_groups
        for parameter in group["params"]
        for moment, value in optimizer.state[parameter].items()
    }


def fill_optimizer(
    optimizer: torch.optim.Optimizer, modules: Modules, tensors: Mapping[str, Tensor]
) -> None:
    """Put the state that `optimizer_tensors` returned back into a new optimizer."""
    names = parameter_names(modules)
    by_name: dict[str, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        name, _, moment = key.rpartition("/")
        by_name.setdefault(name, {})[moment] = value
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            moments = by_name.get(names[parameter], {})
            on_cpu = {"step"} if not group.get("fused") else set()
            optimizer.state[parameter] = {
                moment: value if moment in on_cpu else value.to(parameter.device)
                for moment, value in moments.items()
            }


def write_checkpoint(
    stage_folder: Path,
    step: int,
    *,
    write_model: Callable[[Path], None],
    modules: Modules,
    optimizers: Optimizers,
    extra: Modules | None = None,
    notes: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> Path:
    """Write one step folder, its manifest last.

    Args:
        stage_folder: Where the step folder stands.
        step: Steps done.
        write_model: Writes model, config and tokenizer into the folder it is given.
        modules: Networks that the optimizers' parameters belong to.
        optimizers: By name.
        extra: Networks whose weights are only needed to go on, such as PPO's value network.
        notes: What the stage must remember, as JSON.
        facts: For the step's manifest.
    """
    folder = step_folder(stage_folder, step)
    if folder.exists():
        shutil.rmtree(folder)  # a torn one: a finished step is never written again
    write_model(folder)
    state = folder / STATE
    state.mkdir()
    for name, optimizer in optimizers.items():
        save_file(optimizer_tensors(optimizer, modules), state / f"{name}.safetensors")
    for name, network in (extra or {}).items():
        weights = {key: value.cpu().contiguous() for key, value in network.state_dict().items()}
        save_file(weights, state / f"{name}.weights.safetensors")
    atomic_write_text(state / NOTES, json.dumps(dict(notes), ensure_ascii=False) + "\n")
    sync(folder)
    manifest = {"step": step, "version": __version__, **facts}
    atomic_write_text(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
    return folder


def sync(folder: Path) -> None:
    """Return when all files in `folder` are on the disk, and their names too.

    A machine that loses power must not leave a manifest that vouches for torn weights.
    """
    for path in (*folder.rglob("*"), folder, folder.parent):
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def resumable_step(stage_folder: Path) -> Path | None:
    """Return the newest finished step, where an interrupted stage goes on; None at the start."""
    steps = [path for path in finished_steps(stage_folder) if (path / STATE / NOTES).is_file()]
    return steps[-1] if steps else None


def read_state(
    folder: Path, *, modules: Modules, optimizers: Optimizers, extra: Modules | None = None
) -> dict[str, Any]:
    """Fill optimizers and extra networks from a step folder; return its notes."""
    state = folder / STATE
    for name, optimizer in optimizers.items():
        fill_optimizer(optimizer, modules, load_file(state / f"{name}.safetensors"))
    for name, network in (extra or {}).items():
        network.load_state_dict(load_file(state / f"{name}.weights.safetensors"))
    notes: dict[str, Any] = json.loads((state / NOTES).read_text(encoding="utf-8"))
    return notes


def prune(stage_folder: Path, *, keep_last: int, best: int | None) -> None:
    """Delete checkpoints that are neither among the last nor the best, and old resume state.

    A folder loses its manifest first, so that one half deleted at a kill does not count as a step.
    """
    steps = finished_steps(stage_folder)
    for folder in steps[:-1]:
        shutil.rmtree(folder / STATE, ignore_errors=True)
    for folder in steps[:-keep_last]:
        if step_number(folder) != best:
            (folder / MANIFEST).unlink()
            shutil.rmtree(folder)


def clear_leftovers(stage_folder: Path, *, keep_last: int, best: int | None) -> None:
    """Delete what kills left behind: checkpoints due to be pruned, and those half written."""
    prune(stage_folder, keep_last=keep_last, best=best)
    for folder in stage_folder.glob("step-*"):
        if folder.is_dir() and not (folder / MANIFEST).is_file():
            shutil.rmtree(folder)
