"""Sampling with a key-value cache, for PPO, chat, evaluation and `sample`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

from korean_rlhf.errors import SettingsError
from korean_rlhf.model.gpt import KoGPTForCausalLM
from korean_rlhf.model.passes import passes

SHRINK = 0.75
"""Finished rows leave the batch when at most this share of it is still going."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """Answers to a batch of prompts, in their order."""

    tokens: Tensor
    """(batch, new) int64, `pad_id` after the end; `new` is the length of the longest answer."""

    lengths: Tensor
    """(batch,) int64: tokens of each answer, with its end token when it has one."""

    ended: Tensor
    """(batch,) bool: the answer ended by itself, and not because the room was full."""


@torch.no_grad()
def generate(
    model: PreTrainedModel,
    prompts: Sequence[Sequence[int]],
    *,
    max_new_tokens: int,
    temperature: float = 1.0,
    top_p: float = 1.0,
    generator: torch.Generator | None = None,
    end_id: int,
    pad_id: int,
) -> Generated:
    """Return a sampled answer to each prompt.

    Args:
        model: KoGPT or any causal model of transformers. For bf16 call this inside an autocast
            block of its own, so that the weights are converted once a call.
        prompts: Token ids, of any lengths.
        max_new_tokens: Longest answer.
        temperature: Divides the logits; 0 takes the most probable token.
        top_p: Sample from the fewest tokens that hold this share of the probability.
        generator: On the CPU; the same state gives the same answers.
        end_id: Token that ends an answer.
        pad_id: Fills the rows.

    Raises:
        SettingsError: the prompts and the answers do not fit the model's context.
    """
    decoder = Decoder(model, prompts, max_new_tokens)
    batch = len(prompts)
    tokens = torch.full((batch, max_new_tokens), pad_id, dtype=torch.long)
    lengths = torch.full((batch,), max_new_tokens, dtype=torch.long)
    ended = torch.zeros(batch, dtype=torch.bool)
    rows = torch.arange(batch)  # which prompt each row of the decoder's batch belongs to
    used = 0
    while used < max_new_tokens:
        # One number a prompt, finished or not: an answer does not depend on when others end.
        uniform = torch.rand(batch, generator=generator)[rows]
        chosen = sample(decoder.logits, uniform, temperature=temperature, top_p=top_p).cpu()
        going = ~ended[rows]
        tokens[rows[going], used] = chosen[going]
        used += 1
        stopped = rows[going & (chosen == end_id)]
        lengths[stopped] = used
        ended[stopped] = True
        going = ~ended[rows]
        if used == max_new_tokens or not going.any():
            break
        if going.sum() <= SHRINK * len(rows):
            decoder.keep(going)
            rows, chosen = rows[going], chosen[going]
        decoder.step(chosen)
    return Generated(tokens=tokens[:, :used], lengths=lengths, ended=ended)


@torch.no_grad()
def stream(
    model: PreTrainedModel,
    prompt: Sequence[int],
    *,
    max_new_tokens: int,
    temperature: float = 1.0,
    top_p: float = 1.0,
    generator: torch.Generator | None = None,
    end_id: int,
) -> Iterator[int]:
    """Yield the tokens of one answer as they are sampled, without the end token.

    The arguments are those of `generate`.
    """
    decoder = Decoder(model, [prompt], max_new_tokens)
    for used in range(max_new_tokens):
        uniform = torch.rand(1, generator=generator)
        chosen = sample(decoder.logits, uniform, temperature=temperature, top_p=top_p)
        if chosen.item() == end_id:
            return
        yield int(chosen.item())
        if used + 1 < max_new_tokens:
            with torch.no_grad():  # a generator leaves the decorator's block at each yield
                decoder.step(chosen)


def sample(logits: Tensor, uniform: Tensor, *, temperature: float, top_p: float = 1.0) -> Tensor:
    """Return (batch,) tokens drawn from (batch, vocabulary) logits.

    `uniform` holds one number in [0, 1) for each row: the token is where the cumulative probability
    passes it, which on a CPU is thirty times faster than `torch.multinomial`.
    """
    if temperature == 0:
        return logits.argmax(dim=-1)
    probabilities = (logits.float() / temperature).softmax(dim=-1)
    order = None
    if top_p < 1:
        probabilities, order = probabilities.sort(dim=-1, descending=True)
        before = probabilities.cumsum(dim=-1) - probabilities
        probabilities = probabilities.masked_fill(before >= top_p, 0.0)
    cumulative = probabilities.cumsum(dim=-1)
    aim = uniform.to(cumulative.device)[:, None] * cumulative[:, -1:]
    place = torch.searchsorted(cumulative, aim, right=True)
    place = place.clamp(max=logits.shape[-1] - 1)
    if order is not None:
        place = order.gather(-1, place)
    return place.squeeze(-1)


class Decoder:
    """A batch of sequences being written: holds the cache and the logits of the next token."""

    def __init__(
        self, model: PreTrainedModel, prompts: Sequence[Sequence[int]], max_new_tokens: int
    ) -> None:
        longest = max(map(len, prompts))
        capacity = longest + max_new_tokens
        context = getattr(model.config.get_text_config(), "max_position_embeddings", capacity)
        if capacity > context:
            raise SettingsError(
                f"A prompt of {longest} tokens and an answer of {max_new_tokens} do not fit the "
                f"model's context of {context}. Shorten one of them."
            )
        self.model = model
        input_ids, seen = left_pad(prompts)
        self.used = longest
        self.own = isinstance(model, KoGPTForCausalLM)
        device = model.device
        self.seen = torch.ones(len(prompts), capacity, dtype=torch.bool, device=device)
        self.seen[:, :longest] = seen.to(device)
        self.positions = (seen.cumsum(dim=1) - 1).clamp(min=0).to(device)
        self.cache: Any = KeyValueCache(capacity) if self.own else DynamicCache(config=model.config)
        self.logits = self._read(input_ids.to(device), list(map(len, prompts)))

    def step(self, chosen: Tensor) -> None:
        """Append one token, (batch,), to each row."""
        self.used += 1
        self.positions = self.positions[:, -1:] + 1
        self.logits = self._forward(chosen[:, None].to(self.model.device))

    def keep(self, rows: Tensor) -> None:
        """Go on with the rows where `rows`, (batch,) bool, is true."""
        rows = rows.nonzero().squeeze(1).to(self.model.device)
        self.cache.batch_select_indices(rows)
        self.seen, self.positions = self.seen[rows], self.positions[rows]

    def _read(self, input_ids: Tensor, lengths: Sequence[int]) -> Tensor:
        """Return the logits after each prompt; prompts of like length are read together."""
        runs = passes(lengths, input_ids.device.type) if self.own else []
        if len(runs) <= 1:
            return self._forward(input_ids)
        found = []
        for run in runs:
            rows = torch.tensor(run, device=input_ids.device)
            real = slice(self.used - lengths[run[-1]], self.used)
            part = KeyValueCache(lengths[run[-1]])
            seen, positions = self.seen[rows, real], self.positions[rows, real]
            found.append(self._pass(input_ids[rows, real], seen, positions, part))
            self.cache.insert(part, rows, batch=len(lengths), end=self.used)
        order = torch.tensor([row for run in runs for row in run], device=input_ids.device)
        return torch.cat(found)[order.argsort()]

    def _forward(self, input_ids: Tensor) -> Tensor:
        return self._pass(input_ids, self.seen[:, : self.used], self.positions, self.cache)

    def _pass(self, input_ids: Tensor, seen: Tensor, positions: Tensor, cache: Any) -> Tensor:
        output = self.model(
            input_ids,
            attention_mask=attention_mask(seen, input_ids.shape[1]) if self.own else seen.long(),
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: Tensor = output.logits[:, -1]
        return logits


class KeyValueCache:
    """Keys and values of every layer, written into memory that is taken once."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.layers: list[tuple[Tensor, Tensor]] = []
        self.lengths: list[int] = []

    def update(self, key: Tensor, value: Tensor, index: int) -> tuple[Tensor, Tensor]:
        """Append (batch, heads, time, head_dim) to layer `index`; return all of it so far."""
        if index == len(self.layers):
            batch, heads, _, width = key.shape
            shape = (batch, heads, self.capacity, width)
            self.layers.append((key.new_empty(shape), value.new_empty(shape)))
            self.lengths.append(0)
        keys, values = self.layers[index]
        start, end = self.lengths[index], self.lengths[index] + key.shape[2]
        keys[:, :, start:end] = key
        values[:, :, start:end] = value
        self.lengths[index] = end
        return keys[:, :, :end], values[:, :, :end]

    def insert(self, part: KeyValueCache, rows: Tensor, *, batch: int, end: int) -> None:
        """Copy `part`, which holds `rows` of a batch of `batch`, to where it ends at `end`.

        What stands before a shorter row is 0, not whatever the memory held: it is masked, but 0
        times an infinite number would be none.
        """
        for index, layer in enumerate(part.layers):
            if index == len(self.layers):
                _, heads, _, width = layer[0].shape
                shape = (batch, heads, self.capacity, width)
                self.layers.append((layer[0].new_zeros(shape), layer[1].new_zeros(shape)))
                self.lengths.append(end)
            for whole, own in zip(self.layers[index], layer, strict=True):
                whole[rows, :, end - own.shape[2] : end] = own

    def get_seq_length(self, index: int = 0) -> int:
        """Return how many tokens are in the cache."""
        return self.lengths[index] if self.lengths else 0

    def batch_select_indices(self, rows: Tensor) -> None:
        """Go on with these rows of the batch."""
        self.layers = [(keys[rows], values[rows]) for keys, values in self.layers]


def left_pad(prompts: Sequence[Sequence[int]], pad_id: int = 0) -> tuple[Tensor, Tensor]:
    """Return (batch, longest) int64 ids, padded on the left, and where they are real, as bool."""
    longest = max(map(len, prompts))
    ids = torch.full((len(prompts), longest), pad_id, dtype=torch.long)
    seen = torch.zeros(len(prompts), longest, dtype=torch.bool)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt) :] = torch.tensor(prompt, dtype=torch.long)
        seen[row, longest - len(prompt) :] = True
    return ids, seen


def attention_mask(seen: Tensor, time: int) -> Tensor:
    """Return (batch, 1, time, past + time) bool for the last `time` of the tokens in `seen`.

    A padding token sees itself, so that no row of the softmax is empty.
    """
    if time == 1:
        return seen[:, None, None, :]
    total = seen.shape[1]
    places = torch.arange(total, device=seen.device)
    causal = places[None, :] <= places[total - time :, None]
    itself = places[None, :] == places[total - time :, None]
    return (causal & seen[:, None, :] | itself)[:, None]
