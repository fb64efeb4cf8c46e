"""Token rewards, advantages and whitening against arrays worked out by hand or by others' code."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from korean_rlhf.settings.ppo import PPOSettings
from korean_rlhf.train.advantage import (
    explained_variance,
    generalized_advantage,
    response_mask,
    score_places,
    token_rewards,
    whiten,
)


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_row_15_the_rewards_of_four_tokens_worked_out_by_hand() -> None:
    own = torch.tensor([[-1.0, -2.0, -0.5, -3.0]])
    reference = torch.tensor([[-1.5, -1.0, -0.5, -9.0]])

    rewards = token_rewards(
        own, reference, torch.tensor([3]), torch.tensor([2.0]), kl_coefficient=0.1
    )

    # -0.1 * (0.5, -1.0, 0.0), the score at the third token, nothing at the padding after it.
    torch.testing.assert_close(rewards, torch.tensor([[-0.05, 0.10, 2.0, 0.0]]))


def huang_rewards(
    own: Tensor, reference: Tensor, responses: Tensor, pad_id: int, scores: Tensor, beta: float
) -> tuple[Tensor, Tensor, Tensor]:
    """The lines of summarize_from_feedback_details/ppo.py that pad, penalise and place the score.

    Source: Huang et al. 2024, arXiv:2403.17031, the authors' code, lines 38 and 670-690.
    """
    width = responses.shape[1]
    is_pad = responses == pad_id
    first_pad = torch.where(is_pad.any(1), is_pad.int().argmax(1), width)
    sequence_lengths = first_pad - 1
    places = torch.arange(width).repeat(len(responses), 1)
    padding_mask = places > sequence_lengths.unsqueeze(1)
    own = torch.masked_fill(own, padding_mask, 1.0)
    reference = torch.masked_fill(reference, padding_mask, 1.0)
    sequence_lengths_p1 = sequence_lengths + 1
    padding_mask_p1 = places > sequence_lengths_p1.unsqueeze(1)
    rewards = -beta * (own - reference)
    actual_start = torch.arange(len(rewards))
    actual_end = torch.where(sequence_lengths_p1 < width, sequence_lengths_p1, sequence_lengths)
    rewards[actual_start, actual_end] += scores
    return rewards, padding_mask, padding_mask_p1


def test_row_16_masks_and_score_places_are_those_of_the_published_code() -> None:
    lengths, width = torch.tensor([1, 3, 5, 4]), 5
    responses = torch.where(response_mask(lengths, width), 7, 0)
    own, reference, scores = drawn(4, width), drawn(4, width, seed=1), drawn(4, seed=2)

    expected, mask, mask_p1 = huang_rewards(own, reference, responses, 0, scores, 0.05)
    ours = token_rewards(own, reference, lengths, scores, kl_coefficient=0.05, score_after_end=True)
    last = score_places(lengths, width, score_after_end=True)

    torch.testing.assert_close(ours, expected)
    assert torch.equal(~mask, response_mask(lengths, width))
    assert torch.equal(~mask_p1, response_mask(last + 1, width))


def brute_force(rewards: Tensor, values: Tensor, gamma: float, smoothing: float) -> Tensor:
    """Equation 16 of arXiv:1506.02438 as the double sum it is."""
    _, width = rewards.shape
    following = torch.cat([values[:, 1:], torch.zeros_like(values[:, :1])], dim=1)
    surprises = rewards + gamma * following - values
    found = torch.zeros_like(rewards)
    for t in range(width):
        for later in range(t, width):
            found[:, t] += (gamma * smoothing) ** (later - t) * surprises[:, later]
    return found


@pytest.mark.parametrize("gamma", [1.0, 0.9])
@pytest.mark.parametrize("smoothing", [0.0, 0.95, 1.0])
def test_row_17_advantages_equal_the_double_sum(gamma: float, smoothing: float) -> None:
    rewards, values = drawn(5, 8), drawn(5, 8, seed=1)

    ours = generalized_advantage(rewards, values, gamma=gamma, smoothing=smoothing)

    torch.testing.assert_close(ours, brute_force(rewards, values, gamma, smoothing))


def test_row_17_nothing_is_bootstrapped_past_the_end() -> None:
    rewards, values = drawn(1, 4), drawn(1, 4, seed=1)
    longer = [torch.cat([one, torch.zeros(1, 3)], dim=1) for one in (rewards, values)]

    torch.testing.assert_close(
        generalized_advantage(*longer)[:, :4], generalized_advantage(rewards, values)
    )


def test_row_17_with_full_trust_in_rewards_the_return_is_their_sum() -> None:
    rewards, values = drawn(3, 6), drawn(3, 6, seed=1)
    returns = generalized_advantage(rewards, values, smoothing=1.0) + values

    torch.testing.assert_close(returns, rewards.flip(1).cumsum(1).flip(1))


def test_advantages_of_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="must match"):
        generalized_advantage(torch.zeros(2, 3), torch.zeros(2, 4))


def test_row_18_reward_whitening_is_off_by_default_and_keeps_the_mean() -> None:
    values, mask = drawn(4, 6) * 3 + 5, response_mask(torch.tensor([1, 6, 3, 4]), 6)
    chosen = values.numpy()[mask.numpy()]
    expected = (chosen - chosen.mean()) / np.sqrt(chosen.var() + 1e-8) + chosen.mean()

    ours = whiten(values, mask, shift_mean=False)

    assert PPOSettings().whiten_rewards is False
    np.testing.assert_allclose(ours.numpy()[mask.numpy()], expected, rtol=1e-5)


def test_row_19_advantage_whitening_is_masked_and_divides_by_n() -> None:
    values, mask = drawn(4, 6), response_mask(torch.tensor([2, 6, 3, 1]), 6)
    spoilt = values.masked_fill(~mask, 1e6)

    ours = whiten(spoilt, mask)
    chosen = ours[mask].double()

    assert chosen.mean().item() == pytest.approx(0.0, abs=1e-6)
    assert chosen.var(unbiased=False).item() == pytest.approx(1.0, abs=1e-5)
    assert torch.equal(ours[~mask], torch.zeros(int((~mask).sum())))


def test_perfect_values_explain_everything_and_constant_ones_nothing() -> None:
    returns, mask = drawn(3, 4), torch.ones(3, 4, dtype=torch.bool)

    assert explained_variance(returns, returns, mask) == pytest.approx(1.0)
    assert explained_variance(torch.full((3, 4), 2.0), returns, mask) == pytest.approx(
        0.0, abs=1e-5
    )
