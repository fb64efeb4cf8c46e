"""Sampling and the forward passes of PPO: rows 1-7, 9, 13, 14 and 21 of the checklist.

The checklist is that of Huang et al. ("N implementation details of RLHF with PPO").
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import PreTrainedModel

from korean_rlhf.model.checkpoint import build_model
from korean_rlhf.model.generate import Generated, generate, left_pad
from korean_rlhf.model.gpt import KoGPTForCausalLM, exact_logits, hidden_states, to_logits
from korean_rlhf.model.heads import RewardModel
from korean_rlhf.train.answers import (
    cut_at_end,
    lay_out,
    log_probabilities,
    log_probabilities_and_entropy,
    sample_answers,
    scores,
    state_values,
)
from tests.train.world import TINY, World

END, PAD = 2, 0
VOCABULARY = 24
PROMPTS = [[1, 4, 9, 5], [1, 4, 11, 12, 13, 14, 5], [1, 4, 5]]


@pytest.fixture(scope="module")
def policy() -> KoGPTForCausalLM:
    return build_model(TINY, VOCABULARY, 5)


@pytest.fixture(scope="module")
def judge() -> RewardModel:
    return RewardModel(build_model(TINY, VOCABULARY, 6).base_model, seed=3)


def answered(policy: PreTrainedModel, temperature: float = 1.0, seed: int = 0):
    return sample_answers(
        policy,
        PROMPTS,
        new_tokens=8,
        temperature=temperature,
        generator=torch.Generator().manual_seed(seed),
        end_id=END,
        pad_id=PAD,
    )


def test_row_1_the_score_reads_the_question_too(judge: RewardModel) -> None:
    response = torch.tensor([[7, 8, END]])
    one = lay_out([[1, 4, 9, 5]], response, end_id=END, pad_id=PAD)
    other = lay_out([[1, 4, 10, 5]], response, end_id=END, pad_id=PAD)

    with torch.no_grad():
        assert scores(judge, one) != scores(judge, other)
        assert not torch.equal(state_values(judge, one), state_values(judge, other))


def test_row_2_padding_does_not_change_a_score(judge: RewardModel) -> None:
    answers = lay_out(
        PROMPTS, torch.tensor([[7, END, 0], [7, 8, END], [9, 9, 9]]), end_id=END, pad_id=PAD
    )

    with torch.no_grad():
        together = scores(judge, answers)
        alone = torch.cat([scores(judge, answers.rows(torch.tensor([row]))) for row in range(3)])

    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize(("row", "length"), [(0, 4), (2, 3)])
def test_row_4_prompts_padded_on_the_left_give_the_logits_of_unpadded_ones(
    policy: KoGPTForCausalLM, row: int, length: int
) -> None:
    ids, seen = left_pad(PROMPTS, PAD)
    positions = (seen.cumsum(1) - 1).clamp(min=0)

    with torch.no_grad():
        padded = policy(ids, attention_mask=seen.long(), position_ids=positions).logits
        alone = policy(torch.tensor([PROMPTS[row]])).logits

    torch.testing.assert_close(padded[row, -length:], alone[0], atol=1e-4, rtol=0)


def test_row_4_answers_in_a_batch_have_the_log_probabilities_they_have_alone(
    policy: KoGPTForCausalLM,
) -> None:
    answers = answered(policy)

    with torch.no_grad():
        together = log_probabilities(policy, answers, 1.0)
        for row, prompt in enumerate(PROMPTS):
            response = answers.responses[row, : answers.lengths[row]].tolist()
            logits = policy(torch.tensor([[*prompt, *response]])).logits[0, len(prompt) - 1 : -1]
            alone = logits.log_softmax(-1).gather(1, torch.tensor(response)[:, None])[:, 0]
            torch.testing.assert_close(together[row, : len(response)], alone, atol=1e-4, rtol=0)


def chi_squared(policy: PreTrainedModel, temperature: float, draws: int) -> float:
    answers = sample_answers(
        policy,
        [PROMPTS[0]] * draws,
        new_tokens=1,
        temperature=temperature,
        generator=torch.Generator().manual_seed(1),
        end_id=END,
        pad_id=PAD,
    )
    counts = torch.bincount(answers.responses[:, 0], minlength=VOCABULARY).double()
    with torch.no_grad():
        logits = policy(torch.tensor([PROMPTS[0]])).logits[0, -1].double()
    expected = (logits / temperature).softmax(-1) * draws
    return float(((counts - expected) ** 2 / expected).sum())


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_row_5_samples_follow_the_whole_softmax(
    policy: KoGPTForCausalLM, temperature: float
) -> None:
    # 23 degrees of freedom: above 49.7 by chance in one of a thousand seeds, and this one is fixed.
    assert chi_squared(policy, temperature, 4000) < 49.7


def test_row_5_the_end_token_may_come_first(policy: KoGPTForCausalLM) -> None:
    answers = sample_answers(
        policy,
        [PROMPTS[0]] * 400,
        new_tokens=4,
        temperature=1.0,
        generator=torch.Generator().manual_seed(1),
        end_id=END,
        pad_id=PAD,
    )

    assert (answers.lengths[answers.ended] == 1).any()


@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_row_6_the_sampler_and_the_training_pass_use_one_temperature(
    policy: KoGPTForCausalLM, temperature: float
) -> None:
    answers = answered(policy, temperature)

    with torch.no_grad():
        found = log_probabilities(policy, answers, temperature)
        logits = policy(answers.tokens).logits / temperature
    row, at = 1, len(PROMPTS[1]) - 1
    expected = logits[row, at].log_softmax(-1)[answers.responses[row, 0]]

    assert found[row, 0].item() == pytest.approx(expected.item(), abs=1e-5)


@pytest.mark.parametrize(
    ("tokens", "cut", "length", "ended"),
    [
        ([7, 8, END, 9], [7, 8, END, PAD], 3, True),
        ([END, 7, END, 7], [END, PAD, PAD, PAD], 1, True),
        ([7, 8, 9, END], [7, 8, 9, END], 4, True),
        ([7, 8, 9, 9], [7, 8, 9, 9], 4, False),
        ([7, END, PAD, PAD], [7, END, PAD, PAD], 2, True),
        ([7, PAD, END, 7], [7, PAD, END, PAD], 3, True),  # padding that was sampled is a token
    ],
)
def test_row_7_an_answer_is_cut_at_its_first_end_before_it_is_scored(
    tokens: list[int], cut: list[int], length: int, ended: bool
) -> None:
    full = [9] * len(tokens)  # keeps the batch as wide as it was
    found, lengths, ends = cut_at_end(torch.tensor([tokens, full]), END, PAD)

    assert found[0].tolist() == cut
    assert (lengths[0].item(), ends[0].item()) == (length, ended)


def test_row_7_what_stands_after_the_end_does_not_reach_the_score(judge: RewardModel) -> None:
    one = lay_out([PROMPTS[0]], torch.tensor([[7, END, 8, 8]]), end_id=END, pad_id=PAD)
    other = lay_out([PROMPTS[0]], torch.tensor([[7, END, 9, 9]]), end_id=END, pad_id=PAD)

    with torch.no_grad():
        assert torch.equal(scores(judge, one), scores(judge, other))


def test_row_10_the_head_starts_with_the_deviation_of_the_square_root() -> None:
    wide = build_model(TINY.__class__(layers=1, hidden_size=512, heads=4, context=8), 16, 1)
    head = RewardModel(wide.base_model, seed=2).head

    assert head.bias.item() == 0.0
    assert head.weight.std().item() == pytest.approx((512 + 1) ** -0.5, rel=0.1)


def test_row_13_the_value_of_the_last_token_is_the_reward_models_score(
    judge: RewardModel,
) -> None:
    """The value network starts as a copy of the reward model: one network here."""
    answers = lay_out(
        PROMPTS, torch.tensor([[7, END, 0], [7, 8, END], [9, 9, 9]]), end_id=END, pad_id=PAD
    )
    last = answers.prompt_lengths + answers.lengths - 1

    with torch.no_grad():
        values = judge.values(answers.tokens)
        torch.testing.assert_close(values.gather(1, last[:, None])[:, 0], scores(judge, answers))
        before = state_values(judge, answers)
    assert before[0, 1] == values[0, len(PROMPTS[0])]  # the state after the first answer token


def test_rows_of_answers_keep_their_values_without_the_common_padding(
    policy: KoGPTForCausalLM,
) -> None:
    answers = answered(policy, seed=4)
    rows = torch.tensor([2, 0])
    part = answers.rows(rows)

    def of(some: Tensor) -> Tensor:
        return some[rows, : part.responses.shape[1]]

    with torch.no_grad():
        whole, entropy = log_probabilities_and_entropy(policy, answers, 1.0)
        own, own_entropy = log_probabilities_and_entropy(policy, part, 1.0)
    torch.testing.assert_close(own, of(whole), atol=1e-5, rtol=0)
    torch.testing.assert_close(own_entropy, of(entropy), atol=1e-5, rtol=0)
    assert torch.equal(own == 0, ~part.mask)


def test_the_words_of_the_world_survive_the_tokenizer(world: World) -> None:
    text = "제주에서 나는 사과 3개는 빨간색입니다."

    assert world.chat.decode(world.chat.encode(text)) == text


def rounded_to_bf16(numbers: Tensor) -> bool:
    return torch.equal(numbers, numbers.bfloat16().float())


def test_row_21_log_probabilities_have_the_digits_of_fp32_under_autocast(
    policy: KoGPTForCausalLM,
) -> None:
    answers = answered(policy)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        states = hidden_states(policy, answers.tokens)
        found = log_probabilities(policy, answers, 1.0)
        assert rounded_to_bf16(to_logits(policy, states)), "autocast should be on"
    logits = policy.lm_head(states.float())
    row, at = 1, len(PROMPTS[1]) - 1
    expected = logits[row, at].log_softmax(-1)[answers.responses[row, 0]]

    assert not rounded_to_bf16(exact_logits(policy, states))
    assert found[row, 0].item() == pytest.approx(expected.item(), abs=1e-6)


def test_scores_and_values_have_the_digits_of_fp32_under_autocast(
    policy: KoGPTForCausalLM, judge: RewardModel
) -> None:
    answers = answered(policy)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        assert not rounded_to_bf16(scores(judge, answers))
        assert not rounded_to_bf16(state_values(judge, answers))


def test_the_entropy_is_computed_only_where_it_is_used(
    policy: KoGPTForCausalLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = answered(policy)
    _, entropy = log_probabilities_and_entropy(policy, answers, 1.0)
    assert (entropy[answers.mask] > 0).all()

    monkeypatch.delattr("korean_rlhf.train.answers.token_entropy")
    log_probabilities(policy, answers, 1.0)
    with pytest.raises(NameError):
        log_probabilities_and_entropy(policy, answers, 1.0)


def test_no_more_answers_are_written_at_once_than_asked_for(
    policy: KoGPTForCausalLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []

    def counted(model: PreTrainedModel, prompts: list[list[int]], **options: Any) -> Generated:
        sizes.append(len(prompts))
        return generate(model, prompts, **options)

    monkeypatch.setattr("korean_rlhf.train.answers.generate", counted)
    found = sample_answers(
        policy, PROMPTS * 3, new_tokens=4, temperature=1.0,
        generator=torch.Generator().manual_seed(0), end_id=END, pad_id=PAD, at_once=4,
    )  # fmt: skip

    assert sizes == [4, 4, 1]
    assert len(found.lengths) == 9


def test_a_spare_column_stays_whichever_answers_stand_together(policy: KoGPTForCausalLM) -> None:
    answers = answered(policy).with_spare_column(PAD)

    for rows in ([0, 1, 2], [2], [1, 0]):
        part = answers.rows(torch.tensor(rows))
        assert part.responses.shape[1] == int(part.lengths.max()) + 1
        assert (part.responses[:, -1] == PAD).all()
        assert not part.mask[:, -1].any()
