"""Folding, hashing and sketching many texts at once, against the plain functions."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_rlhf.dedup.grams import fold, gram_hashes, similarity
from korean_rlhf.dedup.grouping import group_on_cluster, group_rows
from korean_rlhf.dedup.sketch import band_keys, sketches
from korean_rlhf.ngrams import character_ngrams, jaccard, normalise_for_matching

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=6)


def folded(texts):
    found = fold(texts)
    letters = "".join(map(chr, found.codes.tolist()))
    ends = found.starts.tolist()
    return [letters[start:end] for start, end in pairwise(ends)]


@settings(deadline=None)  # the table of characters is made at the first call
@given(TEXTS)
def test_folding_at_once_is_what_folding_one_text_gives(texts):
    assert folded(texts) == [normalise_for_matching(text) for text in texts]


def test_letters_whose_small_form_is_odd_are_folded_alike():
    texts = ["ΟΔΟΣ ΣΑΣ", "İstanbul", "STRASSE Straße", "\u1112\u1161\u11ab글", "", "１２ ㎏ ½"]

    assert folded(texts) == [normalise_for_matching(text) for text in texts]


@settings(deadline=None)
@given(TEXTS, st.integers(1, 6))
def test_no_ngram_spans_two_texts_and_equal_ones_hash_alike(texts, n):
    owners, hashes = fold(texts).grams(n)
    grams = [
        (place, text[start : start + n])
        for place, text in enumerate(map(normalise_for_matching, texts))
        for start in range(len(text) - n + 1)
    ]

    assert owners.tolist() == [place for place, _ in grams]
    assert len(set(hashes.tolist())) == len({gram for _, gram in grams})


@pytest.mark.parametrize(
    "left, right", [("가나다라마바사", "가나다라마바아"), ("가", "나"), ("", "가"), ("", "")]
)
def test_hashed_ngrams_give_the_true_similarity(left, right):
    wanted = jaccard(character_ngrams(left, 3), character_ngrams(right, 3))

    assert similarity(gram_hashes(left, 3), gram_hashes(right, 3)) == pytest.approx(wanted)


@pytest.mark.parametrize("size", [17, 60, 400, 2000])
@pytest.mark.parametrize("wanted", [0.5, 0.8])
def test_sketches_agree_in_as_many_bins_as_the_sets_are_similar(size, wanted):
    """Within four standard errors of 100 pairs of 100 bins, also where bins must be filled."""
    source = np.random.default_rng(size)
    shared = round(size * wanted)
    truth = shared / size
    agreed = []
    for _ in range(100):
        numbers = source.integers(0, 2**63, size, dtype=np.uint64)
        middle = shared + (size - shared) // 2
        left, right = numbers[:middle], np.concatenate([numbers[:shared], numbers[middle:]])
        owners = np.repeat([0, 1], [len(left), len(right)])
        sketch = sketches(owners, np.concatenate([left, right]), 2, 100)
        agreed.append((sketch[0] == sketch[1]).mean())

    assert np.mean(agreed) == pytest.approx(truth, abs=4 * (truth * (1 - truth) / 1e4) ** 0.5)


def test_a_sketch_is_the_same_alone_and_among_others():
    texts = ["짧은 글이지만 비교할 수 있다", "다른 글 " * 40, "또 다른 이야기를 길게 쓴다 " * 30]
    together = sketches(*fold(texts).grams(5), len(texts), 60)
    alone = [sketches(*fold([text]).grams(5), 1, 60)[0] for text in texts]

    assert (together == np.stack(alone)).all()
    assert (band_keys(together, 12) > 0).all()


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), max_size=30))
def test_equal_keys_are_grouped_and_nought_with_nothing(keys):
    wanted = [
        rows
        for key in sorted(set(keys) - {0})
        if len(rows := [row for row, other in enumerate(keys) if other == key]) > 1
    ]

    assert [rows.tolist() for rows in group_rows(np.array(keys, np.uint64))] == wanted


def test_daft_groups_as_the_local_way_does():
    keys = np.random.default_rng(3).integers(0, 200, 500).astype(np.uint64) << np.uint64(56)

    local, cluster = group_rows(keys), group_on_cluster(keys)

    assert [rows.tolist() for rows in local] == [rows.tolist() for rows in cluster]
