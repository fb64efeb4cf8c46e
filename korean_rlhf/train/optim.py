"""The optimiser: AdamW, with weight decay on matrices only; Muon for the inner matrices on wish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from korean_rlhf.settings.optimizer import OptimizerSettings

NEWTON_SCHULZ_STEPS = 3
"""Steps that make an update of Muon nearly orthogonal; 5 is usual, 3 is quicker and enough here."""

Group = dict[str, Any]


def make_optimizer(
    modules: Mapping[str, tuple[nn.Module, float]], settings: OptimizerSettings
) -> torch.optim.Optimizer:
    """Return the optimiser that `settings` name, over the trainable parameters of `modules`.

    Args:
        modules: By name, a module and its peak learning rate. No parameter stands in two of them.
        settings: Betas, epsilon and weight decay; the decay is for tensors of two or more
            dimensions, because norms and biases have no scale to lose.
    """
    by_muon: list[Group] = []
    by_adam: list[Group] = []
    for module, peak in modules.values():
        trainable = [parameter for parameter in module.parameters() if parameter.requires_grad]
        inner = inner_matrices(module) if settings.optimizer == "muon" else set()
        mine = [parameter for parameter in trainable if parameter in inner]
        rest = [parameter for parameter in trainable if parameter not in inner]
        matrices = [parameter for parameter in rest if parameter.dim() >= 2]
        vectors = [parameter for parameter in rest if parameter.dim() < 2]
        by_muon += _groups(peak, (mine, settings.weight_decay))
        by_adam += _groups(peak, (matrices, settings.weight_decay), (vectors, 0.0))
    adam = torch.optim.AdamW(
        by_adam, betas=(settings.beta1, settings.beta2), eps=settings.epsilon, fused=_fused(by_adam)
    )
    return MuonAndAdamW(by_muon, adam) if by_muon else adam


def _groups(peak: float, *shares: tuple[list[nn.Parameter], float]) -> list[Group]:
    return [
        {"params": chosen, "weight_decay": decay, "lr": peak, "peak": peak}
        for chosen, decay in shares
        if chosen
    ]


def _fused(groups: list[Group]) -> bool | None:
    parameters = (parameter for group in groups for parameter in group["params"])
    return True if all(parameter.is_floating_point() for parameter in parameters) else None


def inner_matrices(module: nn.Module) -> set[Tensor]:
    """Return the matrices between embedding and output layer, which Muon is made for."""
    embeddings = [part for part in module.modules() if isinstance(part, nn.Embedding)]
    outputs = [_output_layer(part) for part in module.modules()]
    outer = {layer.weight for layer in (*embeddings, *outputs) if layer is not None}
    return {
        parameter
        for parameter in module.parameters()
        if parameter.dim() == 2 and min(parameter.shape) > 1 and parameter not in outer
    }


def _output_layer(module: nn.Module) -> Any:
    return module.get_output_embeddings() if isinstance(module, PreTrainedModel) else None


class MuonAndAdamW(torch.optim.Optimizer):
    """Muon for the inner matrices and AdamW for all else, as one optimiser with one state.

    Source: Jordan et al. 2024, kellerjordan.github.io/posts/muon; updates are scaled to the size of
    AdamW's (Liu et al. 2025, arXiv:2502.16982, equation 4), so one learning rate serves both.
    """

    def __init__(self, groups: list[Group], adam: torch.optim.AdamW) -> None:
        muon = torch.optim.Muon(
            groups, ns_steps=NEWTON_SCHULZ_STEPS, adjust_lr_fn="match_rms_adamw"
        )
        muon.state = adam.state  # no parameter belongs to both
        self.parts = (muon, adam)
        self.state = adam.state
        self.param_groups = [*muon.param_groups, *adam.param_groups]

    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Take one step with each; a closure would be called twice, so none is taken."""
        for part in self.parts:
            part.step()  # type: ignore[no-untyped-call]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters."""
        for part in self.parts:
            part.zero_grad(set_to_none)


def set_learning_rate(optimizer: torch.optim.Optimizer, factor: float) -> float:
    """Set every group to `factor` times its peak; return the first group's learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = factor * group["peak"]
    return float(optimizer.param_groups[0]["lr"])
