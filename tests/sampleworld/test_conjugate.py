"""Endings on stems, regular and irregular, against a hand-made list."""

from __future__ import annotations

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
from tests.golden.cases import cases


@pytest.mark.parametrize("case", cases("conjugate"))
def test_golden(case):
    found = conjugate(case["original"], case["ending"], case["register"])

    assert found == case["conjugated"]


def test_every_form_of_every_word_is_made_of_syllables():
    for word in (*ADJECTIVES, *VERBS):
        for ending in (*FINAL_ENDINGS, *JOINING_ENDINGS):
            for register in REGISTERS:
                form = conjugate(word, ending, register)

                assert all(is_syllable(char) or char == " " for char in form), (word, ending, form)
