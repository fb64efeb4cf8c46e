"""Settings of supervised fine-tuning."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.settings.optimizer import (
    OptimizerSettings,
    require_fraction,
    require_positive,
)


@dataclass(frozen=True, kw_only=True)
class SFTSettings(OptimizerSettings):
    """Settings of one SFT run; it ends at the minimum of the validation loss."""

    learning_rate: float = 2e-5
    """Peak learning rate."""

    weight_decay: float = 0.0
    """AdamW: pull of the matrices towards 0; vectors (norms, biases) are left alone."""

    epochs: float = 3.0
    """Most passes over the demonstrations; the validation loss may end it earlier."""

    batch_size: int = 32
    """Dialogues of one optimiser step, over all processes."""

    accumulate: int = 1
    """Parts that a step is computed in; more parts need less memory and give the same result."""

    validation_share: float = 0.05
    """Share of the first questions set aside, with their dialogues, for the validation loss."""

    validation_most: int = 500
    """Most first questions that are set aside; each takes all dialogues that begin with it."""

    evaluate_every: int = 50
    """Steps between two measurements of the validation loss, each with a checkpoint."""

    patience: int = 3
    """Measurements in a row without a new minimum after which the run ends."""

    def __post_init__(self) -> None:
        OptimizerSettings.__post_init__(self)
        require_positive(self, "epochs", "batch_size", "accumulate", "evaluate_every", "patience")
        require_positive(self, "validation_most")
        require_fraction(self, "validation_share")
