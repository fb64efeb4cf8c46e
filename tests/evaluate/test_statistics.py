import math
from dataclasses import asdict

import numpy as np
import pytest

from korean_rlhf.evaluate.intervals import interval
from korean_rlhf.evaluate.metrics import binary_f1, estimate, estimates, macro_f1, pearson, spearman
from korean_rlhf.evaluate.paired import mcnemar, paired_difference
from korean_rlhf.evaluate.signflip import exchange, sign_flip
from korean_rlhf.evaluate.statistics import (
    cluster_sums,
    holm,
    mean_and_error,
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
        assert macro_f1(np.stack([gold, guess], axis=1)) == pytest.approx(theirs)
        ones = sklearn_metrics.f1_score(gold == 1, guess == 1)
        assert binary_f1(np.stack([gold == 1, guess == 1], axis=1)) == pytest.approx(ones)


def test_a_constant_answer_has_a_macro_f1_of_a_third():
    assert macro_f1(np.array([[0, 1], [1, 1]] * 50)) == pytest.approx(1 / 3)


def test_the_bootstrap_error_of_macro_f1_is_near_its_spread_over_fresh_samples():
    rng = np.random.default_rng(1)

    def draw():
        gold = rng.integers(0, 2, size=300)
        guess = np.where(rng.random(300) < 0.7, gold, 1 - gold)
        return np.stack([gold, guess], axis=1)

    fresh = np.std([macro_f1(draw()) for _ in range(400)])

    assert estimate("f1", draw()).stderr == pytest.approx(fresh, rel=0.25)


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


def test_correlations_agree_with_scipy():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(4)
    for _ in range(10):
        gold = rng.integers(0, 6, size=40)
        guess = gold + rng.integers(0, 4, size=40)
        pairs = np.stack([gold, guess], axis=1)
        assert pearson(pairs) == pytest.approx(stats.pearsonr(gold, guess).statistic)
        assert spearman(pairs) == pytest.approx(stats.spearmanr(gold, guess).statistic)


def test_a_constant_guess_has_no_correlation_and_the_report_no_error():
    pairs = [(float(at), 1.0) for at in range(20)]

    assert math.isnan(estimate("spearman", pairs).value)
    assert estimate("spearman", pairs).stderr is None


def clustered(rng, clusters=60, members=8):
    """Items whose truth belongs to their cluster: the members tell little that is new."""
    names = [str(at) for at in range(clusters) for _ in range(members)]
    values = np.repeat(rng.random(clusters) < 0.5, members).astype(float)
    return np.where(rng.random(values.size) < 0.9, values, 1 - values), names


def test_the_clustered_error_is_near_the_spread_over_fresh_samples():
    rng = np.random.default_rng(5)
    fresh = np.std([clustered(rng)[0].mean() for _ in range(500)])
    values, names = clustered(rng)

    assert mean_and_error(values, names).stderr == pytest.approx(fresh, rel=0.2)
    assert mean_and_error(values).stderr < 0.6 * fresh  # what many harnesses print
    pairs = np.stack([values, np.ones(values.size)], axis=1)
    assert estimate("f1", pairs, names).stderr > 1.5 * estimate("f1", pairs).stderr


def test_clusters_of_one_item_change_nothing():
    values = [0.0, 1.0, 1.0, 0.0, 1.0]
    assert mean_and_error(values, list("abcde")) == mean_and_error(values)


def test_the_items_alone_give_every_metric():
    items = [
        {"doc": str(at), "cluster": "ab"[at % 2], "metrics": {"acc": at % 2, "f1": [at % 2, 1]}}
        for at in range(10)
    ]
    found = estimates(items)

    assert found["acc"].value == 0.5 and found["acc"].n == 10
    assert found["f1"].value == pytest.approx(1 / 3)


def test_mcnemar_is_the_sign_test_on_items_that_differ():
    assert mcnemar([0] * 12 + [1] * 3, [1] * 12 + [0] * 3) == pytest.approx(0.03515625)
    assert mcnemar([1, 0], [1, 0]) == 1.0


def test_right_and_wrong_is_tested_by_mcnemar_clusters_by_signs_and_everything_else_by_z():
    right = [1.0] * 30 + [0.0] * 10
    better = [1.0] * 38 + [0.0] * 2
    found = paired_difference(right, better)

    assert found.test == "mcnemar" and found.p_value == pytest.approx(mcnemar(right, better))
    assert paired_difference(right, better, clusters=["a", "b"] * 20).test == "sign-flip"
    alone = paired_difference(right, better, clusters=[str(at) for at in range(40)])
    assert (alone.test, alone.p_value) == ("mcnemar", found.p_value)
    assert paired_difference([0.5, 0.2, 0.1], [0.7, 0.3, 0.1]).test == "z"
    assert found.detectable == pytest.approx(2.8016 * found.stderr, rel=1e-3)
    assert found.detectable_at(0.05 / 20) == pytest.approx(3.8650 * found.stderr, rel=1e-3)


def test_pairing_finds_what_two_separate_errors_hide():
    rng = np.random.default_rng(6)
    hard = rng.random(400)
    gold = rng.integers(0, 2, size=400)
    first = np.where(rng.random(400) < hard, gold, 1 - gold)
    second = np.where((first != gold) & (rng.random(400) < 0.1), gold, first)
    pairs = [np.stack([gold, guess], axis=1) for guess in (first, second)]
    found = paired_difference(*pairs, metric="f1")
    apart = math.hypot(*(estimate("f1", one).stderr for one in pairs))

    assert found.p_value < 0.01 and found.stderr < 0.5 * apart


def test_differences_of_ratios_are_those_of_the_figures():
    first = [(8.0, 4.0), (3.0, 1.0)]
    second = [(6.0, 4.0), (3.0, 1.0)]
    assert paired_difference(first, second, metric="bits_per_byte").mean == pytest.approx(-0.4)


@pytest.mark.parametrize("metric", ["mean", "bits_per_byte", "f1"])
def test_one_item_or_one_cluster_proves_nothing(metric):
    first, second = ([0.2], [0.9]) if metric == "mean" else ([(1.0, 0.0)], [(0.0, 0.5)])
    first = [(4.0, 2.0)] if metric == "bits_per_byte" else first
    second = [(2.0, 2.0)] if metric == "bits_per_byte" else second

    assert paired_difference(first, second, metric=metric).p_value == 1.0
    twice = paired_difference(first * 2, second * 2, metric=metric, clusters=["a", "a"])
    assert (twice.stderr, twice.p_value) == (None, 1.0)


@pytest.mark.parametrize("metric", ["mean", "bits_per_byte", "f1"])
def test_two_clusters_that_gain_alike_prove_nothing(metric):
    names = ["a"] * 5 + ["b"] * 5
    first, second = [0.0] * 10, [1.0] * 10
    if metric == "bits_per_byte":
        first, second = [(8.0, 4.0)] * 10, [(4.0, 4.0)] * 10
    if metric == "f1":
        first, second = [(1.0, 0.0)] * 10, [(1.0, 1.0)] * 10
    found = paired_difference(first, second, metric=metric, clusters=names)

    assert (found.stderr, found.p_value, found.test) == (0.0, 0.5, "sign-flip")


def test_an_error_of_nothing_is_no_certainty():
    for size in (2, 5, 30):
        found = paired_difference([0.25] * size, [0.5] * size)
        assert found.p_value >= 2.0**-size and found.p_value >= 1 / 10_001
    assert paired_difference([0.25] * 5, [0.5] * 5).p_value == 2 / 32
    alike = [(1.0, 0.0)] * 3000
    assert paired_difference(alike, alike, metric="f1").p_value == 1.0


def test_the_signs_agree_with_scipy_and_with_the_exchange_of_systems():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(7)
    for size in (3, 8, 12):
        sums = rng.normal(0.4, 1.0, size=size)
        theirs = stats.permutation_test(
            (sums, np.zeros(size)),
            lambda one, other, axis: (one - other).sum(axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=np.inf,
        )
        assert sign_flip(sums) == pytest.approx(theirs.pvalue)
        swapped = exchange(np.zeros(size), sums, lambda values: float(values.mean()))
        assert swapped == pytest.approx(theirs.pvalue)
    many = rng.normal(0.2, 1.0, size=80)
    assert sign_flip(many) == pytest.approx(stats.ttest_1samp(many, 0.0).pvalue, abs=0.02)


def test_the_test_of_few_clusters_is_seldom_wrong():
    rng = np.random.default_rng(8)
    names = [str(at) for at in range(6) for _ in range(10)]
    wrong = wrong_by_z = 0
    for _ in range(200):
        gains = np.repeat(rng.normal(size=6), 10)
        wrong += sign_flip(cluster_sums(gains, names)) < 0.05
        mean = mean_and_error(gains, names)
        wrong_by_z += two_sided_p(mean.value, mean.stderr) < 0.05

    assert wrong <= 14 < wrong_by_z, (
        "14 is 3 standard errors above 2 of 64, the level of 6 clusters"
    )


@pytest.mark.parametrize("metric", ["f1", "balanced_acc", "refusal_rate", "acc_amb", "mean"])
def test_one_item_or_one_cluster_has_a_figure_and_no_error(metric):
    value = 1.0 if metric == "mean" else (1.0, 1.0)

    assert estimate(metric, [value]).value == 1.0
    assert estimate(metric, [value]).stderr is None
    assert estimate(metric, [value] * 6, ["a"] * 6).stderr is None
    assert estimate(metric, [value] * 6, ["a"] * 3 + ["b"] * 3).stderr == 0.0


def test_a_ratio_of_one_item_that_counts_has_no_error():
    found = estimate("acc_amb", [(1.0, 1.0), (0.0, 0.0), (0.0, 0.0)])

    assert (found.value, found.stderr, found.n) == (1.0, None, 1)


def test_only_items_of_the_kind_that_is_counted_stand_behind_a_figure():
    kinds = [(1.0, 1.0), (0.0, 0.0)] * 10
    names = [str(at // 4) for at in range(20)]
    for metric in ("acc_amb", "refusal_rate"):
        found = estimate(metric, kinds, names)
        assert (found.value, found.n, found.units) == (1.0, 10, 5)
        assert interval(metric, asdict(found)) == pytest.approx(wilson_interval(5, 5))
    assert estimate("over_refusal", kinds).n == 10
    assert estimate("diff_bias_dis", [(1.0, 1.0), (-1.0, 0.0), (0.0, 1.0)]).n == 2
    assert estimate("refusal_rate", [(0.0, 0.0)] * 4).n == 4, "of nothing, what was asked"
