"""Chance and the baselines of a task, against counting by hand."""

import random
from dataclasses import replace

import numpy as np
import pytest

from korean_rlhf.evaluate.baselines import baselines, chance
from korean_rlhf.evaluate.suites import TaskInfo


def macro_f1(golds, picks):
    """Count by hand: the mean over classes of 2 hits / (right ones + picked ones)."""
    found = []
    for label in sorted({*golds, *picks}):
        hits = sum(gold == pick == label for gold, pick in zip(golds, picks, strict=True))
        found.append(2 * hits / (golds.count(label) + picks.count(label)))
    return sum(found) / len(found)


def info(headline, **chances):
    return TaskInfo("ko_x", "x", "X", headline, True, chance=chances)


def labelled(golds, choices):
    return [{"choices": list(choices), "gold": gold} for gold in golds]


def free(rng, count):
    """Return items of their own choices, two to five, some of the same length."""
    found = []
    for _ in range(count):
        choices = ["가" * rng.randint(1, 6) for _ in range(rng.randint(2, 5))]
        found.append({"choices": choices, "gold": rng.randrange(len(choices))})
    return found


def test_the_majority_is_the_share_of_the_commonest_label():
    questions = labelled([0, 1, 1, 2, 1], ["정상", "모욕", "혐오"])

    assert baselines(info("acc"), questions) == {"majority": 0.6}


def test_the_majority_on_macro_f1_is_that_of_a_constant_answer():
    golds = [0, 1, 1, 2, 1, 0]
    expected = macro_f1(golds, [1] * 6)

    assert baselines(info("f1"), labelled(golds, "가나다")) == {
        "majority": pytest.approx(expected, abs=1e-4)
    }


def test_the_longest_and_the_shortest_are_picked_by_characters_the_first_of_several():
    questions = free(random.Random(3), 200)
    right = {"longest": 0, "shortest": 0}
    for question in questions:
        in_order = sorted(enumerate(question["choices"]), key=lambda pair: len(pair[1]))
        right["shortest"] += in_order[0][0] == question["gold"]
        most = max(len(choice) for choice in question["choices"])
        first = next(at for at, text in enumerate(question["choices"]) if len(text) == most)
        right["longest"] += first == question["gold"]

    golds = [question["gold"] for question in questions]
    right["majority"] = max(golds.count(gold) for gold in golds)
    assert baselines(info("acc_norm"), questions) == {
        name: pytest.approx(count / 200, abs=1e-4) for name, count in right.items()
    }


def test_letters_are_labels_even_where_some_items_have_fewer():
    questions = labelled([0, 3, 3], "ABCD") + labelled([4, 3], "ABCDE")

    assert baselines(info("acc"), questions) == {"majority": 0.6}


@pytest.mark.parametrize("headline", ["pearson", "spearman", "score", "diff_bias"])
def test_what_no_pick_decides_has_no_baseline(headline):
    assert baselines(info(headline), labelled([0, 1], ["아니오", "예"])) == {}


def test_tasks_without_choices_have_neither_baselines_nor_another_chance():
    written = TaskInfo(
        "ko_x", "x", "X", "f1", True, chance={"f1": 0.1}, output_type="generate_until"
    )
    questions = [{"prompt": "질문", "gold": "답"}]

    assert baselines(written, questions) == {}
    assert chance(written, questions) == {"f1": 0.1}


def test_chance_is_exact_where_items_differ_in_their_choices():
    questions = labelled([0] * 3, "ABCD") + labelled([0], "ABCDE")

    assert chance(info("acc", acc=0.25), questions) == {"acc": 0.2375}


def test_the_chance_of_macro_f1_is_that_of_guessing_on_these_labels():
    golds = [0] * 600 + [1] * 250 + [2] * 150
    found = chance(info("f1", acc=0.3333, f1=0.3333), labelled(golds, "가나다"))
    guesses = np.random.default_rng(0).integers(0, 3, (200, len(golds)))
    simulated = np.mean([macro_f1(golds, guess.tolist()) for guess in guesses])

    assert found["f1"] == pytest.approx(simulated, abs=0.004)
    assert found["f1"] != 0.3333
    assert found["acc"] == 0.3333


def test_only_the_choices_that_are_compared_count():
    three = replace(info("acc", acc=0.3), compared=3)
    questions = [
        {"choices": ["가나", "가", "나", "가나다라"], "gold": 0},
        {"choices": ["가", "나", "다라", "마바사아"], "gold": 1},
    ]

    assert baselines(three, questions) == {"majority": 0.5, "longest": 0.5, "shortest": 0.0}
    assert chance(three, questions) == {"acc": 0.3333}


def test_a_rule_of_its_own_is_not_taken_for_a_pick():
    own = replace(info("acc", acc=0.3), compared=None)
    questions = labelled([0, 1], "가나")

    assert (baselines(own, questions), chance(own, questions)) == ({}, {"acc": 0.3})


def test_accuracy_by_tokens_has_the_chance_of_that_by_characters():
    found = chance(info("acc_norm", acc_norm=0.25), labelled([0, 1], "ABCD"))

    assert found == {"acc_norm": 0.25, "acc_tokens": 0.25}


def test_the_same_place_again_and_again_is_a_baseline_of_texts_too():
    questions = [
        {"choices": [f"가{at}", f"나다{at}", "알 수 없음"], "gold": 2 if at % 4 else 0}
        for at in range(40)
    ]

    assert baselines(info("acc"), questions)["majority"] == 0.75
