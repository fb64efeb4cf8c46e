from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf.errors import SettingsError
from korean_rlhf.records import Message
from korean_rlhf.settings.select import BY_CHOICE, KINDS, SelectSettings
from korean_rlhf.translate.selecting import request_of, untranslatable
from tests.golden.cases import cases, rows

CASES = rows("selecting")
TWINS = Path(__file__).parent / "twins.jsonl"


def kind_of(*texts: str, kinds: frozenset[str] = frozenset(KINDS)) -> str:
    drop = untranslatable([Message(role="user", content=text) for text in texts], kinds)
    return drop.reason.removeprefix("untranslatable-") if drop else ""


@pytest.mark.parametrize("case", cases("selecting"))
def test_golden(case: dict[str, Any]):
    assert kind_of(case["text"]) == case["kind"]


def test_the_cases_cover_every_kind_and_its_look_alikes():
    found = {case["kind"] for case in CASES if case["expect"] == "pass"}

    assert found == {*KINDS, ""}
    assert len({case["text"] for case in CASES}) == len(CASES) >= 100
    assert all(case.get("why") for case in CASES if case["expect"] == "fail")


def test_no_sample_twin_is_left_out():
    for line in TWINS.read_text(encoding="utf-8").splitlines():
        texts = [each["content"] for each in json.loads(line)["messages"] if each["role"] == "user"]

        assert kind_of(*texts, kinds=SelectSettings().dropped_kinds) == ""


def test_the_text_behind_the_request_says_nothing_about_it():
    article = "A poet was asked which adverbs rhyme. She wrote a haiku instead. " * 12

    assert kind_of(f"Summarize the article.\n\n{article}") == ""
    assert kind_of(f"{article}\n\nWhat rhymes with lamp?") == "rhyme"


def test_one_turn_spoils_a_dialogue():
    assert kind_of("Name a bird.", "What rhymes with it?") == "rhyme"


def test_an_empty_message_asks_nothing():
    assert request_of(" \n ") == ""


def test_kinds_are_kept_and_dropped_by_choice():
    usual = SelectSettings().dropped_kinds

    assert usual == set(KINDS) - set(BY_CHOICE)
    assert SelectSettings(keep=("rhyme",)).dropped_kinds == usual - {"rhyme"}
    assert SelectSettings(drop=("us-facts",)).dropped_kinds == set(KINDS)
    assert SelectSettings(select=False).dropped_kinds == frozenset()
    assert kind_of("What rhymes with it?", kinds=frozenset({"idiom"})) == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"keep": ("rhyme",), "drop": ("rhyme",)},
        {"select": False, "rebuild": True},
        {"select": False, "keep": ("idiom",)},
    ],
)
def test_settings_that_contradict_each_other_are_refused(wrong: dict[str, Any]):
    with pytest.raises(SettingsError):
        SelectSettings(**wrong)
