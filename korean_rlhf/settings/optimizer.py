"""Settings that every training stage has: optimiser, hardware, checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from korean_rlhf.errors import SettingsError


# Without slots: PretrainSettings inherits from this and ModelSettings; only one may have them.
@dataclass(frozen=True, kw_only=True)
class OptimizerSettings:
    """Settings that pretraining, SFT, reward training and PPO share."""

    optimizer: Literal["adamw", "muon"] = "adamw"
    """muon: Muon for the matrices between embedding and output layer, AdamW for the rest. It learns
    more from each token and takes a larger learning rate (about 0.01 for a new small model)."""

    learning_rate: float = 3e-4
    """Peak learning rate."""

    schedule: Literal["cosine", "wsd", "linear", "constant"] = "cosine"
    """How the learning rate goes from its peak to its floor; wsd falls in the last fifth only."""

    warmup: int = 10
    """Steps until the learning rate is at its peak."""

    warmup_from: float = 0.1
    """Factor of the peak at the first step of the warm-up."""

    floor: float = 0.1
    """Factor of the peak that the schedule ends at."""

    beta1: float = 0.9
    """AdamW: memory of the gradient."""

    beta2: float = 0.95
    """AdamW: memory of the squared gradient."""

    epsilon: float = 1e-8
    """AdamW: added to the root of the squared gradient."""

    weight_decay: float = 0.1
    """AdamW: pull of the matrices towards 0; vectors (norms, biases) are left alone."""

    clip: float = 1.0
    """Longest gradient, all parameters together; a longer one is scaled down."""

    seed: int = 1
    """Decides the order of the data, dropout and sampling."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute; auto takes a GPU where there is one."""

    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """Arithmetic of the matrix products (weights stay fp32); auto times both for a second."""

    compile: Literal["auto", "on", "off"] = "auto"
    """torch.compile; auto uses it when the planned steps are long enough to win its cost back."""

    keep_last: int = 1
    """Checkpoints kept besides the best one; only the newest can be resumed."""

    def __post_init__(self) -> None:
        require_positive(self, "learning_rate", "epsilon", "clip", "keep_last")
        require_fraction(self, "warmup_from", "floor", "beta1", "beta2")
        if self.warmup < 0 or self.weight_decay < 0:
            raise SettingsError("warmup and weight_decay must not be negative.")


def require_positive(settings: object, *names: str) -> None:
    """Refuse a setting that is 0 or less."""
    for name in names:
        if getattr(settings, name) <= 0:
            raise SettingsError(f"{name} must be above 0, got {getattr(settings, name)}.")


def require_fraction(settings: object, *names: str) -> None:
    """Refuse a setting outside 0 to 1."""
    for name in names:
        if not 0.0 <= getattr(settings, name) <= 1.0:
            raise SettingsError(f"{name} must be within 0 and 1, got {getattr(settings, name)}.")
