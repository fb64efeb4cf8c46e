"""The labellers rank what a model sampled: by the key of its prompt, and nothing is lost unsaid."""

import pytest

from korean_rlhf.errors import BadRecord, MissingInput
from korean_rlhf.records import Candidates, Comparison, Prompt
from korean_rlhf.rundir import read_manifest
from korean_rlhf.sampleworld.labellers import rank_candidates
from korean_rlhf.sampleworld.preference import true_reward
from korean_rlhf.tables import read, write_jsonl

from .conftest import lines


def candidates(prompt: Prompt, *answers: str) -> Candidates:
    return Candidates(messages=prompt.messages, responses=answers, id=prompt.id)


@pytest.fixture
def ranked(world, tmp_path):
    """Rank three answers to every prompt of the world and return (comparisons, keys, folder)."""
    prompts = list(read(world / "to-rank.jsonl", Prompt))
    polite = "잘 모르겠어요."
    asked = [candidates(one, polite, one.messages[-1].content, polite, "네") for one in prompts]
    write_jsonl(tmp_path / "answers.jsonl", asked)
    out = tmp_path / "ranked"
    rank_candidates(tmp_path / "answers.jsonl", world / "to-rank.key.jsonl", out)
    keys = {row["id"]: row["key"] for row in lines(world / "to-rank.key.jsonl")}
    return list(read(out / "comparisons.jsonl", Comparison)), keys, out


def test_a_better_reward_is_a_better_rank_and_each_answer_stands_once(ranked):
    comparisons, keys, _ = ranked
    for one in comparisons:
        assert len(one.responses) == len(set(one.responses)) == 3
        rewards = [true_reward(keys[one.id], text) for text in one.responses]
        for reward, rank in zip(rewards, one.ranks, strict=True):
            for other, other_rank in zip(rewards, one.ranks, strict=True):
                assert not (reward > other and rank > other_rank)
    assert any(len(set(one.ranks)) > 1 for one in comparisons)


def test_ranks_go_on_and_rewards_do_not(ranked):
    comparisons, _, _ = ranked
    assert all(one.scores == () for one in comparisons)
    assert all(one.ranked_by for one in comparisons)


def test_prompts_without_a_key_or_without_two_answers_are_put_aside(world, tmp_path):
    first, second, third = list(read(world / "to-rank.jsonl", Prompt))[:3]
    stranger = Candidates(messages=second.messages, responses=("네.", "아니요."), id="elsewhere")
    asked = [candidates(first, "네.", " ", "네."), stranger, candidates(third, "네.", "아니요.")]
    write_jsonl(tmp_path / "answers.jsonl", asked)

    rank_candidates(tmp_path / "answers.jsonl", world / "to-rank.key.jsonl", tmp_path / "out")

    counts = read_manifest(tmp_path / "out")["counts"]
    assert counts == {"in": 3, "out": 1, "dropped": {"no-key": 1, "one-answer": 1}}
    dropped = {row["id"]: row["reason"] for row in lines(tmp_path / "out" / "dropped.jsonl")}
    assert dropped == {first.id: "one-answer", "elsewhere": "no-key"}


def test_a_missing_key_file_is_named(world, tmp_path):
    with pytest.raises(MissingInput, match=r"to-rank\.key\.jsonl"):
        rank_candidates(world / "to-rank.jsonl", tmp_path / "to-rank.key.jsonl", tmp_path / "out")


def test_a_file_that_holds_no_keys_is_refused_with_its_line(world, tmp_path):
    asked = [candidates(one, "네.", "아니요.") for one in read(world / "to-rank.jsonl", Prompt)]
    write_jsonl(tmp_path / "answers.jsonl", asked)

    with pytest.raises(BadRecord, match=r"to-rank\.jsonl:1: no key of a prompt"):
        rank_candidates(tmp_path / "answers.jsonl", world / "to-rank.jsonl", tmp_path / "out")
