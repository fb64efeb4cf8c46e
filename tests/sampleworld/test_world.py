"""A whole small world: the same twice, disjoint, held-out where it says so, in correct Korean."""

from __future__ import annotations

import random
import re
from itertools import chain
from pathlib import Path
from statistics import mean

import pytest

from korean_rlhf import tables
from korean_rlhf.ngrams import dialogue_hashes, prompt_hash
from korean_rlhf.records import Comparison, Document, Instruction, Prompt, parse_messages
from korean_rlhf.rundir import read_manifest
from korean_rlhf.sampleworld.copier import copier
from korean_rlhf.sampleworld.lexicon import nouns
from korean_rlhf.sampleworld.make import longer_is_better, make
from korean_rlhf.sampleworld.preference import true_reward
from korean_rlhf.sampleworld.sets import Tasks, demonstrations
from korean_rlhf.settings.loading import load
from korean_rlhf.settings.sampleworld import SampleworldSettings

from .conftest import SMALL, lines

FILES = (
    "prose.jsonl.zst", "heldout.txt", "instructions.jsonl", "comparisons.jsonl", "prompts.jsonl",
    "questions.jsonl", "choices.jsonl", "twins.en.jsonl", "twins.key.jsonl",
    "to-rank.jsonl", "to-rank.key.jsonl",
)  # fmt: skip


def texts_of(world: Path) -> dict[str, list[str]]:
    """Every text of the world that something is trained on, by file."""
    instructions = tables.read(world / "instructions.jsonl", Instruction)
    compared = list(tables.read(world / "comparisons.jsonl", Comparison))
    prompts = tables.read(world / "prompts.jsonl", Prompt)
    to_rank = tables.read(world / "to-rank.jsonl", Prompt)
    return {
        "prose": [one.text for one in tables.read(world / "prose.jsonl.zst", Document)],
        "instructions": [turn.content for one in instructions for turn in one.messages],
        "comparisons": [turn.content for one in compared for turn in one.messages],
        "prompts": [turn.content for one in prompts for turn in one.messages],
        "to-rank": [turn.content for one in to_rank for turn in one.messages],
        "twins": [
            turn["content"]
            for row in lines(world / "twins.key.jsonl")
            for turn in row["ko_messages"]
        ],
    }


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(world, tmp_path):
    make(tmp_path / "again", SMALL)
    smaller = load(SampleworldSettings, None, {"prose_megabytes": 0.01, "instructions": 20})
    make(tmp_path / "other", smaller)

    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (world / name).read_bytes(), name
    first = lines(tmp_path / "other" / "instructions.jsonl")[0]
    assert first != lines(world / "instructions.jsonl")[0]


def test_each_file_has_as_many_records_as_asked_for(world):
    for name, count in {
        "instructions": SMALL.instructions, "comparisons": SMALL.comparisons,
        "prompts": SMALL.prompts, "questions": SMALL.questions, "choices": SMALL.choices,
        "twins.en": SMALL.twins, "twins.key": SMALL.twins,
        "to-rank": SMALL.to_rank, "to-rank.key": SMALL.to_rank,
    }.items():  # fmt: skip
        assert len(lines(world / f"{name}.jsonl")) == count
    size = sum(len(text.encode()) for text in texts_of(world)["prose"])
    assert SMALL.prose_megabytes * 1e6 <= size < SMALL.prose_megabytes * 1e6 + 20_000


def test_no_turn_of_a_prompt_is_in_two_sets_or_twice_in_one(world):
    hashes = [
        one_hash
        for name, kind in (
            ("instructions", Instruction), ("comparisons", Comparison), ("prompts", Prompt),
            ("to-rank", Prompt),
        )
        for one in tables.read(world / f"{name}.jsonl", kind)
        for one_hash in dialogue_hashes(one.messages)
    ]  # fmt: skip
    hashes += [
        one_hash
        for row in lines(world / "questions.jsonl")
        for one_hash in dialogue_hashes(parse_messages(row["messages"]))
    ]
    hashes += [
        prompt_hash(parse_messages([{"role": "user", "content": row["question"]}]))
        for row in lines(world / "choices.jsonl")
    ]
    hashes += [
        prompt_hash(parse_messages(row["ko_messages"])) for row in lines(world / "twins.key.jsonl")
    ]

    assert len(hashes) == len(set(hashes))


NOUNS = "|".join(sorted(map(re.escape, nouns()), key=len, reverse=True))
KNOWN = re.compile(rf"(?<![가-힣])(?:{NOUNS})")
NAMES = frozenset(name for name, noun in nouns().items() if noun.kind in ("person", "city"))


def test_no_training_sentence_holds_a_pair_that_a_question_about_a_passage_rests_on(world):
    rows = [
        row
        for row in lines(world / "questions.jsonl")
        if row["family"] in ("reading", "reading-two", "sentence")
    ]
    held = {
        tuple(fact)
        for row in rows
        for fact in row["facts"]
        if fact[0] in NAMES and fact[1] in nouns()
    }
    held = {pair for pair in held if _is_reserved(pair)}
    sentences = {
        sentence
        for text in chain.from_iterable(texts_of(world).values())
        for sentence in re.split(r"[.?!,:\n\"]", text)
    }

    assert len(held) > 50
    for sentence in sentences:
        found = KNOWN.findall(sentence)
        people = [name for name in found if nouns()[name].kind == "person"]
        subject = next(iter(people or found), "")  # with two people, the first one is the subject
        for value in found:
            assert (subject, value) not in held, (sentence, subject, value)


def _is_reserved(pair: tuple[str, str]) -> bool:
    from korean_rlhf.sampleworld.plan import reserved

    return reserved(*pair)


def test_every_question_rests_on_a_held_out_combination_in_held_out_words(world):
    asked = {turn.content for one in tables.read(world / "instructions.jsonl", Instruction)
             for turn in one.messages}  # fmt: skip
    for row in lines(world / "questions.jsonl"):
        assert any(_is_reserved(tuple(fact)) for fact in row["facts"]), row
        assert row["messages"][-1]["content"] not in asked


def test_held_out_knowledge_is_stated_in_prose_only(world):
    facts = {
        tuple(fact)
        for row in lines(world / "questions.jsonl")
        if row["family"] in ("category", "colour", "feed", "home")
        for fact in row["facts"]
    }
    texts = texts_of(world)
    for name in ("instructions", "comparisons", "twins"):
        for text in texts[name]:
            for sentence in re.split(r"[.?!\n]", text):
                for subject, value in facts:
                    said = re.search(rf"(^|\s){subject}[은는이가의].*{value}(?! 동물)", sentence)
                    assert not said or len(KNOWN.findall(sentence)) > 2, (name, sentence)


PARTICLES = (
    ("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("이에요", "예요"),
    ("이야", "야"), ("이다", "다"), ("이었어요", "였어요"), ("이라고", "라고"),
)  # fmt: skip
NUMBERS = {"0": "영", "1": "일", "2": "이", "3": "삼", "4": "사", "5": "오", "6": "육", "7": "칠",
           "8": "팔", "9": "구", "10": "십", "11": "일", "12": "이", "13": "삼"}  # fmt: skip
FORMS = sorted({form for pair in PARTICLES for form in pair}, key=len, reverse=True)
SEAM = re.compile(
    rf"(?:^|(?<=[\s\"«:(]))({NOUNS}|\d+)({'|'.join(FORMS)})(?=[\s.,!?\"»]|$)", re.MULTILINE
)


def closed(word: str) -> int:
    """The final of the last syllable by the Unicode table, digits as they are read."""
    return (ord(NUMBERS.get(word, word)[-1]) - 0xAC00) % 28


def right_form(word: str, pair: tuple[str, str]) -> str:
    final = closed(word)
    if pair[1] == "로" and final == 8:
        return "로"
    return pair[0] if final else pair[1]


def test_every_particle_agrees_with_the_sound_before_it(world):
    texts = texts_of(world)
    right = texts["prose"] + texts["twins"] + texts["prompts"] + texts["comparisons"]
    right += [(world / "heldout.txt").read_text(encoding="utf-8")]
    right += [
        turn["content"] for row in lines(world / "questions.jsonl") for turn in row["messages"]
    ]
    right += [text for row in lines(world / "choices.jsonl") for text in row["choices"]]
    seams = 0
    for text in right:
        for found in SEAM.finditer(text):
            word, form = found[1], found[2]
            pair = next(pair for pair in PARTICLES if form in pair)
            seams += 1

            assert form == right_form(word, pair), (
                found[0],
                text[max(0, found.start() - 20) :][:60],
            )
    assert seams > 10_000


def test_comparisons_rank_by_the_true_preference_and_length_does_not(world):
    compared = list(tables.read(world / "comparisons.jsonl", Comparison))

    assert {len(one.responses) for one in compared} == {4, 5, 6, 7, 8, 9}
    assert all(len(set(one.responses)) == len(one.responses) for one in compared)
    assert any(len(set(one.ranks)) < len(one.ranks) for one in compared)
    assert all(len(set(one.ranks)) > 1 for one in compared)
    assert 0.42 < longer_is_better(compared) < 0.58


def test_demonstrations_are_imperfect_in_the_stated_share(world):
    kinds = read_manifest(world)["demonstration_kinds"]

    assert sum(kinds.values()) == SMALL.instructions
    rng = random.Random("share")  # 700 are few for 0.06: their standard error is 0.018
    drawn = [kind for _, kind in demonstrations(rng, Tasks(rng, lambda: None), 3000)]
    assert drawn.count("right") / len(drawn) == pytest.approx(0.62, abs=0.06)
    two_turns = [one for one in tables.read(world / "instructions.jsonl", Instruction)
                 if len(one.messages) == 4]  # fmt: skip
    assert len(two_turns) / SMALL.instructions == pytest.approx(0.1, abs=0.04)


def test_the_copier_answers_its_own_prompts_and_earns_little_on_held_out_ones(world):
    copy = copier(world)
    known = [one for one in tables.read(world / "instructions.jsonl", Instruction)
             if len(one.messages) == 2]  # fmt: skip
    same = [copy(one.messages[0].content) == one.messages[1].content for one in known[:50]]
    rows = lines(world / "questions.jsonl")[:150]
    earned = mean(true_reward(row["key"], copy(row["messages"][-1]["content"])) for row in rows)

    assert mean(same) == 1.0
    assert earned < 0.45


def test_choices_hold_one_true_answer_of_four(world):
    for row in lines(world / "choices.jsonl"):
        assert len(set(row["choices"])) == 4
        assert row["answer"] in range(4)
    assert {row["answer"] for row in lines(world / "choices.jsonl")} == {0, 1, 2, 3}
