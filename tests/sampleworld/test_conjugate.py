"""Endings on stems, regular and irregular, against a hand-made list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from korean_rlhf.hangul import is_syllable
from korean_rlhf.sampleworld.conjugate import (
    ADJECTIVES,
    FINAL_ENDINGS,
    JOINING_ENDINGS,
    REGISTERS,
    conjugate,
)
from korean_rlhf.sampleworld.words import VERBS

GOLDEN = Path(__file__).parents[1] / "golden" / "conjugate.jsonl"


def cases() -> list:
    found = []
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        marks = [] if case["expect"] == "pass" else [pytest.mark.xfail(strict=True)]
        found.append(pytest.param(case, id=case["label"], marks=marks))
    return found


@pytest.mark.parametrize("case", cases())
def test_golden(case):
    found = conjugate(case["original"], case["ending"], case["register"])

    assert found == case["conjugated"]


def test_every_form_of_every_word_is_made_of_syllables():
    for word in (*ADJECTIVES, *VERBS):
        for ending in (*FINAL_ENDINGS, *JOINING_ENDINGS):
            for register in REGISTERS:
                form = conjugate(word, ending, register)

                assert all(is_syllable(char) or char == " " for char in form), (word, ending, form)
