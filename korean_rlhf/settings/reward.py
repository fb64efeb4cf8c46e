"""Settings of the reward model."""

from __future__ import annotations

from dataclasses import dataclass

from korean_rlhf.settings.optimizer import (
    OptimizerSettings,
    require_fraction,
    require_positive,
)


@dataclass(frozen=True, kw_only=True)
class RewardSettings(OptimizerSettings):
    """Settings of one reward-model run on ranked answers.

    Defaults follow InstructGPT, arXiv:2203.02155, appendix C.2: one epoch, 64 prompts a step.
    """

    learning_rate: float = 1e-5
    """Peak learning rate."""

    weight_decay: float = 0.0
    """AdamW: pull of the matrices towards 0; vectors (norms, biases) are left alone."""

    epochs: float = 1.0
    """Passes over the comparisons. A reward model overfits soon after the first."""

    batch_prompts: int = 64
    """Prompts of one optimiser step, each with all of its K ranked answers, in `accumulate` parts.
    The model reads a prompt once for all of them, where it can; else it reads K rows."""

    accumulate: int = 1
    """Parts that a step is computed in; more parts need less memory and give the same result."""

    validation_share: float = 0.1
    """Share of the first questions set aside, with their comparisons, to measure accuracy."""

    validation_most: int = 500
    """Most first questions that are set aside; each takes all comparisons that begin with it."""

    evaluate_every: int = 25
    """Steps between two measurements of the validation loss, each with a checkpoint."""

    patience: int = 3
    """Measurements in a row without a new minimum after which the run ends."""

    demonstrations_most: int = 512
    """Demonstrations scored to find the bias that makes their mean score 0."""

    drop_overlap: bool = False
    """Leave out comparisons whose prompt the base model was trained on, instead of refusing."""

    def __post_init__(self) -> None:
        OptimizerSettings.__post_init__(self)
        require_positive(self, "epochs", "batch_prompts", "accumulate", "evaluate_every")
        require_positive(self, "patience", "validation_most", "demonstrations_most")
        require_fraction(self, "validation_share")
