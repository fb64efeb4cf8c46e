"""Rows and batches: nothing lost, nothing twice, the same whenever it is asked."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from korean_rlhf.train.batches import (
    BatchOrder,
    Example,
    bucketed,
    packed_rows,
    padded_rows,
    row_count,
    row_order,
    split,
)
from korean_rlhf.train.losses import IGNORE


class Counting:
    """Tokens 0, 1, 2, ..."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    def read(self, start: int, count: int) -> NDArray[np.int64]:
        assert 0 <= start <= start + count <= self.size
        return np.arange(start, start + count)


def test_packed_rows_cover_the_tokens_and_look_one_ahead() -> None:
    tokens = Counting(33)
    rows = packed_rows(tokens, 8, range(row_count(tokens, 8)))

    assert rows.inputs.flatten().tolist() == list(range(32))
    assert torch.equal(rows.targets, rows.inputs + 1)
    assert row_count(Counting(32), 8) == 3  # the last target of a fourth row is missing


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 5))
def test_every_row_comes_once_an_epoch(rows: int, batch: int, seed: int) -> None:
    steps = rows  # whole epochs: rows * batch places
    order = np.concatenate([row_order(rows, batch, seed, step) for step in range(steps)])

    for epoch in range(batch):
        assert sorted(order[epoch * rows : (epoch + 1) * rows]) == list(range(rows))


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    first, second = row_order(50, 50, 1, 0), row_order(50, 50, 1, 1)

    assert first.tolist() != second.tolist()
    assert first.tolist() != row_order(50, 50, 2, 0).tolist()
    assert first.tolist() == row_order(50, 50, 1, 0).tolist()


@given(st.lists(st.integers(2, 60), min_size=1, max_size=80), st.integers(1, 9))
def test_bucketed_batches_hold_every_example_once(lengths: list[int], size: int) -> None:
    batches = bucketed(lengths, size, seed=1, epoch=0)

    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    assert all(1 <= len(batch) <= size for batch in batches)


def test_bucketing_pads_little() -> None:
    lengths = np.random.default_rng(0).integers(10, 200, 800).tolist()
    padded = sum(
        len(batch) * max(lengths[place] for place in batch)
        for batch in bucketed(lengths, 16, seed=1, epoch=0)
    )

    assert padded < 1.15 * sum(lengths)


def test_batches_by_step_are_the_same_in_any_order_of_asking() -> None:
    lengths = list(range(3, 40))
    one, other = BatchOrder(lengths, 5, 1), BatchOrder(lengths, 5, 1)
    forwards = [one.at(step).tolist() for step in range(20)]

    assert [other.at(step).tolist() for step in reversed(range(20))] == forwards[::-1]


def test_padded_rows_learn_the_masked_tokens_and_nothing_else() -> None:
    rows = padded_rows(
        [Example([1, 5, 6, 2], [False, False, True, True]), Example([1, 7], [False, True])], 0
    )

    assert rows.inputs.shape == (2, 16)
    assert rows.inputs[0, :3].tolist() == [1, 5, 6]
    assert rows.targets[0, :4].tolist() == [IGNORE, 6, 2, IGNORE]
    assert rows.targets[1, 0].item() == 7
    assert rows.learned == 3


def test_row_3_the_end_token_is_learned_though_padding_is_not() -> None:
    rows = padded_rows([Example([1, 9, 2], [False, True, True])], pad_id=0)

    assert rows.targets[0, 1].item() == 2
    assert rows.targets[0, 2:].eq(IGNORE).all()


@pytest.mark.parametrize(("count", "parts"), [(7, 3), (2, 5), (0, 2)])
def test_splitting_leaves_no_empty_part(count: int, parts: int) -> None:
    found = split(np.arange(count), parts)

    assert np.concatenate([*found, []]).tolist() == list(range(count))
    assert all(len(part) for part in found)
