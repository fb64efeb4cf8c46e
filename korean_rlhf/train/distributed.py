"""Sums over the processes of a torchrun job; with one process they change nothing.

Gradients are summed by hand after the backward pass instead of by DistributedDataParallel: losses
here are already divided by the global count, and no wrapper stands between us and the model.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor

BUCKET_ELEMENTS = 1 << 24
"""Gradients are summed in flat buckets of about this many numbers."""


def launched_processes() -> int:
    """Return how many processes torchrun started, joined or not; 1 without it."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def process_count() -> int:
    """Return how many processes train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def process_rank() -> int:
    """Return the number of this process, from 0."""
    return dist.get_rank() if dist.is_initialized() else 0


@contextmanager
def process_group() -> Iterator[None]:
    """Join the other processes when torchrun started this one."""
    if launched_processes() == 1 or dist.is_initialized():
        yield
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def _device() -> torch.device:
    return torch.device("cuda" if dist.get_backend() == "nccl" else "cpu")


def sum_over_processes(values: Sequence[float]) -> list[float]:
    """Return each number summed over all processes, the same on each of them."""
    if process_count() == 1:
        return list(values)
    total = torch.tensor(values, dtype=torch.float64, device=_device())
    dist.all_reduce(total)
    return [float(value) for value in total]


def from_first_process(text: str) -> str:
    """Return the first process's `text` on all of them."""
    if process_count() == 1:
        return text
    box = [text]
    dist.broadcast_object_list(box, src=0, device=_device())
    return box[0]


def wait_for_all() -> None:
    """Return when every process has come here."""
    if process_count() > 1:
        dist.barrier()


def sum_gradients(parameters: Sequence[Tensor]) -> None:
    """Replace each gradient by its sum over all processes; a missing one counts as 0."""
    if process_count() == 1:
        return
    bucket: list[Tensor] = []
    for parameter in parameters:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
        bucket.append(parameter.grad)
        if sum(gradient.numel() for gradient in bucket) >= BUCKET_ELEMENTS:
            _sum_bucket(bucket)
            bucket = []
    _sum_bucket(bucket)


def _sum_bucket(gradients: list[Tensor]) -> None:
    if not gradients:
        return
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat)
    parts = flat.split([gradient.numel() for gradient in gradients])
    for gradient, part in zip(gradients, parts, strict=True):
        gradient.copy_(part.view_as(gradient))
