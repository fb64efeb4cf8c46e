"""The losses against explicit loops and gradients worked out by hand."""

from __future__ import annotations

from itertools import combinations, permutations
from math import comb

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from korean_rlhf.train.losses import (
    IGNORE,
    comparison_loss,
    next_token_loss,
    policy_loss,
    ranked_pairs,
    token_entropy,
    token_log_probabilities,
    value_loss,
)

RANKS = [[2, 1, 4, 3], [1, 1, 2], [3, 2, 1, 3, 2], [2, 1]]


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def pair_loop(scores: Tensor, ranks: list[list[int]]) -> Tensor:
    total, start = torch.zeros(()), 0
    for of_prompt in ranks:
        own = scores[start : start + len(of_prompt)]
        for a, b in combinations(range(len(of_prompt)), 2):
            if of_prompt[a] < of_prompt[b]:
                total = total - F.logsigmoid(own[a] - own[b]) / comb(len(of_prompt), 2)
            elif of_prompt[a] > of_prompt[b]:
                total = total - F.logsigmoid(own[b] - own[a]) / comb(len(of_prompt), 2)
        start += len(of_prompt)
    return total


def open_assistant_loss(scores: Tensor, lengths: list[int]) -> Tensor:
    """Open-Assistant's RMLoss with beta 0 (model_training/utils/losses.py): best score first."""
    losses, start = [], 0
    for length in lengths:
        pairs = torch.combinations(torch.arange(length), 2)
        better, worse = scores.take(start + pairs[:, 0]), scores.take(start + pairs[:, 1])
        losses.append(-F.logsigmoid(better - worse).mean())
        start += length
    return torch.stack(losses).sum()


def test_row_11_the_comparison_loss_equals_an_explicit_pair_loop() -> None:
    scores = drawn(sum(map(len, RANKS))).requires_grad_()
    twin = scores.detach().clone().requires_grad_()

    ours, loop = comparison_loss(scores, RANKS), pair_loop(twin, RANKS)
    ours.backward()
    loop.backward()

    torch.testing.assert_close(ours, loop)
    torch.testing.assert_close(scores.grad, twin.grad)


def test_row_11_without_ties_the_loss_is_open_assistants() -> None:
    lengths = [4, 9, 2, 7]
    scores = drawn(sum(lengths))

    ours = comparison_loss(scores, [list(range(1, length + 1)) for length in lengths])

    torch.testing.assert_close(ours, open_assistant_loss(scores, lengths))


def test_row_11_the_order_of_the_responses_does_not_matter() -> None:
    scores, ranks = drawn(4), [2, 1, 4, 2]
    expected = comparison_loss(scores, [ranks])

    for order in permutations(range(4)):
        turned = comparison_loss(scores[list(order)], [[ranks[place] for place in order]])
        torch.testing.assert_close(turned, expected)


def test_row_11_ties_are_dropped_and_a_prompt_of_ties_adds_nothing() -> None:
    assert ranked_pairs([1, 1, 2]) == [(0, 2), (1, 2)]
    assert ranked_pairs([3, 3, 3]) == []
    assert comparison_loss(drawn(3), [[1, 1, 1]]) == 0


def test_row_11_a_prompt_weighs_the_same_however_many_responses_it_has() -> None:
    for count in range(2, 10):
        loss = comparison_loss(torch.zeros(count), [list(range(1, count + 1))])
        assert loss.item() == pytest.approx(0.6931, abs=1e-4)


def test_next_token_loss_sums_over_the_learned_targets_only() -> None:
    logits, targets = drawn(2, 3, 5), torch.tensor([[1, IGNORE, 4], [IGNORE, 0, IGNORE]])
    logs = logits.log_softmax(-1)
    expected = -(logs[0, 0, 1] + logs[0, 2, 4] + logs[1, 1, 0])

    torch.testing.assert_close(next_token_loss(logits, targets), expected)


def test_row_6_temperature_divides_the_logits_of_every_log_probability() -> None:
    logits, tokens = drawn(2, 3, 7), torch.randint(7, (2, 3))
    expected = (logits / 0.7).log_softmax(-1).gather(-1, tokens[..., None])[..., 0]

    torch.testing.assert_close(token_log_probabilities(logits, tokens, 0.7), expected)


def test_entropy_of_equal_logits_is_the_logarithm_of_their_number() -> None:
    assert token_entropy(torch.zeros(1, 1, 8), 1.0).item() == pytest.approx(2.0794, abs=1e-4)


@pytest.mark.parametrize(
    ("log_ratio", "advantage", "expected"),
    [
        # The gradient of -advantage * ratio is -advantage * ratio, unless the clip holds it.
        (0.0, 2.0, -2.0),
        (0.17, 1.0, -1.1853),  # ratio 1.185: inside the clip
        (0.30, 1.0, 0.0),  # above 1.2 and wanted higher: held
        (0.30, -1.0, 1.3499),  # above 1.2 and wanted lower: free
        (-0.30, -1.0, 0.0),  # below 0.8 and wanted lower: held
        (-0.30, 1.0, -0.7408),  # below 0.8 and wanted higher: free
    ],
)
def test_row_20_the_policy_gradient_at_the_edges_of_the_clip(
    log_ratio: float, advantage: float, expected: float
) -> None:
    old = torch.tensor([[-1.5]])
    new = (old + log_ratio).requires_grad_()
    mask = torch.ones(1, 1, dtype=torch.bool)

    loss = policy_loss(new, old, torch.tensor([[advantage]]), mask, clip=0.2)
    loss.total.backward()

    assert new.grad is not None
    assert new.grad.item() == pytest.approx(expected, abs=1e-4)
    assert loss.clipped == (expected == 0.0)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (1.1, 0.1),  # within 0.2 of the old value 1: the gradient is new - return
        (1.5, 0.5),  # too far, but going back to the return 1 would help: free
        (0.5, -0.5),
    ],
)
def test_row_20_the_value_gradient_has_the_half_and_is_free_where_it_helps(
    new: float, expected: float
) -> None:
    value = torch.tensor([[new]], requires_grad=True)
    one, mask = torch.ones(1, 1), torch.ones(1, 1, dtype=torch.bool)

    value_loss(value, one, one, mask, clip=0.2).backward()

    assert value.grad is not None
    assert value.grad.item() == pytest.approx(expected)


def test_row_20_a_value_past_its_clip_towards_the_return_gets_no_gradient() -> None:
    value = torch.tensor([[1.5]], requires_grad=True)
    mask = torch.ones(1, 1, dtype=torch.bool)

    loss = value_loss(value, torch.ones(1, 1), torch.full((1, 1), 3.0), mask, clip=0.2)
    loss.backward()

    assert loss.item() == pytest.approx(0.5 * (1.2 - 3.0) ** 2)
    assert value.grad is not None
    assert value.grad.item() == 0.0


def test_row_23_a_huge_log_ratio_stays_finite() -> None:
    mask = torch.ones(1, 2, dtype=torch.bool)
    new = torch.tensor([[500.0, -500.0]], requires_grad=True)

    loss = policy_loss(new, torch.zeros(1, 2), -torch.ones(1, 2), mask, clip=0.2)

    assert torch.isfinite(loss.total)
    assert loss.ratio_max < float("inf")


def test_masked_tokens_change_neither_policy_nor_value_loss() -> None:
    mask = torch.tensor([[True, True, False]])
    new, old, other = drawn(1, 3, seed=1), drawn(1, 3, seed=2), drawn(1, 3, seed=3)
    spoilt = new.clone()
    spoilt[0, 2] = 99.0

    for loss in (
        lambda x: policy_loss(x, old, other, mask, clip=0.2).total,
        lambda x: value_loss(x, old, other, mask, clip=0.2),
    ):
        torch.testing.assert_close(loss(spoilt), loss(new))
