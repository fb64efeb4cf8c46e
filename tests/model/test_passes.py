"""Rows are read in passes of like length that are not too large."""

from __future__ import annotations

import random

import pytest

from korean_rlhf.model.passes import TOKENS_AT_ONCE, passes


@pytest.fixture
def at_most(monkeypatch: pytest.MonkeyPatch):
    return lambda tokens: monkeypatch.setitem(TOKENS_AT_ONCE, "cpu", tokens)


def test_every_row_is_in_one_pass_and_passes_are_sorted_by_length(at_most) -> None:
    at_most(64)
    lengths = [random.Random(0).randint(1, 30) for _ in range(50)]
    found = passes(lengths, "cpu")

    assert sorted(row for run in found for row in run) == list(range(50))
    assert [lengths[row] for run in found for row in run] == sorted(lengths)
    assert all(len(run) * lengths[run[-1]] <= 64 for run in found)


def test_what_is_left_over_is_short(at_most) -> None:
    at_most(20)

    assert passes([10, 1, 10, 2, 10, 10], "cpu") == [[1, 3], [0, 2], [4, 5]]


def test_a_row_that_is_too_long_is_read_alone(at_most) -> None:
    at_most(4)

    assert passes([9, 2, 8], "cpu") == [[1], [2], [0]]


def test_no_rows_need_no_pass_and_an_unknown_device_has_a_limit() -> None:
    assert passes([], "cpu") == []
    assert passes([3, 3], "mps") == [[0, 1]]
