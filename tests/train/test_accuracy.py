"""Accuracy of a reward model, its interval, and the length baseline."""

from __future__ import annotations

import pytest

from korean_rlhf.train.accuracy import Scored, accuracy_report
from korean_rlhf.train.intervals import wilson_interval


def test_accuracy_counts_pairs_by_gap_beside_the_length_baseline() -> None:
    report = accuracy_report(
        [
            Scored(ranks=[1, 2, 4], scores=[3.0, 1.0, 2.0], lengths=[5, 9, 9]),
            Scored(ranks=[2, 2], scores=[0.0, 1.0], lengths=[1, 2]),
        ]
    )

    assert (report["pairs"], report["prompts"]) == (3, 2)
    assert report["accuracy"] == pytest.approx(2 / 3)
    assert report["length_baseline"] == pytest.approx(0.5 / 3)
    assert report["by_gap"]["2"]["accuracy"] == 0.0
    assert report["by_gap"]["3"]["accuracy"] == 1.0
    assert report["gap_at_least"]["2"]["pairs"] == 2
    assert report["gap_at_least"]["1"]["pairs"] == 3


def test_equal_scores_count_half() -> None:
    assert accuracy_report([Scored([1, 2], [1.0, 1.0], [1, 1])])["accuracy"] == 0.5


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (50, 100, 0.404, 0.596), (0, 0, 0.0, 1.0)],
)
def test_wilson_intervals_are_those_of_the_tables(
    hits: int, n: int, low: float, high: float
) -> None:
    assert wilson_interval(hits, n) == pytest.approx((low, high), abs=1e-3)
