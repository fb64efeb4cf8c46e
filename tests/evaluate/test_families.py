import math

import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.evaluate.compare import Comparison
from korean_rlhf.evaluate.families import (
    average_gains,
    averages,
    family_of,
    shared_tasks,
    title_of,
)
from korean_rlhf.evaluate.paired import Difference
from korean_rlhf.evaluate.suites import load_tasks, read_yaml


def entry(value, stderr, chance, **changed):
    figures = {"acc": {"value": value, "stderr": stderr, "n": 100}}
    return {
        "headline": "acc",
        "higher_is_better": True,
        "chance": {} if chance is None else {"acc": chance},
        "metrics": figures,
    } | changed


TASKS = {
    "ko_kobest_copa": entry(0.75, 0.05, 0.5),
    "ko_kobest_hellaswag": entry(0.25, 0.03, 0.25),
    "ko_klue_nli": entry(0.6, 0.02, 0.2),
}


def test_a_family_of_many_tasks_counts_as_one():
    found = averages(TASKS, sorted(TASKS))

    assert found.families["kobest"].value == pytest.approx((0.5 + 0.0) / 2)
    assert found.families["klue"].value == pytest.approx(0.5)
    assert found.overall.value == pytest.approx((0.25 + 0.5) / 2)
    kobest = (0.05 / 0.5 + 0.03 / 0.75) / 2
    assert found.families["kobest"].stderr == pytest.approx(kobest)
    assert found.overall.stderr == pytest.approx(math.hypot(kobest, 0.02 / 0.8) / 2)


def test_only_tasks_with_a_chance_that_all_have_are_averaged():
    other = dict(TASKS, ko_bits_per_byte=entry(1.2, 0.1, None, higher_is_better=False))
    less = {name: TASKS[name] for name in ("ko_kobest_copa", "ko_klue_nli")}

    assert shared_tasks([other, TASKS]) == sorted(TASKS)
    assert shared_tasks([other, less]) == sorted(less)
    assert shared_tasks([]) == [] and averages(TASKS, []) is None


def test_an_unknown_error_makes_the_average_unknown_and_not_smaller():
    tasks = dict(TASKS, ko_klue_nli=entry(0.6, None, 0.2))
    found = averages(tasks, sorted(tasks))

    assert found.families["kobest"].stderr is not None
    assert found.overall.stderr is None


def test_the_same_items_asked_twice_tell_no_more_than_once():
    twice = {name: entry(0.75, 0.05, 0.5) for name in ("ko_truth_mc", "ko_truth_binary")}
    (once,) = averages({"ko_truth_mc": twice["ko_truth_mc"]}, ["ko_truth_mc"]).families.values()
    (found,) = averages(twice, sorted(twice)).families.values()

    assert found.stderr == pytest.approx(once.stderr)


def compared(task, mean, stderr):
    return Comparison("a", "b", task, "acc", Difference(mean, stderr, 100, 0, 0, 0.5), True)


def test_the_average_of_paired_gains_is_centred_as_the_scores_are():
    gains = [compared("ko_kobest_copa", 0.1, 0.02), compared("ko_klue_nli", 0.08, 0.04)]
    found = average_gains(gains, TASKS, ["ko_klue_nli", "ko_kobest_copa"])[("a", "b")]

    assert found.overall.value == pytest.approx((0.2 + 0.1) / 2)
    assert found.overall.stderr == pytest.approx(math.hypot(0.04, 0.05) / 2)
    assert average_gains(gains, TASKS, sorted(TASKS)) == {}, "one task has no pairs"


def test_the_family_is_the_folder_that_the_yaml_stands_in():
    folders = {
        read_yaml(path)["task"]: path.parent.name for path in asset_dir("evals").glob("*/*.yaml")
    }

    assert {name: family_of(name) for name in load_tasks()} == folders
    assert all(title_of(family) for family in folders.values())
    assert title_of("kobest") == "KoBEST" and title_of("gone") == "gone"
