"""What prompts/instructions/ promises: kinds, turns, one speech level an answer, nothing twice."""

from __future__ import annotations

import tomllib
from collections import Counter
from itertools import combinations

import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.cli.prompts import sentence_levels
from korean_rlhf.dedup.contamination import Fingerprints, find_hits
from korean_rlhf.dedup.grams import fold
from korean_rlhf.ngrams import dialogue_hashes, jaccard
from korean_rlhf.prompting.near import NEAR, grams
from korean_rlhf.prompting.register import SPOKEN, spoken_levels
from korean_rlhf.records import Comparison, Instruction, Message
from korean_rlhf.tables import read

PROMPTS = asset_dir("prompts")
EVALS = asset_dir("evals")
INSTRUCTIONS = tuple(read(PROMPTS / "instructions", Instruction))
DIALOGUES = [item for item in INSTRUCTIONS if item.id.startswith("dialogues_")]
SINGLE = [item for item in INSTRUCTIONS if item not in DIALOGUES]
HELD_OUT = (
    *read(PROMPTS / "redteam", Instruction),
    *(
        Instruction(
            id=f"showcase-{place}",
            messages=(Message(role="user", content=text), Message(role="assistant", content="답")),
        )
        for place, text in enumerate(
            tomllib.loads((EVALS / "showcase.toml").read_text(encoding="utf-8"))["prompts"], start=1
        )
    ),
)
"""Prompts that models are tested with: nobody may learn their answers."""


def kind(item: Instruction) -> str:
    return item.id.rpartition("-")[0]


def questions(item: Instruction) -> list[str]:
    return [message.content for message in item.messages if message.role == "user"]


def whole(item: Instruction) -> str:
    return "\n".join(message.content for message in item.messages)


def alike(one: str, other: str) -> float:
    return jaccard(grams(one), grams(other))


def levels(item: Instruction) -> Counter[str]:
    """Count the speech levels of what the assistant says in its own voice."""
    return spoken_levels(item.messages, sentence_levels)


def test_there_are_enough_instructions_of_every_kind():
    kinds = Counter(map(kind, SINGLE))

    assert len(SINGLE) >= 310
    assert len(kinds) >= 22
    assert {name: count for name, count in kinds.items() if count < 12} == {}


def test_there_are_enough_dialogues_of_every_kind():
    kinds = Counter(map(kind, DIALOGUES))

    assert len(DIALOGUES) >= 100
    assert len(kinds) >= 10
    assert {name: count for name, count in kinds.items() if count < 8} == {}


def test_an_instruction_asks_once_and_a_dialogue_several_times():
    assert [item.id for item in SINGLE if len(questions(item)) != 1] == []
    assert [item.id for item in DIALOGUES if not 2 <= len(questions(item)) <= 6] == []


def test_dialogues_are_not_all_of_one_length():
    turns = Counter(len(questions(item)) for item in DIALOGUES)

    assert {2, 3, 4, 5} <= turns.keys()
    assert turns[2] >= 20
    assert turns[4] + turns[5] >= 10


def test_many_dialogues_have_a_system_message():
    guided = [item for item in DIALOGUES if item.messages[0].role == "system"]

    assert len(guided) >= 25
    assert len({item.messages[0].content for item in guided}) == len(guided)


def test_no_dialogue_contains_the_prompt_of_another_record():
    everything = (*INSTRUCTIONS, *HELD_OUT, *read(PROMPTS / "comparisons", Comparison))
    seen = Counter(hash for item in everything for hash in set(dialogue_hashes(item.messages)))

    assert [
        item.id for item in INSTRUCTIONS if any(seen[h] > 1 for h in dialogue_hashes(item.messages))
    ] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("면접만 보면 너무 떨려서 말이 안 나와요.", "면접만 보면 떨려서 말이 안 나와."),
        (
            "축구에서 오프사이드 규칙이 너무 헷갈려요. 쉽게 설명해 주세요.",
            "축구 오프사이드 규칙이 헷갈립니다. 쉽게 설명해 주십시오.",
        ),
    ],
)
def test_a_question_in_another_speech_level_counts_as_the_same(one: str, other: str):
    assert alike(one, other) >= NEAR


def test_no_question_is_asked_twice_in_nearly_the_same_words():
    asked = [(item.id, grams(questions(item)[0])) for item in INSTRUCTIONS]
    held_out = [(item.id, grams(questions(item)[0])) for item in HELD_OUT]
    pairs = [*combinations(asked, 2), *((ours, theirs) for ours in asked for theirs in held_out)]

    assert [
        (one, other)
        for (one, left), (other, right) in pairs
        if NEAR * max(len(left), len(right)) <= min(len(left), len(right))
        and jaccard(left, right) >= NEAR
    ] == []


def test_no_instruction_holds_a_fingerprint_of_evaluation_data():
    marks = Fingerprints.of(sorted((EVALS / "fingerprints").glob("*.fingerprints")))

    assert marks is not None
    assert find_hits(fold(list(map(whole, INSTRUCTIONS))), marks, 0.5).num_rows == 0


def test_red_team_answers_among_them_would_be_found():
    marks = Fingerprints.of(sorted((EVALS / "fingerprints").glob("*.fingerprints")))
    texts = [whole(item) for item in HELD_OUT if item.id.startswith("redteam-")]

    assert marks is not None
    assert len(set(find_hits(fold(texts), marks, 0.5)["row"].to_pylist())) >= 62


def test_an_answer_keeps_to_the_speech_level_that_it_is_said_to_have():
    found = {item.id: levels(item) for item in INSTRUCTIONS if item.register in SPOKEN}
    registers = {item.id: item.register for item in INSTRUCTIONS}
    strays = {
        id: dict(count)
        for id, count in found.items()
        if not count.keys() <= SPOKEN[registers[id]]
        or (count and count.most_common(1)[0][0] != registers[id])
    }

    assert strays == {}


def test_an_answer_in_two_speech_levels_is_noticed():
    said = (
        Message(role="user", content="물"),
        Message(role="assistant", content="책을 읽었어요. 참 좋았다."),
    )

    assert levels(Instruction(messages=said)) == {"haeyo": 1, "haera": 1}
