"""Log-likelihoods of continuations: only the positions that are asked for meet the vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import torch
from torch import Tensor
from transformers import PreTrainedModel

from korean_rlhf.model.gpt import hidden_states, to_logits

Tokens: TypeAlias = list[int]
Scored: TypeAlias = tuple[float, bool]
"""Log-likelihood in nats, and whether greedy decoding would have written the same."""

LOGITS_AT_ONCE = 8_000_000
"""Logits held in memory at a time: 32 MB in float32."""


@dataclass(slots=True)
class _Row:
    """One distinct model input, with the continuations that end it."""

    inputs: Tokens
    asked: list[tuple[int, Tokens]] = field(default_factory=list)
    """(index of the request, targets): the targets of the last len(targets) positions."""


class Scorer:
    """Scores (context, continuation) token pairs with one model."""

    def __init__(
        self,
        model: PreTrainedModel,
        *,
        max_length: int,
        batch_tokens: int,
        device: str | torch.device,
    ) -> None:
        self.model = model
        self.max_length = max_length
        self.batch_tokens = batch_tokens
        self.device = torch.device(device)
        self.truncated = 0
        """Requests cut from the left so far, because they are longer than the model allows."""
        self.vocabulary = int(model.config.vocab_size)
        self.body, self.head = _split(model, self.device)

    @torch.inference_mode()
    def score(
        self,
        requests: Sequence[tuple[Tokens, Tokens]],
        advance: Callable[[int], None] = lambda n: None,
    ) -> list[Scored]:
        """Return the log-likelihood of each continuation after its context, in order.

        The same input is computed once, whatever number of requests it serves (choices of one
        token share their context). Rows are sorted by length, so that little is padded. Padding
        stands on the right, where a causal model never looks.
        """
        results: list[Scored] = [(0.0, True)] * len(requests)
        for batch in self._batches(self._rows(requests)):
            hidden = self._hidden([row.inputs for row in batch])
            places, targets, owners = _places(batch)
            for index, scored in self._reduce(hidden[places], targets, owners).items():
                results[index] = scored
            advance(sum(len(row.asked) for row in batch))
        return results

    def _rows(self, requests: Sequence[tuple[Tokens, Tokens]]) -> list[_Row]:
        rows: dict[tuple[int, ...], _Row] = {}
        for index, (context, continuation) in enumerate(requests):
            whole = context + continuation
            if len(whole) > self.max_length + 1:
                self.truncated += 1
            inputs = whole[-(self.max_length + 1) :][:-1]
            row = rows.setdefault(tuple(inputs), _Row(inputs))
            row.asked.append((index, continuation[-len(inputs) :]))
        return sorted(rows.values(), key=lambda row: len(row.inputs), reverse=True)

    def _batches(self, rows: list[_Row]) -> Iterator[list[_Row]]:
        start = 0
        while start < len(rows):
            size = max(1, self.batch_tokens // len(rows[start].inputs))
            yield rows[start : start + size]
            start += size

    def _hidden(self, inputs: list[Tokens]) -> Tensor:
        """Return (batch, time, width) of the body for right-padded `inputs`."""
        longest = max(map(len, inputs))
        padded = torch.tensor(
            [tokens + [0] * (longest - len(tokens)) for tokens in inputs], device=self.device
        )
        return self.body(padded)

    def _reduce(self, hidden: Tensor, targets: Tensor, owners: list[int]) -> dict[int, Scored]:
        """Sum token log-likelihoods by request; `hidden` is (asked positions, width)."""
        logprobs, greedy = [], []
        targets = targets.to(self.device)
        size = max(1, LOGITS_AT_ONCE // self.vocabulary)
        for part, wanted in zip(hidden.split(size), targets.split(size), strict=True):
            logits = self.head(part).float()
            chosen = logits.gather(1, wanted.unsqueeze(1)).squeeze(1)
            logprobs.append(chosen - logits.logsumexp(dim=1))
            greedy.append(logits.argmax(dim=1) == wanted)
        summed: dict[int, Scored] = {}
        every = zip(owners, torch.cat(logprobs).tolist(), torch.cat(greedy).tolist(), strict=True)
        for owner, logprob, best in every:
            total, all_best = summed.get(owner, (0.0, True))
            summed[owner] = (total + logprob, all_best and best)
        return summed


def _places(batch: list[_Row]) -> tuple[tuple[Tensor, Tensor], Tensor, list[int]]:
    """Return where the asked positions are (row, time), their targets, and whose each is."""
    rows: list[int] = []
    times: list[int] = []
    targets: list[int] = []
    owners: list[int] = []
    for at, row in enumerate(batch):
        for index, wanted in row.asked:
            first = len(row.inputs) - len(wanted)
            rows += [at] * len(wanted)
            times += range(first, len(row.inputs))
            targets += wanted
            owners += [index] * len(wanted)
    return (torch.tensor(rows), torch.tensor(times)), torch.tensor(targets), owners


def _split(
    model: PreTrainedModel, device: torch.device
) -> tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]:
    """Return the model in two parts: tokens to hidden states, hidden states to logits.

    A model whose logits are more than its output layer (soft-capped, scaled) is found out by a
    probe and used whole: the "hidden states" are then its logits.
    """

    def body(tokens: Tensor) -> Tensor:
        return hidden_states(model, tokens)

    def head(hidden: Tensor) -> Tensor:
        return to_logits(model, hidden)

    def whole(tokens: Tensor) -> Tensor:
        logits: Tensor = model(input_ids=tokens, use_cache=False).logits
        return logits

    if model.base_model is model or model.get_output_embeddings() is None:
        return whole, lambda logits: logits
    with torch.inference_mode():
        probe = torch.tensor([[0, 1, 2, 3]], device=device)
        same = torch.allclose(head(body(probe)), whole(probe), rtol=1e-3, atol=1e-3)
    return (body, head) if same else (whole, lambda logits: logits)
