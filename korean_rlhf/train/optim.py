"""The optimiser: AdamW, with weight decay on matrices only."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from korean_rlhf.settings.optimizer import OptimizerSettings


def make_optimizer(
    modules: Mapping[str, tuple[nn.Module, float]], settings: OptimizerSettings
) -> torch.optim.AdamW:
    """Return AdamW over the trainable parameters of `modules`.

    Args:
        modules: By name, a module and its peak learning rate. No parameter stands in two of them.
        settings: Betas, epsilon and weight decay; the decay is for tensors of two or more
            dimensions, because norms and biases have no scale to lose.
    """
    groups = []
    for module, peak in modules.values():
        trainable = [parameter for parameter in module.parameters() if parameter.requires_grad]
        matrices = [parameter for parameter in trainable if parameter.dim() >= 2]
        vectors = [parameter for parameter in trainable if parameter.dim() < 2]
        decays = ((matrices, settings.weight_decay), (vectors, 0.0))
        groups += [
            {"params": chosen, "weight_decay": decay, "lr": peak, "peak": peak}
            for chosen, decay in decays
            if chosen
        ]
    return torch.optim.AdamW(
        groups, betas=(settings.beta1, settings.beta2), eps=settings.epsilon, fused=_fused(groups)
    )


def _fused(groups: list[dict[str, object]]) -> bool | None:
    parameters = (parameter for group in groups for parameter in group["params"])  # type: ignore[attr-defined]
    return True if all(parameter.is_floating_point() for parameter in parameters) else None


def set_learning_rate(optimizer: torch.optim.Optimizer, factor: float) -> float:
    """Set every group to `factor` times its peak; return the first group's learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = factor * group["peak"]
    return float(optimizer.param_groups[0]["lr"])
