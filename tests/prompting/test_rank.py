import json
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.cli import show
from korean_rlhf.errors import BadRecord
from korean_rlhf.prompting.rank import Scored, compare, rank, ranks, read_scored, sift, unused
from korean_rlhf.records import Comparison, Drop, Message
from korean_rlhf.settings.rank import RankSettings
from korean_rlhf.tables import read
from korean_rlhf.tables import rows as read_rows

SETTINGS = RankSettings()
scores = st.lists(st.integers(0, 10).map(float), max_size=60)


def answers(values, question="질문"):
    asked = (Message(role="user", content=question),)
    return [Scored(asked, f"답 {place}", score) for place, score in enumerate(values)]


@given(scores)
def test_better_scores_rank_higher_and_equal_ones_tie(values):
    given_ranks = ranks(values)

    for one in range(len(values)):
        for two in range(len(values)):
            assert (values[one] > values[two]) == (given_ranks[one] < given_ranks[two])


@given(scores, st.integers(0, 5))
def test_no_answer_stands_twice_and_every_comparison_has_two_ranks(values, seed):
    made = list(compare(answers(values), RankSettings(seed=seed)))
    used = [response for comparison in made for response in comparison.responses]

    assert len(used) == len(set(used))
    for comparison in made:
        assert SETTINGS.least <= len(comparison.responses) <= SETTINGS.most


def test_a_comparison_keeps_the_scores_that_its_ranks_come_from():
    made = list(compare(answers([1.0, 2.0, 2.0, 9.0]), RankSettings(least=4, most=4)))

    assert sorted(made[0].scores) == [1.0, 2.0, 2.0, 9.0]
    assert ranks(made[0].scores) == made[0].ranks


def test_comparisons_span_the_range_of_scores():
    values = random.Random(1).choices([1.0, 2.0, 5.0, 9.0, 10.0], k=200)
    made = list(compare(answers(values), RankSettings(per_question=5)))

    assert len(made) == 5
    assert all(len(set(comparison.ranks)) >= 3 for comparison in made)


def test_zero_and_long_and_empty_answers_are_left_out_with_the_reason():
    asked = (Message(role="user", content="?"),)
    long, empty = Scored(asked, "긴 답이다", 5.0), Scored(asked, " ", 4.0)
    dropped = []
    scored = [*answers([0.0, 3.0]), long, empty]
    kept = sift(scored, RankSettings(max_characters=3), lambda *pair: dropped.append(pair))

    assert [item.score for item in kept] == [3.0]
    assert dropped == [
        (answers([0.0])[0], Drop("zero-score")),
        (long, Drop("too-long", "5 characters")),
        (empty, Drop("empty-answer")),
    ]


def test_every_answer_is_counted_once(tmp_path):
    rows = [{"question": f"q{n % 4}", "output": f"a{n}", "score": n % 7} for n in range(90)]
    rows[0]["context"] = {"q": "먼저", "a": "답"}
    (tmp_path / "judged.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    rank([tmp_path / "judged.jsonl"], tmp_path / "out", SETTINGS, license="MIT")

    counts = json.loads((tmp_path / "out/manifest.json").read_text())["counts"]
    made = list(read(tmp_path / "out", Comparison))
    dropped = [row for _, row in read_rows(tmp_path / "out" / "dropped.jsonl")]
    used = {response for comparison in made for response in comparison.responses}
    assert sorted({row["response"] for row in dropped} | used) == sorted(
        row["output"] for row in rows
    )
    assert used.isdisjoint(row["response"] for row in dropped)
    assert Counter(row["reason"] for row in dropped) == counts["dropped"]
    assert counts["dropped"].keys() == {"no-partner-left", "zero-score"}
    assert counts["in"] == 90 == counts["out"] + sum(counts["dropped"].values())
    assert counts["out"] == sum(len(comparison.responses) for comparison in made)
    assert {comparison.license for comparison in made} == {"MIT"}


def test_what_was_dropped_is_shown_and_can_be_ranked_again(tmp_path, capsys):
    rows = [{"question": "?", "output": f"a{n}", "score": 0} for n in range(4)]
    (tmp_path / "judged.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    rank([tmp_path / "judged.jsonl"], tmp_path / "out", SETTINGS)

    assert show.run([str(tmp_path / "out"), "--dropped"]) == 0
    assert capsys.readouterr().out.count('"reason": "zero-score"') == 4
    assert len(list(read_scored(tmp_path / "out" / "dropped.jsonl"))) == 4


def test_equal_answers_are_counted_each(tmp_path):
    twice = answers([1.0, 2.0, 3.0, 4.0]) * 2
    made = list(compare(twice, RankSettings(least=4, most=4, per_question=1)))

    assert len(list(unused(twice, made))) == 4


def test_a_row_without_a_score_is_named(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"question": "?", "output": "a"}\n')

    with pytest.raises(BadRecord, match=r"x\.jsonl:1.*score"):
        list(read_scored(tmp_path / "x.jsonl"))
