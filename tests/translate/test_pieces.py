from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf.records import Drop, Message
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines import MaskStyle, Row
from korean_rlhf.translate.pieces import Piece, piece_of, translate_pieces

SETTINGS = TranslateSettings(model="fake")
SOURCE = "Run `ls` in {folder} first. It prints the names of all files."
KOREAN = "먼저 {folder}에서 `ls`를 실행하세요. 모든 파일의 이름이 나와요."
BY_PART = {
    "Run": "실행할 것은",
    "in": "이고, 곳은",
    "first. It prints the names of all files.": "이에요. 모든 파일의 이름이 나와요.",
    "first.": "이에요.",
    "It prints the names of all files.": "모든 파일의 이름이 나와요.",
}
BY_MARKS = "먼저 ⟦1⟧에서 ⟦0⟧을 실행하세요. 모든 파일의 이름이 나와요."


class Fake:
    """Answers by `answer`, and remembers what it was asked."""

    name = "fake"

    def __init__(self, style: MaskStyle, answer: Callable[[str], str]) -> None:
        self.style: Any = style
        self.second_style: Any = "tags" if style == "marks" else "segments"
        self.asked: list[list[Row]] = []
        self._answer = answer

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        self.asked.append(list(rows))
        return [self._answer(row.text) for row in rows]


def by_parts(text: str) -> str:
    return BY_PART.get(text, "")


def as_tags(text: str) -> str:
    return re.sub(r"⟦(\d)⟧", r'<x id="\1"/>', text)


def translated(
    answer: Callable[[str], str],
    style: MaskStyle = "marks",
    source: str = SOURCE,
    settings: TranslateSettings = SETTINGS,
) -> tuple[Piece, dict[str, int], Fake]:
    engine = Fake(style, answer)
    piece = piece_of(Message(role="assistant", content=source), settings)
    roads = translate_pieces([piece], engine, settings)
    return piece, dict(roads), engine


@pytest.mark.parametrize("style", ["marks", "tags"])
def test_a_good_answer_comes_at_once(style: MaskStyle):
    answer = as_tags(BY_MARKS) if style == "tags" else BY_MARKS
    piece, roads, engine = translated(lambda text: answer, style)

    assert (piece.faults, piece.text) == ([], KOREAN)
    assert roads == {style: 1}
    assert len(engine.asked) == 1


def test_lost_marks_are_tried_as_tags():
    piece, roads, engine = translated(
        lambda text: as_tags(BY_MARKS) if "<x" in text else BY_MARKS.replace("⟦1⟧", "")
    )

    assert (piece.faults, piece.text) == ([], KOREAN)
    assert roads == {"tags-again": 1}
    second = engine.asked[1][0]
    assert second.text == as_tags(SOURCE.replace("`ls`", "⟦0⟧").replace("{folder}", "⟦1⟧"))
    assert "placeholder-lost" in second.note and "<x" in second.note


def test_an_engine_that_loses_tags_too_gets_the_prose_alone():
    piece, roads, engine = translated(lambda text: BY_PART.get(text, "먼저 실행하세요."))

    assert piece.faults == []
    assert piece.text == "실행할 것은 `ls` 이고, 곳은 {folder} 이에요. 모든 파일의 이름이 나와요."
    assert roads == {"segments-again": 1}
    assert [row.text for row in engine.asked[2]] == list(BY_PART)[:3]
    assert all("part of a longer" in row.note for row in engine.asked[2])


def test_an_engine_of_tags_is_shown_no_marks():
    piece, roads, engine = translated(lambda text: BY_PART.get(text, "먼저 실행하세요."), "tags")

    assert (piece.faults, roads) == ([], {"segments-again": 1})
    assert [len(asked) for asked in engine.asked] == [1, 3]
    assert "⟦" not in engine.asked[0][0].text


def test_what_fails_on_every_road_is_refused_with_its_reason():
    piece, roads, _ = translated(lambda text: "먼저 실행하세요 ⟦7⟧.")

    assert piece.faults[0].reason == "placeholder-invented"
    assert roads == {"refused": 1}
    assert (
        piece.rejected == "먼저 실행하세요 ⟦7⟧. ⟦0⟧ 먼저 실행하세요 ⟦7⟧. ⟦1⟧ 먼저 실행하세요 ⟦7⟧."
    )


def test_another_fault_is_asked_for_again_in_the_same_way():
    answers = iter(["먼저 ⟦1⟧에서 ⟦0⟧을 실행하세요. It prints the names of all files.", BY_MARKS])
    piece, roads, engine = translated(lambda text: next(answers))

    assert piece.text == KOREAN
    assert roads == {"marks-again": 1}
    assert engine.asked[0][0].text == engine.asked[1][0].text


def test_without_retries_nothing_is_asked_twice():
    piece, roads, engine = translated(
        lambda text: "먼저 실행하세요.", settings=replace(SETTINGS, retries=0)
    )

    assert piece.faults[0].reason == "placeholder-lost"
    assert roads == {"refused": 1}
    assert len(engine.asked) == 1


def test_an_engine_of_segments_sees_sentences_and_no_sign():
    piece, roads, engine = translated(by_parts, "segments")

    assert (piece.faults, roads) == ([], {"segments": 1})
    assert piece.text == "실행할 것은 `ls` 이고, 곳은 {folder} 이에요. 모든 파일의 이름이 나와요."
    assert [row.text for asked in engine.asked for row in asked] == [
        "Run",
        "in",
        "first.",
        "It prints the names of all files.",
    ]


def test_segments_travel_by_as_many_as_a_request_may_carry():
    _, _, engine = translated(by_parts, "segments", settings=replace(SETTINGS, batch_rows=2))

    assert [len(asked) for asked in engine.asked] == [2, 2]


def test_markdown_survives_an_engine_of_segments():
    source = "## Top\n\n| Red | Blue |\n|---|:-:|\n| a | `b` |\n\n1. [x] One\n   > Two\n"
    piece, _, _ = translated(lambda text: "말|\n씀", "segments", source)

    assert piece.text == (
        "## 말| 씀\n\n| 말\\| 씀 | 말\\| 씀 |\n|---|:-:|\n| 말\\| 씀 | `b` |\n\n"
        "1. [x] 말| 씀\n   > 말| 씀\n"
    )


@pytest.mark.parametrize(
    "answer",
    [
        "⟦0⟧ 시작해요.\n\n말이에요.",
        "시작해요.\n\n⟦0⟧ 말이에요.",
        "시작해요. ⟦0⟧\n\n말이에요.",
        "- 시작해요.\n\n⟦0⟧\n\n말이에요.",
        "# 시작해요.\n\n⟦0⟧\n\n말이에요.",
    ],
)
def test_a_block_that_left_its_line_is_seen(answer: str):
    source = "Let us begin.\n\n```\nx\n```\n\nIt is a word."
    piece, _, _ = translated(
        lambda text: answer, source=source, settings=replace(SETTINGS, retries=0)
    )

    assert "markdown-changed" in [fault.reason for fault in piece.faults]


def test_a_link_that_lost_its_brackets_is_seen():
    piece, _, _ = translated(
        lambda text: "안내 ⟦0⟧를 보세요.",
        source="See [the guide](https://a.b/c).",
        settings=replace(SETTINGS, retries=0),
    )

    assert piece.faults == [
        Drop("markdown-changed", "'https://a.b/c' is no longer the address of a link")
    ]


def test_a_term_comes_back_in_its_korean_form_with_the_right_particle(tmp_path: Path):
    path = tmp_path / "terms.tsv"
    path.write_text("reward model\t보상 모델\npolicy\t정책\n", encoding="utf-8")
    piece, _, _ = translated(
        lambda text: "⟦0⟧는 ⟦1⟧를 가르쳐요.",
        source="The reward model teaches the policy.",
        settings=replace(SETTINGS, terms=path),
    )

    assert (piece.faults, piece.text) == ([], "보상 모델은 정책을 가르쳐요.")


def test_a_text_of_terms_alone_is_not_sent(tmp_path: Path):
    path = tmp_path / "terms.tsv"
    path.write_text("reward model\t보상 모델\n", encoding="utf-8")
    piece, roads, engine = translated(
        lambda text: "", source="Reward models 42", settings=replace(SETTINGS, terms=path)
    )

    assert (piece.text, roads, engine.asked) == ("보상 모델 42", {"no-prose": 1}, [])
