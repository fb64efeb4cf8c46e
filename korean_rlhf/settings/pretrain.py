"""Settings of the pretraining stage: the shape of the network, and how it is trained."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.settings.model import ModelSettings
from korean_rlhf.settings.optimizer import OptimizerSettings, require_positive


@dataclass(frozen=True, kw_only=True)
class PretrainSettings(OptimizerSettings, ModelSettings):
    """Settings of one pretraining run."""

    learning_rate: float = 1e-3
    """Peak learning rate."""

    warmup: int = 50
    """Steps until the learning rate is at its peak."""

    warmup_from: float = 0.0
    """Factor of the peak at the first step of the warm-up."""

    steps: int = 1000
    """Optimiser steps of the whole run."""

    batch_rows: int = 32
    """Rows of one optimiser step, over all processes; a row is `context` tokens, packed full."""

    accumulate: int = 1
    """Parts that a step is computed in; more parts need less memory and give the same result."""

    evaluate_every: int = 200
    """Steps between two measurements of the validation loss, each with a checkpoint."""

    evaluate_rows: int = 64
    """Validation rows looked at each time."""

    def __post_init__(self) -> None:
        OptimizerSettings.__post_init__(self)
        ModelSettings.__post_init__(self)
        require_positive(self, "steps", "batch_rows", "accumulate", "evaluate_every")
        require_positive(self, "evaluate_rows")
