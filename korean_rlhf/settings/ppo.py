"""Settings of the PPO stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from korean_rlhf.errors import SettingsError
from korean_rlhf.settings.optimizer import (
    OptimizerSettings,
    require_fraction,
    require_positive,
)


@dataclass(frozen=True, kw_only=True)
class PPOSettings(OptimizerSettings):
    """Settings of one PPO run.

    Defaults follow InstructGPT, arXiv:2203.02155, appendix C.4, and Huang et al. 2024,
    arXiv:2403.17031, where the first is silent.
    """

    learning_rate: float = 3e-6
    """Peak learning rate of the policy."""

    value_learning_rate: float = 9e-6
    """Peak learning rate of the value network."""

    schedule: Literal["cosine", "wsd", "linear", "constant"] = "constant"
    """How the learning rate goes from its peak to its floor; wsd falls in the last fifth only."""

    warmup: int = 10
    """Updates until the policy's learning rate is at its peak; the value network has no warm-up."""

    epsilon: float = 1e-5
    """AdamW: added to the root of the squared gradient."""

    weight_decay: float = 0.0
    """AdamW: pull of the matrices towards 0; vectors (norms, biases) are left alone."""

    updates: int = 500
    """Rounds of sampling and learning."""

    value_only_updates: int = 0
    """First updates, of `updates`, in which only the value network learns."""

    rollouts: int = 512
    """Answers sampled in an update."""

    minibatches: int = 8
    """Optimiser steps that an update's answers are shared out over; divides `rollouts`."""

    inner_epochs: int = 1
    """Passes over the answers of an update."""

    accumulate: int = 1
    """Parts that an optimiser step is computed in; more need less memory."""

    sample_batch: int = 512
    """Answers written at once; fewer need less memory."""

    response_tokens: int = 256
    """Longest answer. A longer one is cut and pays `no_end_penalty`."""

    temperature: float = 1.0
    """Divides the logits, in sampling and in every log-probability."""

    kl_coefficient: float = 0.02
    """Price of one nat of KL from the SFT model, in units of reward."""

    no_end_penalty: float = 1.0
    """Taken from the score of an answer that did not end by itself."""

    score_clip: float | None = None
    """Scores are held within plus and minus this; not at all when not set."""

    score_after_end: bool = False
    """Reward the state after the end token, not the end token (Huang et al.)."""

    gamma: float = 1.0
    """Discount per token."""

    smoothing: float = 0.95
    """Lambda of generalised advantage estimation."""

    whiten_rewards: bool = False
    """Scale the rewards to variance 1, their mean left alone. It shortens answers."""

    policy_clip: float = 0.2
    """How far the probability ratio may go before its gradient stops."""

    value_clip: float = 0.2
    """How far a value may move in an update before its gradient stops."""

    value_weight: float = 0.1
    """Factor of the value loss. The value network and its AdamW are its own, and AdamW divides by
    the size of the gradient: this changes next to nothing but when `clip` takes hold."""

    kl_max: float = 20.0
    """Nats of KL from the SFT model at which the run stops."""

    evaluate_every: int = 10
    """Updates between two measurements on held-out prompts, each with a checkpoint."""

    evaluate_prompts: int = 128
    """Held-out prompts; they are never trained on."""

    evaluate_samples: int = 2
    """Answers to each held-out prompt. A step becomes the best when its gain, prompt by prompt,
    exceeds its standard error."""

    min_distinct: float = 0.5
    """The run stops when the share of different held-out answers falls below this part of what it
    was at first, and such a step is never the best; 0 for no limit."""

    patience: int | None = None
    """Measurements in a row without a new best after which the run ends; never when not set."""

    drop_overlap: bool = False
    """Leave out prompts that the policy or the reward model saw, instead of refusing."""

    def __post_init__(self) -> None:
        OptimizerSettings.__post_init__(self)
        require_positive(self, "value_learning_rate", "updates", "rollouts", "minibatches")
        require_positive(self, "inner_epochs", "accumulate", "response_tokens", "temperature")
        require_positive(self, "policy_clip", "value_clip", "kl_max", "evaluate_every")
        require_positive(self, "evaluate_prompts", "evaluate_samples", "sample_batch")
        require_fraction(self, "gamma", "smoothing", "min_distinct")
        if self.rollouts % self.minibatches:
            nearest = self.rollouts - self.rollouts % self.minibatches or self.minibatches
            raise SettingsError(
                f"rollouts ({self.rollouts}) must be a multiple of minibatches "
                f"({self.minibatches}). Nearest: rollouts = {nearest}."
            )
        if self.accumulate > self.rollouts // self.minibatches:
            raise SettingsError(
                f"accumulate ({self.accumulate}) must not exceed the answers of a minibatch, "
                f"rollouts / minibatches = {self.rollouts // self.minibatches}."
            )
        if not 0 <= self.value_only_updates < self.updates:
            raise SettingsError(
                f"value_only_updates ({self.value_only_updates}) must be at least 0 and below "
                f"updates ({self.updates})."
            )
