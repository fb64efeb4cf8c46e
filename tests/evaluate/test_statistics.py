import math

import numpy as np
import pytest

from korean_rlhf.evaluate.statistics import (
    holm,
    macro_f1,
    macro_f1_and_error,
    mean_and_error,
    paired_difference,
    ratio_and_error,
    two_sided_p,
    wilson_interval,
)


def test_the_standard_error_of_a_share_is_that_of_the_binomial_formula():
    found = mean_and_error([1.0] * 30 + [0.0] * 70)

    assert found.value == pytest.approx(0.3)
    assert found.stderr == pytest.approx(math.sqrt(0.3 * 0.7 / 99))
    assert found.n == 100


def test_one_value_has_no_error_and_none_has_no_mean():
    assert mean_and_error([3.0]).stderr is None
    with pytest.raises(ValueError, match="nothing"):
        mean_and_error([])


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [  # statsmodels.stats.proportion.proportion_confint(..., method="wilson")
        (0, 10, 0.0, 0.277533),
        (10, 10, 0.722467, 1.0),
        (81, 263, 0.255289, 0.366202),
    ],
)
def test_wilson_interval_agrees_with_a_published_one(successes, n, low, high):
    assert wilson_interval(successes, n) == pytest.approx((low, high), abs=1e-4)


def test_wilson_interval_refuses_the_impossible():
    with pytest.raises(ValueError, match="impossible"):
        wilson_interval(5, 3)


def test_macro_f1_agrees_with_scikit_learn():
    sklearn_metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    for _ in range(20):
        gold, guess = rng.integers(0, 3, size=(2, 50))
        theirs = sklearn_metrics.f1_score(gold, guess, average="macro")
        assert macro_f1(gold, guess) == pytest.approx(theirs)


def test_a_constant_answer_has_a_macro_f1_of_a_third():
    assert macro_f1([0, 1] * 50, [1] * 100) == pytest.approx(1 / 3)


def test_the_bootstrap_error_of_macro_f1_is_near_its_spread_over_fresh_samples():
    rng = np.random.default_rng(1)

    def draw():
        gold = rng.integers(0, 2, size=300)
        guess = np.where(rng.random(300) < 0.7, gold, 1 - gold)
        return gold.tolist(), guess.tolist()

    fresh = np.std([macro_f1(*draw()) for _ in range(400)])

    assert macro_f1_and_error(*draw()).stderr == pytest.approx(fresh, rel=0.25)


def test_a_paired_difference_is_that_of_the_differences():
    rng = np.random.default_rng(2)
    first = rng.normal(size=500)
    second = first + rng.normal(0.1, 0.2, size=500)
    found = paired_difference(first, second)
    gains = second - first

    assert found.mean == pytest.approx(gains.mean())
    assert found.stderr == pytest.approx(gains.std(ddof=1) / math.sqrt(500))
    assert found.low < found.mean < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * found.stderr, rel=0.15)


def test_a_pair_of_equal_systems_shows_no_difference():
    found = paired_difference([1.0, 0.0, 1.0], [1.0, 0.0, 1.0])

    assert (found.mean, found.p_value) == (0.0, 1.0)


def test_paired_scores_of_other_items_are_refused():
    with pytest.raises(ValueError, match="equal lengths"):
        paired_difference([1.0], [1.0, 2.0])


def test_an_interval_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(3)
    hits = 0
    for seed in range(40):
        gains = rng.normal(0.3, 1.0, size=60)
        found = paired_difference(np.zeros(60), gains, seed=seed)
        hits += found.low <= 0.3 <= found.high

    assert 33 <= hits <= 40


def test_holm_is_never_below_the_raw_value_and_keeps_the_order():
    raw = [0.2, 0.001, 0.04, 0.04]
    adjusted = holm(raw)

    assert adjusted == pytest.approx([0.2, 0.004, 0.12, 0.12])
    assert holm([]) == []


def test_p_of_a_sure_gain_is_zero_and_of_a_single_item_one():
    assert two_sided_p(1.0, 0.0) == 0.0
    assert two_sided_p(1.0, None) == 1.0
    assert two_sided_p(1.96, 1.0) == pytest.approx(0.05, abs=1e-3)


def test_a_ratio_weighs_long_pieces_more():
    found = ratio_and_error([10.0, 300.0], [10.0, 100.0])

    assert found.value == pytest.approx(310 / 110)


def test_the_error_of_a_ratio_is_near_its_bootstrap():
    rng = np.random.default_rng(4)
    sizes = rng.integers(500, 1500, size=200).astype(float)
    bits = sizes * rng.normal(1.2, 0.1, size=200)
    found = ratio_and_error(bits.tolist(), sizes.tolist())
    drawn = [rng.integers(0, 200, size=200) for _ in range(600)]
    spread = np.std([bits[at].sum() / sizes[at].sum() for at in drawn])

    assert found.stderr == pytest.approx(spread, rel=0.15)
