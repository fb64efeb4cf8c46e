from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from korean_rlhf.records import Drop
from korean_rlhf.translate.engines import Engine, MaskStyle, Row
from korean_rlhf.translate.engines.backtranslation import REASON, BackTranslating

SEA = "Rivers carry ⟦0⟧ salt into the sea, year after year."
SEA_KO = "강은 해마다 ⟦0⟧ 소금을 바다로 나릅니다."


class Fixed(Engine):
    style: ClassVar[MaskStyle] = "marks"
    name = "fixed"

    def __init__(self, answers: dict[str, str | Drop]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        self.asked += [row.text for row in rows]
        return [self.answers[row.text] for row in rows]


def engines(back: str | Drop) -> BackTranslating:
    forth = Fixed({SEA: SEA_KO, "Yes.": "네.", "Torn.": Drop("row-missing", "")})
    return BackTranslating(forth, Fixed({SEA_KO: back}), 0.3)


def test_a_translation_that_comes_back_alike_is_kept():
    engine = engines("Rivers bring ⟦0⟧ salt to the sea every year.")

    assert engine.translate([Row(SEA, "assistant")]) == [SEA_KO]
    assert engine.name == "fixed"


def test_what_comes_back_unlike_is_a_fault_that_shows_it():
    [fault] = engines("He bought a hat and five apples.").translate([Row(SEA, "assistant")])

    assert isinstance(fault, Drop)
    assert fault.reason == REASON
    assert "He bought a hat" in fault.detail


def test_a_back_translation_that_fails_is_a_fault():
    [fault] = engines(Drop("row-missing", "")).translate([Row(SEA, "assistant")])

    assert fault == Drop(REASON, "no back translation came: row-missing")


def test_short_rows_and_failed_ones_are_not_sent_back():
    engine = engines("unused")
    rows = [Row("Yes.", "assistant"), Row("Torn.", "assistant")]

    assert engine.translate(rows) == ["네.", Drop("row-missing", "")]
    assert engine.second.asked == []
