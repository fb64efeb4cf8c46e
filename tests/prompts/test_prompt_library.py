"""What prompts/ promises: enough of it, well formed, Korean, and no prompt twice."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.cli.prompts import sentence_levels
from korean_rlhf.hangul import syllable_ratio
from korean_rlhf.promptfiles import list_prompts, load_prompt
from korean_rlhf.prompting.check import check_folder
from korean_rlhf.prompting.questions import read_gold_questions
from korean_rlhf.records import Comparison, Instruction
from korean_rlhf.tables import read

PROMPTS = asset_dir("prompts")
INSTRUCTIONS = tuple(read(PROMPTS / "instructions", Instruction))
REDTEAM = tuple(read(PROMPTS / "redteam", Instruction))
HARMLESS = tuple(read(PROMPTS / "redteam" / "harmless.jsonl", Instruction))
COMPARISONS = tuple(read(PROMPTS / "comparisons", Comparison))
RECORDS: tuple[Instruction | Comparison, ...] = (*INSTRUCTIONS, *REDTEAM, *COMPARISONS)

CODE = re.compile(r"```.*?```", re.DOTALL)
ENGLISH_QUOTE = re.compile(r'"[ -~]+"')
FOREIGN_TASKS = ("translation", "coding")
"""Kinds whose text is mostly English or code."""


def texts(record: Instruction | Comparison) -> Iterator[str]:
    yield from (message.content for message in record.messages)
    if isinstance(record, Comparison):
        yield from record.responses


def records(kind: str) -> tuple[Instruction | Comparison, ...]:
    return {"instructions": INSTRUCTIONS, "redteam": REDTEAM, "comparisons": COMPARISONS}[kind]


@pytest.mark.parametrize(
    ("kind", "least"),
    [("instructions", 310 + 100), ("redteam", 140 + 50), ("comparisons", 120)],
)
def test_there_are_as_many_as_promised(kind: str, least: int):
    assert len(records(kind)) >= least


def test_instructions_are_of_many_kinds():
    kinds = {record.id.rpartition("-")[0] for record in INSTRUCTIONS}

    assert len(kinds) >= 22
    assert {f"{kind}.jsonl" for kind in kinds} == {
        path.name for path in (PROMPTS / "instructions").glob("*.jsonl")
    }


def test_many_instructions_have_several_turns_and_some_a_system_message():
    long = [item for item in INSTRUCTIONS if Counter(m.role for m in item.messages)["user"] > 1]
    guided = [item for item in INSTRUCTIONS if item.messages[0].role == "system"]

    assert len(long) >= 100
    assert len(guided) >= 25


def test_harmless_prompts_stand_beside_the_harmful_ones():
    assert len(HARMLESS) >= 50
    assert len(REDTEAM) - len(HARMLESS) >= 140


def test_every_record_names_its_source_and_license():
    assert {(record.source, record.license) for record in RECORDS} == {
        ("korean-rlhf", "Apache-2.0")
    }


def test_the_check_of_the_command_finds_nothing():
    """Text, turns, ids, registers, ranks, repeated prompts: tests/prompting shows what it finds."""
    found = check_folder(PROMPTS, sentence_levels)

    assert list(map(str, found.problems)) == []
    assert found.templates >= 19
    assert found.rows >= 900


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_text_is_korean(record: Instruction | Comparison):
    least = 0.15 if record.id.rpartition("-")[0] in FOREIGN_TASKS else 0.6

    text = ENGLISH_QUOTE.sub("", CODE.sub("", " ".join(texts(record))))

    assert syllable_ratio(text) >= least


def test_people_ranked_the_comparisons():
    assert {record.ranked_by for record in COMPARISONS} == {"authors"}


def test_the_place_of_an_answer_does_not_tell_its_rank():
    first = sum(record.ranks[0] == 1 for record in COMPARISONS)

    assert 0.1 <= first / len(COMPARISONS) <= 0.5


def test_the_longest_answer_is_not_always_the_best():
    longest = sum(
        record.ranks[max(range(len(record.ranks)), key=lambda i: len(record.responses[i]))] == 1
        for record in COMPARISONS
    )

    assert 0.3 <= longest / len(COMPARISONS) <= 0.6


def test_length_alone_does_not_predict_the_better_answer():
    better = [
        len(record.responses[one]) > len(record.responses[other])
        for record in COMPARISONS
        for one, other in permutations(range(len(record.ranks)), 2)
        if record.ranks[one] < record.ranks[other]
    ]

    assert 0.45 <= sum(better) / len(better) <= 0.55


def test_every_folder_says_where_it_is_from():
    folders = [path for path in PROMPTS.iterdir() if path.is_dir()]

    assert {"instructions", "comparisons", "redteam", "templates", "translate", "judge"} <= {
        folder.name for folder in folders
    }
    for folder in folders:
        facts = tomllib.loads((folder / "_source.toml").read_text(encoding="utf-8"))

        assert {"version", "source", "license", "description"} <= facts.keys()


VALUES: dict[str, Any] = {
    "text": "{{ 그대로 }} 둔다",
    "context": "글",
    "question": "물음",
    "conversation": "물음",
    "answer": "답",
    "answer_a": "답",
    "answer_b": "다른 답",
    "reference": "",
    "rows": '[{"id": "1", "kind": "answer", "text": "hi ⟦0⟧"}]',
    "register": "해요체",
    "task": "Find a rhyme.",
    "kind": "이야기 짓기",
    "ids": '["a-1"]',
    "seeds": '["시를 써 줘."]',
    "operation": "더 깊이 묻게 한다.",
    "instruction": "시를 써 줘.",
}
SHIPPED = list_prompts()


@pytest.mark.parametrize(("kind", "name"), SHIPPED, ids=map("/".join, SHIPPED))
def test_a_shipped_prompt_renders(kind: str, name: str):
    prompt = load_prompt(kind, name)

    messages = prompt.messages(**VALUES, **prompt.filled())

    assert messages[-1].role == "user"
    for message in messages:
        assert unicodedata.is_normalized("NFC", message.content)
        assert "{%" not in message.content


TEMPLATES = [name for _, name in list_prompts("templates")]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_shows_its_examples_and_ends_where_the_answer_begins(name: str):
    prompt = load_prompt("templates", name)
    examples = prompt.facts["examples"]
    words = dict(zip(prompt.labels, prompt.label_words, strict=True))

    text = prompt.render(**VALUES, **prompt.filled())

    assert len(examples) >= 3
    assert all(words.get(example["answer"], example["answer"]) in text for example in examples)
    assert text.endswith(":")
    assert all(
        VALUES[key] in text for key in ("text", "question") if f"{{{{ {key} }}}}" in prompt.template
    )


def test_the_sentiment_template_calls_praise_positive():
    examples = load_prompt("templates", "sentiment").facts["examples"]

    assert {"text": "너는 굉장하구나", "answer": "긍정"} in examples


def test_every_task_has_two_wordings_with_the_same_examples():
    lent = {load_prompt("templates", name).facts.get("examples_of") for name in TEMPLATES}

    assert {name for name in TEMPLATES if "-" not in name} == lent - {None}


def test_questions_and_examples_are_balanced_over_the_labels():
    asked = {
        path.stem: read_gold_questions(path) for path in (PROMPTS / "questions").glob("*.jsonl")
    }
    labels = load_prompt("templates", "sentiment").labels

    assert Counter(one.answers[0] for one in asked["sentiment"]) == dict.fromkeys(labels, 30)
    assert set(asked) >= {"sentiment", "classification", "spelling", "honorific"}
    assert set(Counter(one.answers[0] for one in asked["classification"]).values()) == {6}


def test_labels_of_the_classification_examples_are_among_the_labels():
    facts = load_prompt("templates", "classification").facts

    assert {example["answer"] for example in facts["examples"]} <= set(facts["labels"])


def test_a_reference_reaches_the_judge_only_when_there_is_one():
    judge = load_prompt("judge", "single")

    without = judge.render(conversation="물음", answer="답", reference="")
    given = judge.render(conversation="물음", answer="답", reference="모범 답")

    assert "참고 답" not in without
    assert "모범 답" in given
