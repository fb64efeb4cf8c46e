"""Near pairs are exactly those that comparing all with all finds."""

import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.ngrams import jaccard
from korean_rlhf.prompting.near import NEAR, grams, near_pairs


@given(st.lists(st.text(alphabet="가나다라마", max_size=9), max_size=12), st.floats(0.1, 1.0))
def test_no_pair_is_lost_and_none_is_made_up(texts, least):
    slow = {
        (one, other)
        for one, other in combinations(range(len(texts)), 2)
        if jaccard(grams(texts[one]), grams(texts[other])) >= least
    }

    assert set(near_pairs(texts, least)) == slow


def test_many_texts_are_compared_without_trying_all_pairs(monkeypatch):
    from korean_rlhf.prompting import near

    tried = []
    monkeypatch.setattr(near, "jaccard", lambda *sets: tried.append(1) or jaccard(*sets))
    rng = random.Random(1)
    letters = [chr(0xAC00 + at * 7) for at in range(900)]
    texts = ["".join(rng.choices(letters, k=20)) for _ in range(2000)]

    assert list(near.near_pairs([*texts, texts[0][:18]], NEAR)) == [(0, 2000)]
    assert len(tried) < 20_000
