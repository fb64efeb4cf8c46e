"""Rewards, advantages and their whitening for PPO."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

INVALID_LOG_PROBABILITY = 1.0
"""Stands at padding in every log-probability, an impossible value: differences there are 0."""


def response_mask(lengths: Tensor, width: int) -> Tensor:
    """Return (batch, width) booleans, true for the first `lengths[i]` tokens of row i."""
    return torch.arange(width, device=lengths.device) < lengths.unsqueeze(1)


def token_rewards(
    log_probabilities: Tensor,
    reference: Tensor,
    lengths: Tensor,
    scores: Tensor,
    *,
    kl_coefficient: float,
    score_after_end: bool = False,
) -> Tensor:
    """Return the reward of each token: minus the price of its log-ratio, plus the score at the end.

    Args:
        log_probabilities: (batch, time) of the sampled tokens under the rollout policy.
        reference: (batch, time) of the same tokens under the frozen SFT model.
        lengths: (batch,) tokens of each response, its end token included; at least 1.
        scores: (batch,) of the reward model.
        kl_coefficient: Price of one nat.
        score_after_end: Put the score one place after the last token where there is room, as
            Huang et al. do (arXiv:2403.17031): the state after the end token has a value too.

    Source: InstructGPT, arXiv:2203.02155, equation 2; per token as in Ziegler et al. 2019.
    """
    mask = response_mask(lengths, log_probabilities.shape[1])
    own = log_probabilities.masked_fill(~mask, INVALID_LOG_PROBABILITY)
    other = reference.masked_fill(~mask, INVALID_LOG_PROBABILITY)
    rewards = -kl_coefficient * (own - other)
    place = score_places(lengths, rewards.shape[1], score_after_end)
    rows = torch.arange(len(lengths), device=lengths.device)
    rewards[rows, place] += scores.to(rewards.dtype)
    return rewards


def score_places(lengths: Tensor, width: int, score_after_end: bool) -> Tensor:
    """Return the column of each response's score; never past the last column."""
    return lengths.clamp(max=width - 1) if score_after_end else lengths - 1


def generalized_advantage(
    rewards: Tensor, values: Tensor, *, gamma: float = 1.0, smoothing: float = 0.95
) -> Tensor:
    """Return generalized advantage estimates over one batch of finished responses.

    Args:
        rewards: (batch, time) reward after each token; the score minus the KL penalty in nats.
        values: (batch, time) value of the state before each token.
        gamma: Discount per token. 1.0 because a response is short and ends.
        smoothing: Lambda of the paper. 0.0 trusts `values` fully, 1.0 not at all.

    Returns:
        (batch, time) advantages, not whitened. Add `values` to get the value targets.

    Raises:
        ValueError: the two shapes differ.

    Source: Schulman et al. 2016, arXiv:1506.02438, equation 16. The state after the last token is
    worth 0 (no bootstrapping past the end): responses padded past their end must carry reward 0
    and value 0 there.
    """
    if rewards.shape != values.shape:
        raise ValueError(
            f"rewards and values must match, got {tuple(rewards.shape)} and {tuple(values.shape)}"
        )
    advantages = torch.zeros_like(rewards)
    following_value = torch.zeros_like(rewards[:, 0])
    following_advantage = torch.zeros_like(rewards[:, 0])
    for t in reversed(range(rewards.shape[1])):
        surprise = rewards[:, t] + gamma * following_value - values[:, t]
        following_advantage = surprise + gamma * smoothing * following_advantage
        advantages[:, t] = following_advantage
        following_value = values[:, t]
    return advantages


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and variance of the masked numbers of the whole batch."""

    mean: float
    variance: float


def masked_moments(values: Tensor, mask: Tensor) -> Moments:
    """Return mean and (biased) variance over `mask`, over the batches of all processes.

    The variance divides by n, not n - 1, as in Huang et al. 2024, arXiv:2403.17031.
    """
    from korean_rlhf.train.distributed import sum_over_processes

    chosen = values[mask].double()
    count, total = sum_over_processes([float(len(chosen)), float(chosen.sum())])
    mean = total / max(count, 1.0)
    (squares,) = sum_over_processes([float(((chosen - mean) ** 2).sum())])
    return Moments(mean=mean, variance=squares / max(count, 1.0))


def whiten(values: Tensor, mask: Tensor, *, shift_mean: bool = True) -> Tensor:
    """Scale the masked numbers to variance 1, with `shift_mean` to mean 0; set the rest to 0."""
    moments = masked_moments(values, mask)
    scaled: Tensor = (values - moments.mean) * (moments.variance + 1e-8) ** -0.5
    return (scaled if shift_mean else scaled + moments.mean) * mask


def explained_variance(values: Tensor, returns: Tensor, mask: Tensor) -> float:
    """Return how much of the returns' variance the values explain: 1 all, 0 nothing."""
    spread = masked_moments(returns, mask).variance
    return 1.0 - masked_moments(returns - values, mask).variance / max(spread, 1e-12)
