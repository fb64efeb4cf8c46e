"""From tokens on disk and dialogues to the rows of a step, by its number alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from korean_rlhf.train.distributed import process_count, process_rank
from korean_rlhf.train.losses import IGNORE

MULTIPLE = 16
"""Padded rows are a multiple of this many tokens long: fewer shapes, and faster products."""
POOL = 16
"""Batches whose dialogues are sorted by length together, to pad little."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of next-token prediction."""

    inputs: Tensor
    """(batch, time) int64."""
    targets: Tensor
    """(batch, time) int64: the token after each input; IGNORE where nothing is learned."""

    @property
    def learned(self) -> int:
        """How many targets are learned."""
        return int((self.targets != IGNORE).sum())


class Tokens(Protocol):
    """A long row of token ids, such as `tokenizer.shards.TokenShards`."""

    def __len__(self) -> int: ...

    def read(self, start: int, count: int) -> NDArray[np.int64]:
        """Return `count` ids from position `start`."""
        ...


def shuffled(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """Return 0..count-1 in the order of one epoch."""
    return np.random.default_rng((seed, epoch)).permutation(count)


def own_share(indices: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of a global batch that this process computes."""
    return indices[process_rank() :: process_count()]


def split(indices: NDArray[np.int64], accumulate: int) -> list[NDArray[np.int64]]:
    """Return at most `accumulate` parts of nearly equal size, none of them empty."""
    return [part for part in np.array_split(indices, accumulate) if len(part)]


def row_order(rows: int, batch_rows: int, seed: int, step: int) -> NDArray[np.int64]:
    """Return the rows of a step: every row once an epoch, shuffled anew for each."""
    places = np.arange(step * batch_rows, (step + 1) * batch_rows)
    epochs = places // rows
    orders = {int(epoch): shuffled(rows, seed, int(epoch)) for epoch in np.unique(epochs)}
    return np.array(
        [orders[int(epoch)][place] for epoch, place in zip(epochs, places % rows, strict=True)],
        dtype=np.int64,
    )


def packed_rows(tokens: Tokens, context: int, rows: Iterable[int]) -> Rows:
    """Return full rows of `context` tokens, cut one after the other from a long row of tokens.

    A row begins wherever the one before ended, so a document may be cut: no token is wasted on
    padding and none is left out but the last, shorter row.
    """
    whole = torch.from_numpy(np.stack([tokens.read(row * context, context + 1) for row in rows]))
    return Rows(inputs=whole[:, :-1].contiguous(), targets=whole[:, 1:].contiguous())


def row_count(tokens: Tokens, context: int) -> int:
    """Return how many rows `packed_rows` can cut; each needs one token more for its last target."""
    return (len(tokens) - 1) // context


@dataclass(frozen=True, slots=True)
class Example:
    """One dialogue as tokens."""

    tokens: Sequence[int]
    learned: Sequence[bool]
    """True for the assistant's content and its end token."""


def padded_width(longest: int, context: int | None) -> int:
    """Return `longest` rounded up to a multiple of MULTIPLE, but not beyond the model's context.

    A model with learned positions has none to give to padding there.
    """
    width = -(-longest // MULTIPLE) * MULTIPLE
    return width if context is None else max(longest, min(width, context))


def padded_rows(examples: Sequence[Example], pad_id: int, context: int | None = None) -> Rows:
    """Return dialogues padded on the right, with targets at the learned tokens only.

    No attention mask is needed: padding stands after the dialogue, where causal attention of the
    real tokens does not reach.
    """
    longest = max(len(example.tokens) for example in examples)
    width = padded_width(longest - 1, context)
    inputs = torch.full((len(examples), width), pad_id)
    targets = torch.full((len(examples), width), IGNORE)
    for row, example in enumerate(examples):
        tokens = torch.tensor(example.tokens)
        learned = torch.tensor(example.learned)
        size = len(tokens) - 1
        inputs[row, :size] = tokens[:-1]
        targets[row, :size] = torch.where(learned[1:], tokens[1:], IGNORE)
    return Rows(inputs=inputs, targets=targets)


def bucketed(
    lengths: Sequence[int], batch_size: int, seed: int, epoch: int
) -> list[NDArray[np.int64]]:
    """Return the batches of one epoch: every example once, those of like length together.

    Examples are shuffled, sorted by length within pools of `POOL` batches, and the batches are
    shuffled again.
    """
    order = shuffled(len(lengths), seed, epoch)
    sizes = np.asarray(lengths)
    batches: list[NDArray[np.int64]] = []
    for start in range(0, len(order), POOL * batch_size):
        pool = order[start : start + POOL * batch_size]
        pool = pool[np.argsort(sizes[pool], kind="stable")]
        batches += [pool[at : at + batch_size] for at in range(0, len(pool), batch_size)]
    mixed = np.random.default_rng((seed, epoch, 1)).permutation(len(batches))
    return [batches[at] for at in mixed]


class BatchOrder:
    """Batches of examples by step: bucketed by length, shuffled anew each epoch."""

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self.lengths, self.batch_size, self.seed = lengths, batch_size, seed
        self.per_epoch = -(-len(lengths) // batch_size)
        self._epoch = -1
        self._batches: list[NDArray[np.int64]] = []

    def steps(self, epochs: float) -> int:
        """Return the steps of that many passes over the examples, at least one."""
        return max(1, round(epochs * self.per_epoch))

    def at(self, step: int) -> NDArray[np.int64]:
        """Return the examples of one step."""
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            self._batches = bucketed(self.lengths, self.batch_size, self.seed, epoch)
            self._epoch = epoch
        return self._batches[place]
