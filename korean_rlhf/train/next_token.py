"""Next-token prediction on rows: the objective of pretraining and SFT."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from transformers import PreTrainedModel

from korean_rlhf.model.gpt import hidden_states, to_logits
from korean_rlhf.train.batches import Rows
from korean_rlhf.train.device import Hardware
from korean_rlhf.train.distributed import sum_over_processes
from korean_rlhf.train.losses import IGNORE, next_token_loss


def packed_loss(model: PreTrainedModel) -> Callable[[Rows], Tensor]:
    """Return the summed loss of rows in which every target is learned."""

    def loss(rows: Rows) -> Tensor:
        return next_token_loss(model(rows.inputs, use_cache=False).logits, rows.targets)

    return loss


def masked_loss(model: PreTrainedModel) -> Callable[[Rows], Tensor]:
    """Return the summed loss of padded rows; logits are computed at the learned targets only."""

    def loss(rows: Rows) -> Tensor:
        learned = rows.targets != IGNORE
        states = hidden_states(model, rows.inputs)[learned]
        return next_token_loss(to_logits(model, states)[None], rows.targets[learned][None])

    return loss


def to_device(rows: Rows, device: str) -> Rows:
    """Return the rows on `device`."""
    return Rows(inputs=rows.inputs.to(device), targets=rows.targets.to(device))


def on(hardware: Hardware, loss: Callable[[Rows], Tensor]) -> Callable[[Rows], Tensor]:
    """Return `loss` in the chosen precision, for rows that are still on the CPU."""

    def run(rows: Rows) -> Tensor:
        with hardware.autocast():
            return loss(to_device(rows, hardware.device))

    return run


def mean_loss(loss: Callable[[Rows], Tensor], parts: Sequence[Rows]) -> float:
    """Return the mean loss a learned token over all parts of all processes, in nats."""
    with torch.no_grad():
        total = sum(float(loss(part)) for part in parts)
    learned = sum(part.learned for part in parts)
    total, count = sum_over_processes([total, float(learned)])
    return total / max(count, 1.0)
