"""A training stage on disk: opened by one process of the job, used by all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from torch import nn

from korean_rlhf.rundir import Stage, file_digest, open_stage
from korean_rlhf.train.device import Hardware
from korean_rlhf.train.distributed import (
    from_first_process,
    process_count,
    process_group,
    process_rank,
)

N = TypeVar("N", bound=nn.Module)


@contextmanager
def open_training(
    out: Path, name: str, *, settings: Any, inputs: Sequence[Path], replace: bool = False
) -> Iterator[Stage]:
    """Open a stage as `rundir.open_stage` does; under torchrun the first process opens it for all.

    The others get a Stage that knows its folder and holds no lock.
    """
    with process_group():
        if process_rank() > 0:
            finished = json.loads(from_first_process(""))
            yield Stage(out, name, {}, finished=finished)
            return
        with open_stage(out, name, settings=settings, inputs=inputs, replace=replace) as stage:
            from_first_process(json.dumps(stage.finished))
            yield stage


def publish(
    stage: Stage,
    hardware: Hardware,
    model: nn.Module,
    *,
    counts: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> None:
    """Finish the stage: the first process writes its manifest."""
    if process_rank() > 0:
        return
    stage.finish(
        counts=counts,
        digest=weights_digest(stage.folder / str(facts["best"])),
        **facts,
        parameters=parameter_count(model),
        device=hardware.device,
        precision=hardware.precision,
        precision_timing=hardware.timing,
        compiled=hardware.compiled,
        processes=process_count(),
    )


def placed(network: N, device: str) -> N:
    """Return the network, on `device`."""
    nn.Module.to(network, device)  # transformers hides the signature of its own `to`
    return network


def weights_digest(folder: Path) -> str:
    """Return a digest of the weights in a model folder."""
    files = sorted(folder.glob("*.safetensors"))
    return hashlib.sha256("".join(map(file_digest, files)).encode()).hexdigest()


def parameter_count(model: nn.Module) -> int:
    """Return how many numbers a model holds; a tied tensor counts once."""
    return sum(parameter.numel() for parameter in model.parameters())
