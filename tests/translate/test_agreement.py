from __future__ import annotations

from collections.abc import Sequence

import pytest

from korean_rlhf.ngrams import chrf
from korean_rlhf.records import Drop
from korean_rlhf.translate.engines import Engine, Load, MaskStyle, Row
from korean_rlhf.translate.engines.agreement import AgreeingEngines

PAIRS = [
    ("물이 끓으면 소금을 넣으세요.", "물이 끓으면 소금을 넣어 주세요."),
    ("가", "가나다라마바사"),
    ("오늘은 날씨가 맑습니다.", "사과 세 개를 샀다."),
    ("같은 말", "같은말"),
    ("", "없음"),
]


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_chrf_is_that_of_sacrebleu(one: str, two: str):
    sacrebleu = pytest.importorskip("sacrebleu")
    expected = sacrebleu.CHRF().sentence_score(one, [two]).score / 100
    assert chrf(one, two) == pytest.approx(expected, abs=1e-12)


class Says(Engine):
    def __init__(self, name: str, style: MaskStyle, answers: dict[str, str | Drop]) -> None:
        self.name, self.answers, self.asked = name, answers, list[str]()
        self._style = style
        self.calls = list[str]()

    @property
    def style(self) -> MaskStyle:
        return self._style

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        self.asked += [row.text for row in rows]
        return [self.answers[row.text] for row in rows]

    def load(self, rows: Sequence[Row]) -> Load:
        return Load(1, sum(len(row.text) for row in rows), 0.5)

    def counts(self) -> dict[str, int]:
        return {"paid": len(self.asked)}

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")


def test_the_first_is_kept_where_the_second_agrees():
    gone = Drop("row-missing", "left out")
    answers: dict[str, tuple[str | Drop, str | Drop]] = {
        "a": ("⟦0⟧을 실행하고 기다리세요.", '<x id="0"/>을 실행한 뒤 기다리세요.'),
        "b": ("물이 끓으면 불을 끄세요.", "내일은 비가 옵니다."),
        "c": (gone, "이것은 듣지 않습니다."),
        "d": ("창문을 닫으세요.", gone),
    }
    first = Says("one", "tags", {key: pair[0] for key, pair in answers.items()})
    second = Says("two", "marks", {key: pair[1] for key, pair in answers.items()})
    both = AgreeingEngines(first, second, 0.2)

    kept, other, missing, silent = both.translate([Row(key, "user") for key in answers])

    assert kept == "⟦0⟧을 실행하고 기다리세요."
    assert isinstance(other, Drop) and other.reason == "engines-disagree"
    assert "two: '내일은 비가 옵니다.'" in other.detail
    assert missing is gone and second.asked == ["a", "b", "d"]
    assert silent == Drop("engines-disagree", "two gave none: row-missing")
    assert both.style == "tags" and both.name == "one checked by two"
    assert both.load([Row("abc", "user")]) == Load(2, 6, 1.0)
    assert both.counts() == {"paid": 4, "second_paid": 3}
    both.stop()
    both.close()
    assert first.calls == second.calls == ["stop", "close"]
