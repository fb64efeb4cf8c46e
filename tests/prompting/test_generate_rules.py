"""The rules by which made instructions and answers are kept, on golden cases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.cli.generate import borrow
from korean_rlhf.prompting.generation.answerable import unanswerable
from korean_rlhf.prompting.generation.answers import fault_of_answer
from korean_rlhf.prompting.generation.tasks import HONEST_KINDS, Made, read_seeds
from korean_rlhf.prompting.generation.unsafe import unsafe
from korean_rlhf.prompting.generation.wording import fault_of_wording
from korean_rlhf.records import Drop, Instruction
from korean_rlhf.settings.generate import GenerateSettings
from korean_rlhf.tables import read
from tests.golden.cases import cases, rows

CASES = rows("generation")
SETTINGS = GenerateSettings()
BORROWED = replace(borrow((), 0.5), levels=lambda text: ["haeyo"])
PROMPTS = asset_dir("prompts")


def fault(case: dict[str, Any]) -> Drop | None:
    instruction = case["instruction"]
    if case["rule"] == "answerable":
        return unanswerable(instruction)
    if case["rule"] == "safe":
        return unsafe(instruction)
    if case["rule"] == "wording":
        return fault_of_wording(instruction, SETTINGS)
    return fault_of_answer(
        task(instruction, answer=case["answer"]), case["finish_reason"], SETTINGS, BORROWED
    )


def task(instruction: str, **more: Any) -> Made:
    facts = {"id": "", "kind": "explain", "operation": "", "parents": (), "prompt": "", "round": 1}
    return Made(instruction=instruction, **{**facts, **more})


@pytest.mark.parametrize("case", cases("generation", label="{rule}: {label}"))
def test_golden(case: dict[str, Any]):
    found = fault(case)

    assert (found.reason if found else "") == case["reason"]


def test_the_golden_cases_show_what_is_dropped_left_alone_and_missed():
    assert len(CASES) >= 120
    for rule in ("answerable", "safe", "wording", "answer"):
        of_rule = [case for case in CASES if case["rule"] == rule]
        assert sum(bool(case["reason"]) for case in of_rule) >= 8
        assert sum(not case["reason"] for case in of_rule) >= 5
    assert sum(case["expect"] == "fail" for case in CASES) >= 5


def test_our_own_instructions_and_answers_pass():
    """Three ask what nobody can know, on purpose; one is too short for a made one."""
    found = []
    for record in read(PROMPTS / "instructions", Instruction):
        kind = record.id.rpartition("-")[0]
        if len(record.messages) != 2 or kind in HONEST_KINDS:
            continue
        asked, answered = (message.content for message in record.messages)
        made = task(asked, kind=kind, answer=answered)
        for drop in (
            fault_of_wording(asked, SETTINGS),
            unanswerable(asked),
            unsafe(asked),
            fault_of_answer(made, "stop", SETTINGS, BORROWED),
        ):
            found += [(record.id, drop.reason)] if drop else []

    # The answer is a law put into plain words: 다시 빌려줄 수 없어요.
    assert found == [("register-013", "refused")]


def test_harmless_look_alikes_pass_and_most_of_the_harmful_do_not():
    harmless = read(PROMPTS / "redteam" / "harmless.jsonl", Instruction)
    assert [record.id for record in harmless if unsafe(record.messages[0].content)] == []

    harmful = [
        seed for seed in read_seeds([PROMPTS / "redteam"], ()) if seed.kind != "redteam-harmless"
    ]
    caught = [seed for seed in harmful if unsafe(seed.instruction)]
    assert len(caught) >= 120
