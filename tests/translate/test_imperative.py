from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pytest

from korean_rlhf.records import Drop, Instruction, Message
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines import Row
from korean_rlhf.translate.engines.protocol import MaskStyle
from korean_rlhf.translate.imperative import asks_for_something
from korean_rlhf.translate.register import sentences
from korean_rlhf.translate.requesting import as_request
from korean_rlhf.translate.rows import Translated, translate_records
from tests.golden.cases import cases


@pytest.mark.parametrize("case", cases("asks"))
def test_golden(case: dict[str, Any]):
    assert asks_for_something(case["original"]) is case["asks"]


@pytest.mark.parametrize(
    "text",
    [
        "모든 범주를 식별해야 합니다.",
        "답을 적어 주시기 바랍니다.",
        "교정을 부탁드립니다.",
        "답을 알려 주시면 감사하겠습니다.",
        "당신의 과제는 틀린 낱말을 찾는 것입니다.",
        "조리법이 필요해요.",
    ],
)
def test_an_obligation_or_a_wish_keeps_the_request(text: str):
    assert sentences(text)[-1].request


@pytest.mark.parametrize(
    ("text", "level", "request_"),
    [
        ("주어진 숫자의 제곱근을 계산합니다.", "haeyo", "주어진 숫자의 제곱근을 계산하세요."),
        ("문장을 요약합니다. 빈칸에 답을 기입합니다.", "hapsyo",
         "문장을 요약하십시오. 빈칸에 답을 기입하십시오."),
        ("다음 글을 번역합니다", "haera", "다음 글을 번역하라"),
        ("다음 글을 번역합니다.", "hao", "다음 글을 번역하시오."),
    ],
)  # fmt: skip
def test_a_statement_becomes_a_request(text: str, level: str, request_: str):
    assert as_request(text, level) == request_


@pytest.mark.parametrize(
    "text",
    [
        "저는 매일 운동합니다.",
        "그가 문장을 요약합니다.",
        "물은 100도에서 끓습니다.",
        "건강이 중요합니다.",
        "매우 중요합니다.",
        "문장을 요약해야 합니다.",
        "문장을 요약합니다. 날씨가 맑습니다.",
        "문장을 요약했습니다.",
        "오늘의 날씨",
        "가합니다. 나합니다. 다합니다. 라합니다.",
        "",
    ],
)
def test_where_it_is_not_safe_nothing_is_made(text: str):
    assert as_request(text) == ""


class Stating:
    """Translates every instruction by the same statement."""

    name = "stating"
    style: ClassVar[MaskStyle] = "marks"

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        said = {
            "user": "주어진 숫자의 제곱근을 계산합니다.",
            "assistant": "그것이 제곱근입니다.",
        }
        return [said[row.speaker] for row in rows]


@pytest.mark.parametrize(("restore", "kept"), [(False, False), (True, True)])
def test_a_request_is_restored_by_choice_and_the_source_says_so(restore: bool, kept: bool):
    question = Message(role="user", content="Compute the square root of the given number.")
    answer = Message(role="assistant", content="That is the square root.")
    record = Instruction(messages=(question, answer), source="set", license="Apache-2.0")
    settings = TranslateSettings(model="m", restore_requests=restore)

    (found,) = translate_records([record], Stating(), settings)

    assert isinstance(found, Translated) is kept
    if isinstance(found, Translated):
        assert found.record.messages[0].content == "주어진 숫자의 제곱근을 계산하세요."
        assert found.record.source == "set + stating + request restored by rule"
    else:
        assert found.drop.reason == "lost-imperative"
