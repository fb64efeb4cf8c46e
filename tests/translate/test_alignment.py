from __future__ import annotations

import json
from pathlib import Path

import pytest

from korean_rlhf.translate.alignment import romanised, skeleton, swapped

TWINS = [
    json.loads(line)
    for line in (Path(__file__).parent / "twins.jsonl").read_text(encoding="utf-8").splitlines()
]
ENGLISH = [message["content"] for twin in TWINS for message in twin["messages"]]
KOREAN = [message["content"] for twin in TWINS for message in twin["ko_messages"]]


@pytest.mark.parametrize("start", range(0, len(ENGLISH), 8))
def test_rows_in_their_own_place_are_left_alone(start: int):
    assert swapped(ENGLISH[start : start + 8], KOREAN[start : start + 8]) == {}


def test_exchanged_rows_with_names_and_numbers_are_found():
    english = ["Minji has 3 dogs.", "The tower in Busan is 120 m high.", "Who is it?"]
    korean = ["부산의 탑은 높이가 120m예요.", "민지는 개가 3마리 있어요.", "누구인가요?"]

    assert set(swapped(english, korean)) == {0, 1}


def test_a_question_and_a_statement_exchanged_are_found():
    assert set(swapped(["Is it far?", "It is far."], ["멀어요.", "먼가요?"])) == {0, 1}


def test_what_only_the_meaning_shows_is_not_found():
    assert swapped(["Is it far?", "Is it near?"], ["가까운가요?", "먼가요?"]) == {}


def test_rows_without_a_translation_are_passed_over():
    assert swapped(["Minji has 3 dogs.", "It is 7 km."], ["", "7km예요."]) == {}


@pytest.mark.parametrize(
    ("name", "korean"),
    [
        ("Seoul", "서울"),
        ("Busan", "부산"),
        ("Minji", "민지"),
        ("Sujin", "수진"),
        ("Gyeongju", "경주"),
        ("Paris", "파리스"),
    ],
)
def test_a_name_sounds_alike_in_both_scripts(name: str, korean: str):
    assert skeleton(name) in romanised(f"그리고 {korean}에서 만났어요.")
