"""What PPO learns from in one update: answers, and what every network says of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import PreTrainedModel

from korean_rlhf.model.heads import RewardModel
from korean_rlhf.model.passes import passes
from korean_rlhf.settings.ppo import PPOSettings
from korean_rlhf.train.advantage import (
    generalized_advantage,
    response_mask,
    score_places,
    token_rewards,
    whiten,
)
from korean_rlhf.train.answers import (
    Answers,
    log_probabilities,
    log_probabilities_and_entropy,
    scores,
    state_values,
)
from korean_rlhf.train.device import Hardware


@dataclass(frozen=True, slots=True)
class Networks:
    """The four networks of PPO."""

    policy: PreTrainedModel
    reference: PreTrainedModel
    """The policy before PPO; frozen."""
    reward: RewardModel
    """Frozen."""
    values: RewardModel
    """A network of its own that starts as a copy of the reward model."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Answers as the networks saw them before an update; all (batch, new) but the scores."""

    log_probabilities: Tensor
    entropy: Tensor
    reference: Tensor
    values: Tensor
    scores: Tensor
    """(batch,) of the reward model, nothing taken off."""

    @property
    def kl(self) -> Tensor:
        """(batch,) summed log-ratio of each answer, in nats."""
        return (self.log_probabilities - self.reference).sum(1)


@dataclass(frozen=True, slots=True)
class Experience:
    """One part of an update, as an optimiser step reads it."""

    answers: Answers
    old: Tensor
    """Log-probabilities at the rollout, by the same forward pass as in training."""
    values: Tensor
    advantages: Tensor
    returns: Tensor
    value_mask: Tensor
    """(batch, new) bool: the states whose value is learned."""


@torch.no_grad()
def judge(
    networks: Networks, parts: Sequence[Answers], hardware: Hardware, temperature: float
) -> list[Judged]:
    """Return what the networks say of each part, computed part by part as in training."""
    found = []
    for answers in parts:
        with hardware.autocast():
            own, entropy = log_probabilities_and_entropy(networks.policy, answers, temperature)
            other = log_probabilities(networks.reference, answers, temperature)
            values = state_values(networks.values, answers)
            judged = scores(networks.reward, answers)
        found.append(Judged(own, entropy, other, values, judged))
    return found


def judge_together(
    networks: Networks, answers: Answers, hardware: Hardware, temperature: float
) -> Judged:
    """Return what the networks say of all answers, in their order; computed in passes."""
    lengths = answers.prompt_lengths + answers.lengths
    device = lengths.device
    runs = [torch.tensor(run, device=device) for run in passes(lengths.tolist(), device.type)]
    seen = judge(networks, [answers.rows(run) for run in runs], hardware, temperature)
    places, new = torch.cat(runs).argsort(), answers.responses.shape[1]

    def joined(tensors: Iterable[Tensor]) -> Tensor:
        return torch.cat([F.pad(one, (0, new - one.shape[1])) for one in tensors])[places]

    return Judged(
        joined(one.log_probabilities for one in seen),
        joined(one.entropy for one in seen),
        joined(one.reference for one in seen),
        joined(one.values for one in seen),
        torch.cat([one.scores for one in seen])[places],
    )


def final_scores(judged: Tensor, ended: Tensor, settings: PPOSettings) -> Tensor:
    """Return the scores that PPO maximises: clipped, and less for an answer without an end.

    Source of the penalty: the "EOS trick" of Huang et al. 2024, arXiv:2403.17031.
    """
    if settings.score_clip is not None:
        judged = judged.clamp(-settings.score_clip, settings.score_clip)
    return judged - settings.no_end_penalty * (~ended).to(judged.dtype)


def prepare(
    parts: Sequence[Answers], judged: Sequence[Judged], settings: PPOSettings
) -> list[Experience]:
    """Return rewards turned into advantages and returns, whitened over the whole update."""
    whole_rewards = _rewards(parts, judged, settings)
    found = []
    for answers, seen, rewards in zip(parts, judged, whole_rewards, strict=True):
        value_mask = _value_mask(answers, settings)
        values = seen.values * value_mask
        advantages = generalized_advantage(
            rewards, values, gamma=settings.gamma, smoothing=settings.smoothing
        )
        returns = (advantages + values) * value_mask
        found.append(
            Experience(answers, seen.log_probabilities, values, advantages, returns, value_mask)
        )
    return _with_whitened_advantages(found)


def _rewards(
    parts: Sequence[Answers], judged: Sequence[Judged], settings: PPOSettings
) -> list[Tensor]:
    found = [
        token_rewards(
            seen.log_probabilities,
            seen.reference,
            answers.lengths,
            final_scores(seen.scores, answers.ended, settings),
            kl_coefficient=settings.kl_coefficient,
            score_after_end=settings.score_after_end,
        )
        for answers, seen in zip(parts, judged, strict=True)
    ]
    if not settings.whiten_rewards:
        return found
    masks = [_value_mask(answers, settings) for answers in parts]
    return _whitened(found, masks, shift_mean=False)


def _value_mask(answers: Answers, settings: PPOSettings) -> Tensor:
    """Return the states that get a reward: each token's, and with score_after_end one more."""
    width = answers.responses.shape[1]
    last = score_places(answers.lengths, width, settings.score_after_end)
    return response_mask(last + 1, width)


def _with_whitened_advantages(found: Sequence[Experience]) -> list[Experience]:
    advantages = _whitened(
        [one.advantages for one in found], [one.answers.mask for one in found], shift_mean=True
    )
    return [
        Experience(one.answers, one.old, one.values, white, one.returns, one.value_mask)
        for one, white in zip(found, advantages, strict=True)
    ]


def _whitened(
    values: Sequence[Tensor], masks: Sequence[Tensor], *, shift_mean: bool
) -> list[Tensor]:
    """Whiten tensors of different shapes together."""
    flat = whiten(
        torch.cat([one.flatten() for one in values]),
        torch.cat([one.flatten() for one in masks]),
        shift_mean=shift_mean,
    )
    parts = flat.split([one.numel() for one in values])
    return [part.view_as(one) for part, one in zip(parts, values, strict=True)]


def shared_out(
    answers: Answers, *, minibatches: int, accumulate: int, seed: tuple[int, ...]
) -> list[list[Answers]]:
    """Return the parts of each minibatch: drawn at random, within it sorted by length.

    There are at least `accumulate` of them, and more where `passes` finds that more are faster.
    """
    order = np.random.default_rng(seed).permutation(len(answers.lengths))
    lengths = answers.prompt_lengths + answers.lengths
    found = []
    for chosen in np.array_split(order, minibatches):
        rows = torch.from_numpy(chosen).to(answers.lengths.device)
        by_length = rows[lengths[rows].argsort(stable=True)]
        parts = [
            part[within]
            for part in by_length.tensor_split(accumulate)
            for within in passes(lengths[part].tolist(), rows.device.type)
        ]
        found.append([answers.rows(part) for part in parts])
    return found
