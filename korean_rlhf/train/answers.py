"""Sampled answers, laid out for the forward passes of PPO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedModel

from korean_rlhf.model.generate import generate
from korean_rlhf.model.gpt import exact_logits, hidden_states
from korean_rlhf.model.heads import RewardModel
from korean_rlhf.train.advantage import response_mask
from korean_rlhf.train.losses import token_entropy, token_log_probabilities
from korean_rlhf.train.ranked import right_padded

SAMPLED_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Answers:
    """Prompts with their answers.

    Prompt and answer stand together, padded on the right: no real token looks at padding, positions
    count from 0, and no attention mask is needed.
    """

    tokens: Tensor
    """(batch, time) int64: prompt, answer, padding."""
    prompt_lengths: Tensor
    """(batch,) int64."""
    responses: Tensor
    """(batch, new) int64: the answer alone, its end token included when it has one."""
    lengths: Tensor
    """(batch,) int64 tokens of each answer."""
    ended: Tensor
    """(batch,) bool: it ended by itself."""

    @property
    def mask(self) -> Tensor:
        """(batch, new) bool: the real tokens of each answer."""
        return response_mask(self.lengths, self.responses.shape[1])

    @property
    def states_before(self) -> Tensor:
        """(batch, new) int64: the place in `tokens` of the state that each token follows."""
        steps = torch.arange(self.responses.shape[1], device=self.tokens.device)
        return (self.prompt_lengths[:, None] - 1 + steps).clamp(max=self.tokens.shape[1] - 1)

    def rows(self, rows: Tensor) -> Answers:
        """Return some of the answers, without columns that are padding in all of them."""
        prompts, lengths = self.prompt_lengths[rows], self.lengths[rows]
        width, new = int((prompts + lengths).max()), int(lengths.max())
        return Answers(
            self.tokens[rows, :width],
            prompts,
            self.responses[rows, :new],
            lengths,
            self.ended[rows],
        )

    def to(self, device: str) -> Answers:
        """Return the answers on `device`."""
        return Answers(
            self.tokens.to(device),
            self.prompt_lengths.to(device),
            self.responses.to(device),
            self.lengths.to(device),
            self.ended.to(device),
        )


def cut_at_end(tokens: Tensor, end_id: int, pad_id: int) -> tuple[Tensor, Tensor, Tensor]:
    """Cut each answer after its first end token; only then may it be scored.

    Args:
        tokens: (batch, new) int64.
        end_id: The token that ends an answer; it is kept.
        pad_id: What stands after it.

    Returns:
        The tokens, (batch,) lengths with the end token, and (batch,) whether it was there.
    """
    is_end = tokens == end_id
    ended = is_end.any(dim=1)
    first = is_end.int().argmax(dim=1)
    lengths = torch.where(ended, first + 1, tokens.shape[1])
    cut = tokens.masked_fill(~response_mask(lengths, tokens.shape[1]), pad_id)
    return cut[:, : int(lengths.max())], lengths, ended


def lay_out(
    prompts: Sequence[Sequence[int]], tokens: Tensor, *, end_id: int, pad_id: int
) -> Answers:
    """Return prompts and sampled tokens, (batch, new), as `Answers`."""
    responses, lengths, ended = cut_at_end(tokens, end_id, pad_id)
    whole = [
        [*prompt, *response[:length]]
        for prompt, response, length in zip(
            prompts, responses.tolist(), lengths.tolist(), strict=True
        )
    ]
    rows, _ = right_padded(whole, pad_id)
    sizes = torch.tensor([len(prompt) for prompt in prompts])
    return Answers(rows, sizes, responses, lengths, ended)


def sample_answers(
    model: PreTrainedModel,
    prompts: Sequence[Sequence[int]],
    *,
    new_tokens: int,
    temperature: float,
    generator: torch.Generator,
    end_id: int,
    pad_id: int,
) -> Answers:
    """Return one answer to each prompt, drawn from the whole tempered distribution."""
    found = []
    for at in range(0, len(prompts), SAMPLED_AT_ONCE):
        generated = generate(
            model,
            prompts[at : at + SAMPLED_AT_ONCE],
            max_new_tokens=new_tokens,
            temperature=temperature,
            top_p=1.0,
            generator=generator,
            end_id=end_id,
            pad_id=pad_id,
        )
        missing = new_tokens - generated.tokens.shape[1]
        found.append(torch.nn.functional.pad(generated.tokens, (0, missing), value=pad_id))
    return lay_out(prompts, torch.cat(found), end_id=end_id, pad_id=pad_id)


def log_probabilities(
    model: PreTrainedModel, answers: Answers, temperature: float
) -> tuple[Tensor, Tensor]:
    """Return log-probability and entropy of the policy at each answer token, in nats.

    Both are (batch, new) float32, 0 at padding; the entropy has no gradient. One function for the
    old, the new and the reference policy, so that an unchanged policy has a ratio of exactly 1.
    """
    mask = answers.mask
    rows, columns = mask.nonzero(as_tuple=True)
    states = hidden_states(model, answers.tokens)[rows, answers.states_before[rows, columns]]
    logits = exact_logits(model, states)[None]
    chosen = token_log_probabilities(logits, answers.responses[mask][None], temperature)[0]
    empty = torch.zeros(mask.shape, device=chosen.device)
    entropy = token_entropy(logits.detach(), temperature)[0]
    return empty.masked_scatter(mask, chosen), empty.masked_scatter(mask, entropy)


def state_values(network: RewardModel, answers: Answers) -> Tensor:
    """Return (batch, new) float32: the value of the state before each answer token."""
    return network.values(answers.tokens).gather(1, answers.states_before)


def scores(network: RewardModel, answers: Answers) -> Tensor:
    """Return (batch,) float32: the reward model's score at the last token of each answer."""
    return network.score(answers.tokens, answers.prompt_lengths + answers.lengths)
