"""English twins say what their Korean says, and hold what must be protected."""

from __future__ import annotations

import re

from korean_rlhf.sampleworld.preference import sentence_register

from .conftest import SMALL, lines

MARKS = re.compile(r"`[^`]+`|https?://\S+|\{\w+\}|\d+ (?:kg|cm|L)(?![A-Za-z])")


def test_twins_and_truths_go_by_the_same_ids_and_turns(world):
    english, korean = lines(world / "twins.en.jsonl"), lines(world / "twins.key.jsonl")

    assert [row["id"] for row in english] == [row["id"] for row in korean]
    for one, two in zip(english, korean, strict=True):
        roles = [turn["role"] for turn in one["messages"]]
        assert roles == [turn["role"] for turn in two["ko_messages"]] == ["user", "assistant"]


def test_each_english_message_stands_for_one_korean_only(world):
    texts = [turn["content"] for row in lines(world / "twins.en.jsonl") for turn in row["messages"]]

    assert len(texts) == len(set(texts))


def test_what_must_be_protected_is_the_same_in_both_languages(world):
    marked = 0
    rows = zip(lines(world / "twins.en.jsonl"), lines(world / "twins.key.jsonl"), strict=True)
    for one, two in rows:
        for left, right in zip(one["messages"], two["ko_messages"], strict=True):
            found = sorted(MARKS.findall(left["content"]))
            marked += bool(found)
            assert found == sorted(MARKS.findall(right["content"])), (left, right)

    assert marked >= SMALL.twins // 5


def test_the_korean_answers_are_polite(world):
    for row in lines(world / "twins.key.jsonl"):
        assert sentence_register(row["ko_messages"][1]["content"]) == "haeyo"
