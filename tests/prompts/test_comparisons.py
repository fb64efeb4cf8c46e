"""The ranked comparisons: enough of each kind, and nothing but what they say tells their ranks."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.records import Comparison
from korean_rlhf.tables import read

FOLDER = asset_dir("prompts") / "comparisons"
COMPARISONS = tuple(read(FOLDER, Comparison))
KINDS = Counter(record.id.split("-")[1] for record in COMPARISONS)

Answers = tuple[str, str]
PAIRS: list[tuple[int, Answers]] = [
    (number, (record.responses[better], record.responses[worse]))
    for number, record in enumerate(COMPARISONS)
    for better, worse in permutations(range(len(record.ranks)), 2)
    if record.ranks[better] < record.ranks[worse]
]
"""Number of the comparison, and the better and the worse of two answers of it."""


def count(pattern: str) -> Callable[[str], float]:
    found = re.compile(pattern, re.MULTILINE)
    return lambda text: len(found.findall(text))


SENTENCE_END = r"[.?!](?:\s|$)"
CUES: dict[str, Callable[[str], float]] = {
    "characters": len,
    "lines": count(r"\n"),
    "list items": count(r"^(?:- |\d+\. )"),
    "numbers": count(r"\d+"),
    "exclamation marks": count("!"),
    "question marks": count(r"\?"),
    "quotation marks": count(r"['\"]"),
    "brackets": count(r"\("),
    "commas": count(","),
    "하십시오체": count(r"(?:니다|시오|니까)[.?!]"),
    "해요체": count(r"요[.?!]"),
    "apologies and refusals": count("죄송|미안|유감|수 없"),
    "requests": count("세요"),
    "Latin words": count("[A-Za-z]+"),
    "sentences": count(SENTENCE_END),
    "characters in a sentence": lambda text: len(text) / max(1, count(SENTENCE_END)(text)),
}


def test_there_are_enough_of_every_kind():
    assert len(COMPARISONS) >= 120
    assert len(KINDS) >= 13
    assert min(KINDS.values()) >= 8
    assert {f"{kind}.jsonl" for kind in KINDS} == {path.name for path in FOLDER.glob("*.jsonl")}


def test_four_to_nine_answers_are_ranked_and_each_number_of_them_often():
    sizes = Counter(len(record.responses) for record in COMPARISONS)

    assert set(sizes) == set(range(4, 10))
    assert min(sizes.values()) >= 10


def test_ties_and_fine_orders_both_occur():
    tied = sum(len(set(record.ranks)) < len(record.ranks) for record in COMPARISONS)

    assert 0.3 <= tied / len(COMPARISONS) <= 0.8
    assert sum(max(record.ranks) >= 4 for record in COMPARISONS) >= 0.8 * len(COMPARISONS)


def test_the_longer_answer_is_as_often_the_worse():
    longer = [len(better) > len(worse) for _, (better, worse) in PAIRS]

    assert len(PAIRS) >= 1_800
    assert 0.45 <= np.mean(longer) <= 0.55


@pytest.mark.parametrize("cue", CUES)
def test_no_surface_of_an_answer_gives_its_rank_away(cue: str):
    measure = CUES[cue]
    differences = [measure(better) - measure(worse) for _, (better, worse) in PAIRS]
    unequal = [difference for difference in differences if difference]

    assert len(unequal) >= 150
    assert 0.38 <= np.mean([difference > 0 for difference in unequal]) <= 0.62


def test_all_surfaces_together_hardly_give_the_rank_away():
    assert share_foreseen(PAIRS) <= 0.62


def test_a_surface_that_gives_the_rank_away_would_be_seen():
    longer_first = [(number, tuple(sorted(pair, key=len, reverse=True))) for number, pair in PAIRS]

    assert share_foreseen(longer_first) >= 0.9


def share_foreseen(pairs: list[tuple[int, Answers]]) -> float:
    """Return how often a linear model of every cue is right about comparisons it has not seen."""
    fold = np.array([number % 10 for number, _ in pairs])
    signs = np.array(
        [
            [seen(better) - seen(worse) for seen in looks(number)]
            for number, (better, worse) in pairs
        ]
    )
    signs /= signs.std(axis=0)
    right = [signs[fold == part] @ fitted(signs[fold != part]) > 0 for part in range(10)]
    return float(np.mean(np.concatenate(right)))


def looks(number: int) -> list[Callable[[str], float]]:
    """Return each cue on a scale of its own, and how unusual the length is in its comparison."""
    usual = np.mean([math.log1p(len(text)) for text in COMPARISONS[number].responses])
    scaled = [lambda text, seen=seen: math.log1p(seen(text)) for seen in CUES.values()]
    return [*scaled, lambda text: abs(math.log1p(len(text)) - usual)]


def fitted(signs: np.ndarray) -> np.ndarray:
    """Return the weights of logistic regression that put the better answers of `signs` first."""
    weights = np.zeros(signs.shape[1])
    for _ in range(200):
        surprise = 1 / (1 + np.exp(signs @ weights))
        weights += 0.5 * (surprise @ signs / len(signs) - 1e-3 * weights)
    return weights


def test_the_best_answer_stands_in_every_place_equally_often():
    for size in range(4, 10):
        places = [
            (place, 1 / record.ranks.count(1))
            for record in COMPARISONS
            if len(record.ranks) == size
            for place, rank in enumerate(record.ranks)
            if rank == 1
        ]
        even = sum(share for _, share in places) / size
        for place in range(size):
            here = sum(share for found, share in places if found == place)

            assert 0.3 * even <= here <= 2 * even, (size, place)


def test_earlier_answers_are_no_better():
    earlier = [
        record.ranks[one] < record.ranks[other]
        for record in COMPARISONS
        for one in range(len(record.ranks))
        for other in range(one + 1, len(record.ranks))
        if record.ranks[one] != record.ranks[other]
    ]

    assert 0.45 <= np.mean(earlier) <= 0.55


def test_the_shortest_answer_is_the_best_now_and_then():
    shortest = sum(
        record.ranks[min(range(len(record.ranks)), key=lambda i: len(record.responses[i]))] == 1
        for record in COMPARISONS
    )

    assert shortest >= 0.08 * len(COMPARISONS)
