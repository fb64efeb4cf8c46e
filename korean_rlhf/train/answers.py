"""Sampled answers, laid out for the forward passes of PPO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from transformers import PreTrainedModel

from korean_rlhf.model.config import context_of
from korean_rlhf.model.generate import generate
from korean_rlhf.model.gpt import exact_logits, hidden_states
from korean_rlhf.model.heads import RewardModel
from korean_rlhf.train.advantage import response_mask
from korean_rlhf.train.losses import token_entropy, token_log_probabilities
from korean_rlhf.train.ranked import right_padded


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
    spare: int = 0
    """Columns of padding that `responses` has after the longest answer."""

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
        width, new = int((prompts + lengths).max()), int(lengths.max()) + self.spare
        return Answers(
            self.tokens[rows, :width],
            prompts,
            self.responses[rows, :new],
            lengths,
            self.ended[rows],
            self.spare,
        )

    def with_spare_column(self, pad_id: int) -> Answers:
        """Return the answers with one more column: the state after the longest answer's end.

        Otherwise whether that state has a place of its own would depend on who else is in a part.
        """
        responses = torch.nn.functional.pad(self.responses, (0, 1), value=pad_id)
        return replace(self, responses=responses, spare=self.spare + 1)

    def to(self, device: str) -> Answers:
        """Return the answers on `device`."""
        return Answers(
            self.tokens.to(device),
            self.prompt_lengths.to(device),
            self.responses.to(device),
            self.lengths.to(device),
            self.ended.to(device),
            self.spare,
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
    prompts: Sequence[Sequence[int]],
    tokens: Tensor,
    *,
    end_id: int,
    pad_id: int,
    context: int | None = None,
) -> Answers:
    """Return prompts and sampled tokens, (batch, new), as `Answers` no wider than `context`."""
    responses, lengths, ended = cut_at_end(tokens, end_id, pad_id)
    whole = [
        [*prompt, *response[:length]]
        for prompt, response, length in zip(
            prompts, responses.tolist(), lengths.tolist(), strict=True
        )
    ]
    rows, _ = right_padded(whole, pad_id, context)
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
    at_once: int = 512,
) -> Answers:
    """Return one answer to each prompt, drawn from the whole tempered distribution.

    `at_once` prompts are answered together; fewer need less memory for keys and values.
    """
    found = []
    for at in range(0, len(prompts), at_once):
        generated = generate(
            model,
            prompts[at : at + at_once],
            max_new_tokens=new_tokens,
            temperature=temperature,
            top_p=1.0,
            generator=generator,
            end_id=end_id,
            pad_id=pad_id,
        )
        missing = new_tokens - generated.tokens.shape[1]
        found.append(torch.nn.functional.pad(generated.tokens, (0, missing), value=pad_id))
    context = context_of(model.config)
    return lay_out(prompts, torch.cat(found), end_id=end_id, pad_id=pad_id, context=context)


def log_probabilities(model: PreTrainedModel, answers: Answers, temperature: float) -> Tensor:
    """Return (batch, new) float32: the policy's log-probability of each answer token, in nats.

    0 at padding. One function for the old, the new and the reference policy, so that an unchanged
    policy has a ratio of exactly 1.
    """
    return _answer_tokens(model, answers, temperature, with_entropy=False)[0]


@torch.no_grad()
def log_probabilities_and_entropy(
    model: PreTrainedModel, answers: Answers, temperature: float
) -> tuple[Tensor, Tensor]:
    """Return `log_probabilities`, and of the same shape the entropy before each token, in nats."""
    return _answer_tokens(model, answers, temperature, with_entropy=True)


def _answer_tokens(
    model: PreTrainedModel, answers: Answers, temperature: float, *, with_entropy: bool
) -> tuple[Tensor, Tensor]:
    mask = answers.mask
    rows, columns = mask.nonzero(as_tuple=True)
    states = hidden_states(model, answers.tokens)[rows, answers.states_before[rows, columns]]
    logits = exact_logits(model, states)[None]
    chosen = token_log_probabilities(logits, answers.responses[mask][None], temperature)[0]
    empty = torch.zeros(mask.shape, device=chosen.device)
    found = empty.masked_scatter(mask, chosen)
    if not with_entropy:
        return found, empty
    return found, empty.masked_scatter(mask, token_entropy(logits, temperature)[0])


def state_values(network: RewardModel, answers: Answers) -> Tensor:
    """Return (batch, new) float32: the value of the state before each answer token."""
    return network.values(answers.tokens).gather(1, answers.states_before)


def scores(network: RewardModel, answers: Answers) -> Tensor:
    """Return (batch,) float32: the reward model's score at the last token of each answer."""
    return network.score(answers.tokens, answers.prompt_lengths + answers.lengths)
