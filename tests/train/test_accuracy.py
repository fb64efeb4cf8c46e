"""Accuracy of a reward model, its interval, and the length baseline."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from korean_rlhf.records import Comparison
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.reward import RewardSettings
from korean_rlhf.tables import write_jsonl
from korean_rlhf.train.accuracy import Scored, accuracy_report
from korean_rlhf.train.intervals import wilson_interval
from korean_rlhf.train.reward import reward
from tests.train.stages import FIXED
from tests.train.world import World, ask


def test_accuracy_counts_pairs_by_gap_beside_the_length_baseline() -> None:
    report = accuracy_report(
        [
            Scored(ranks=[1, 2, 4], scores=[3.0, 1.0, 2.0], lengths=[5, 9, 9], question="a"),
            Scored(ranks=[2, 2], scores=[0.0, 1.0], lengths=[1, 2], question="b"),
        ]
    )

    assert (report["pairs"], report["comparisons"]) == (3, 2)
    assert report["accuracy"] == pytest.approx(2 / 3)
    assert report["length_baseline"] == pytest.approx(0.5 / 3)
    assert report["above_length"] == pytest.approx(0.5)
    assert report["by_gap"]["2"]["accuracy"] == 0.0
    assert report["by_gap"]["3"]["accuracy"] == 1.0
    assert report["gap_at_least"]["2"]["pairs"] == 2
    assert report["gap_at_least"]["1"]["pairs"] == 3


def test_equal_scores_count_half() -> None:
    assert accuracy_report([Scored([1, 2], [1.0, 1.0], [1, 1], "a")])["accuracy"] == 0.5


def of_questions(rights: list[float], times: int) -> list[Scored]:
    """Return comparisons of two answers: each question `times` times, always alike."""
    return [
        Scored([1, 2], [right, 0.5], [1, 2], f"{number}")
        for number, right in enumerate(rights)
        for _ in range(times)
    ]


def test_the_same_question_asked_again_does_not_narrow_the_interval() -> None:
    draw = random.Random(1)
    rights = [float(draw.random() < 0.7) for _ in range(30)]
    once, often = accuracy_report(of_questions(rights, 1)), accuracy_report(of_questions(rights, 9))
    low, high = wilson_interval(sum(rights), 30)

    assert often["interval"] == pytest.approx(once["interval"])
    assert often["above_length_interval"] == pytest.approx(once["above_length_interval"])
    assert once["interval"] == pytest.approx([low, high], abs=0.06)
    assert (often["questions"], often["comparisons"], often["pairs"]) == (30, 270, 270)


def test_one_question_alone_says_next_to_nothing() -> None:
    report = accuracy_report(of_questions([1.0], 40))

    assert report["interval"][0] < 0.25
    assert report["above_length_interval"] == [-1.0, 1.0]


def test_the_difference_from_length_has_an_interval_of_its_own() -> None:
    # Right exactly where the longer answer is: both vary, their difference does not.
    same = [
        Scored([1, 2], [right, 0.5], [1 + right, 1.5], f"{number}")
        for number, right in enumerate([1.0, 0.0, 1.0, 0.0, 1.0, 1.0])
    ]
    report = accuracy_report(same)

    assert report["interval"][1] - report["interval"][0] > 0.3
    assert (report["above_length"], report["above_length_interval"]) == (0.0, [0.0, 0.0])


def test_pairs_far_apart_for_the_judge_are_counted_apart_when_its_scores_are_known() -> None:
    report = accuracy_report(
        [Scored([1, 2, 3], [9.0, 1.0, 2.0], [1, 1, 1], "a", judged=(9.0, 5.5, 5.0))]
    )

    assert set(report["by_score_gap"]) == {"1", "2", "3"}
    assert report["by_score_gap"]["3"]["pairs"] == 2
    assert report["by_score_gap"]["3"]["accuracy"] == 1.0
    assert report["by_gap"]["1"]["pairs"] == 2
    assert "by_score_gap" not in accuracy_report(of_questions([1.0, 0.0], 1))


def test_the_report_of_a_stage_counts_questions_and_points(world: World, tmp_path: Path) -> None:
    texts = ("빨간색", "노란색", "사과 " * 60)  # the last is too long, and its score goes with it
    records = [
        Comparison(
            messages=(ask(number // 3, "넷"),),
            responses=(texts[2], *texts[:2]) if number % 2 else (*texts[:2], texts[2]),
            ranks=(3, 1, 2) if number % 2 else (1, 2, 3),
            scores=(0.0, 9.0, 5.0) if number % 2 else (9.0, 5.0, 0.0),
        )
        for number in range(60)
    ]
    write_jsonl(tmp_path / "some.jsonl", records)
    settings = RewardSettings(**FIXED, validation_share=0.2, evaluate_every=3)
    reward([tmp_path / "some.jsonl"], world.base, tmp_path / "out", settings)
    found = read_manifest(tmp_path / "out")["validation"]

    assert (found["questions"], found["comparisons"]) == (4, 12)
    assert set(found["by_score_gap"]) == {"1", "2", "3"}


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (50, 100, 0.404, 0.596), (0, 0, 0.0, 1.0)],
)
def test_wilson_intervals_are_those_of_the_tables(
    hits: int, n: int, low: float, high: float
) -> None:
    assert wilson_interval(hits, n) == pytest.approx((low, high), abs=1e-3)
