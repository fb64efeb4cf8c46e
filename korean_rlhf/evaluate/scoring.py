"""Log-likelihoods of continuations: each context is read once, and only asked places are scored.

The continuations of one context (the choices of a question) stand in one row behind it, kept apart
by a mask, and only the positions that predict a continuation meet the vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import torch
from torch import Tensor
from transformers import PreTrainedModel

from korean_rlhf.evaluate.models import Scored, Tokens
from korean_rlhf.model.branches import PADDING, branch_mask, branched_row, row_groups
from korean_rlhf.model.gpt import hidden_states, to_logits
from korean_rlhf.model.passes import TOKENS_AT_ONCE

Body: TypeAlias = Callable[[Tensor, Tensor | None, Tensor | None], Tensor]
"""(batch, time) tokens, a mask and positions, to (batch, time, width) hidden states."""

LOGITS_AT_ONCE = 8_000_000
"""Logits held in memory at a time: 32 MB in float32."""


@dataclass(slots=True)
class _Row:
    """One model input, with the continuations that it holds."""

    tokens: Tokens
    positions: Tokens
    owners: Tokens
    """0 for the context, 1, 2, ... for what stands behind it."""
    asked: list[tuple[int, Tokens, Tokens]] = field(default_factory=list)
    """(index of the request, places that predict, targets)."""

    @property
    def branched(self) -> bool:
        """Whether it holds continuations that may not see each other."""
        return max(self.owners) > 1


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
        """Find out by probes what the model allows.

        Args:
            model: Any causal model.
            max_length: Most tokens that it reads.
            batch_tokens: Tokens of a batch with padding; 0 is what pays on the device.
            device: Where the model is.
        """
        self.model = model
        self.max_length = max_length
        self.device = torch.device(device)
        self.batch_tokens = batch_tokens or TOKENS_AT_ONCE.get(
            self.device.type, TOKENS_AT_ONCE["cuda"]
        )
        self.computed = 0
        """Requests scored so far."""
        config = model.config.get_text_config()
        self.vocabulary, self.width = int(config.vocab_size), int(config.hidden_size)
        self.body, self.head = _split(model, self.device)
        self.branch_length = _branch_length(model, self.body, self.device)

    def cut(self, requests: Sequence[tuple[Tokens, Tokens]]) -> int:
        """Return how many requests lose their beginning, for the model cannot read as much."""
        return sum(len(context) + len(after) > self.max_length + 1 for context, after in requests)

    @torch.inference_mode()
    def score(
        self,
        requests: Sequence[tuple[Tokens, Tokens]],
        advance: Callable[[int], None] = lambda n: None,
        finished: Callable[[dict[int, Scored]], None] = lambda found: None,
    ) -> list[Scored]:
        """Return the log-likelihood of each continuation after its context, in order.

        The same input is computed once, whatever number of requests it serves. Rows are sorted by
        length, so that little is padded. Padding stands on the right, where nothing looks.

        Args:
            requests: Token pairs.
            advance: Told how many requests a batch has finished.
            finished: Told their results by index, as they come.
        """
        results: list[Scored] = [(0.0, True)] * len(requests)
        for batch in self._batches(self._rows(requests)):
            hidden = self._hidden(batch)
            places, targets, owners = _places(batch)
            found = self._reduce(hidden[places], targets, owners)
            for index, scored in found.items():
                results[index] = scored
            self.computed += len(found)
            finished(found)
            advance(len(found))
        return results

    def _rows(self, requests: Sequence[tuple[Tokens, Tokens]]) -> list[_Row]:
        """Return the distinct inputs, the longest first; a text too long keeps its end."""
        groups: dict[tuple[int, ...], dict[tuple[int, ...], list[tuple[int, Tokens]]]] = {}
        for index, (context, continuation) in enumerate(requests):
            whole = context + continuation
            kept = whole[-(self.max_length + 1) :]
            targets = continuation[-(len(kept) - 1) :]
            cut = len(kept) - len(targets)
            branches = groups.setdefault(tuple(kept[:cut]), {})
            branches.setdefault(tuple(targets[:-1]), []).append((index, targets))
        rows = [
            row for context, branches in groups.items() for row in self._grouped(context, branches)
        ]
        return sorted(rows, key=lambda row: len(row.tokens), reverse=True)

    def _grouped(
        self, context: tuple[int, ...], branches: dict[tuple[int, ...], list[tuple[int, Tokens]]]
    ) -> Iterator[_Row]:
        """Yield the rows of one context: its continuations together where that is less work."""
        inputs = list(branches)
        lengths = [len(branch) for branch in inputs]
        together = [list(range(len(inputs)))]
        if max(lengths):
            together = row_groups(len(context), lengths, self.width)
            longest = max(sum(lengths[at] for at in group) for group in together)
            if len(context) + longest > self.branch_length:
                together = [[at] for at in range(len(inputs))]
        for group in together:
            yield _row(context, [(inputs[at], branches[inputs[at]]) for at in group])

    def _batches(self, rows: list[_Row]) -> Iterator[list[_Row]]:
        start = 0
        while start < len(rows):
            size = max(1, self.batch_tokens // len(rows[start].tokens))
            yield rows[start : start + size]
            start += size

    def _hidden(self, rows: list[_Row]) -> Tensor:
        """Return (batch, time, width) of the body for right-padded rows."""
        longest = max(len(row.tokens) for row in rows)

        def padded(name: str, fill: int) -> Tensor:
            found = [getattr(row, name) for row in rows]
            filled = [values + [fill] * (longest - len(values)) for values in found]
            return torch.tensor(filled, device=self.device)

        if not any(row.branched for row in rows):
            return self.body(padded("tokens", 0), None, None)
        mask = branch_mask(padded("owners", PADDING))
        return self.body(padded("tokens", 0), mask, padded("positions", 0))

    def _reduce(self, hidden: Tensor, targets: Tensor, owners: list[int]) -> dict[int, Scored]:
        """Sum token log-likelihoods by request; `hidden` is (asked positions, width)."""
        logprobs, greedy = [], []
        targets = targets.to(self.device)
        size = max(1, LOGITS_AT_ONCE // self.vocabulary)
        for part, wanted in zip(hidden.split(size), targets.split(size), strict=True):
            logits = self.head(part).float()
            chosen = logits.gather(1, wanted.unsqueeze(1)).squeeze(1)
            logprobs.append(chosen - logits.logsumexp(dim=1))
            greedy.append(chosen == logits.amax(dim=1))
        summed: dict[int, Scored] = {}
        every = zip(owners, torch.cat(logprobs).tolist(), torch.cat(greedy).tolist(), strict=True)
        for owner, logprob, best in every:
            total, all_best = summed.get(owner, (0.0, True))
            summed[owner] = (total + logprob, all_best and best)
        return summed


def _row(
    context: tuple[int, ...],
    branches: Sequence[tuple[tuple[int, ...], list[tuple[int, Tokens]]]],
) -> _Row:
    """Return one row of a context and of what follows it, with what is asked of each."""
    made = branched_row([(*context, *branch) for branch, _ in branches], len(context))
    row = _Row(made.tokens, made.positions, made.owners)
    last = len(context) - 1
    for (branch, asked), end in zip(branches, made.ends, strict=True):
        places = [last, *range(end - len(branch) + 1, end + 1)]
        row.asked += [(index, places, targets) for index, targets in asked]
    return row


def _places(batch: list[_Row]) -> tuple[tuple[Tensor, Tensor], Tensor, list[int]]:
    """Return where the asked positions are (row, time), their targets, and whose each is."""
    rows: list[int] = []
    times: list[int] = []
    targets: list[int] = []
    owners: list[int] = []
    for at, row in enumerate(batch):
        for index, places, wanted in row.asked:
            rows += [at] * len(wanted)
            times += places
            targets += wanted
            owners += [index] * len(wanted)
    return (torch.tensor(rows), torch.tensor(times)), torch.tensor(targets), owners


def _split(model: PreTrainedModel, device: torch.device) -> tuple[Body, Callable[[Tensor], Tensor]]:
    """Return the model in two parts: tokens to hidden states, hidden states to logits.

    A model whose logits are more than its output layer (soft-capped, scaled) is found out by a
    probe and used whole: the "hidden states" are then its logits.
    """

    def body(tokens: Tensor, mask: Tensor | None, positions: Tensor | None) -> Tensor:
        return hidden_states(model, tokens, mask, positions)

    def head(hidden: Tensor) -> Tensor:
        return to_logits(model, hidden)

    def whole(tokens: Tensor, mask: Tensor | None, positions: Tensor | None) -> Tensor:
        logits: Tensor = model(
            input_ids=tokens, attention_mask=mask, position_ids=positions, use_cache=False
        ).logits
        return logits

    if model.base_model is model or model.get_output_embeddings() is None:
        return whole, lambda logits: logits
    with torch.inference_mode():
        probe = torch.tensor([[0, 1, 2, 3]], device=device)
        same = torch.allclose(
            head(body(probe, None, None)), whole(probe, None, None), rtol=1e-3, atol=1e-3
        )
    return (body, head) if same else (whole, lambda logits: logits)


NEAR = {torch.float32: 1e-3, torch.float16: 1e-2, torch.bfloat16: 6e-2}
"""How far hidden states of the same text may lie apart, as a share of their spread."""


@torch.inference_mode()
def _branch_length(model: PreTrainedModel, body: Body, device: torch.device) -> int:
    """Return the longest row that may hold several continuations of a context; 0 is none.

    Architectures that order tokens by their place in the row, or that carry a state from one to the
    next, cannot tell continuations apart; a sliding window would be counted over the row. Both are
    found out by a probe and by the config.
    """
    row = branched_row([[0, 1, 2, 3, 4], [0, 1, 2, 5, 6]], 3)
    tokens, positions, owners = (
        torch.tensor([values], device=device) for values in (row.tokens, row.positions, row.owners)
    )
    try:
        together = body(tokens, branch_mask(owners), positions)[0, [2, 3, 4, 5, 6]].float()
    except (RuntimeError, TypeError, ValueError, IndexError):  # it cannot read such a row
        return 0
    alone = body(torch.tensor([[0, 1, 2, 3, 4], [0, 1, 2, 5, 6]], device=device), None, None)
    wanted = torch.cat([alone[0, 2:], alone[1, 3:]]).float()
    far = float((together - wanted).abs().max() / wanted.std())
    if not far < NEAR.get(model.dtype, 1e-3):
        return 0
    window = getattr(model.config.get_text_config(), "sliding_window", None)
    return int(window) if window else 1 << 30
