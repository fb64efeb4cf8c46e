from __future__ import annotations

from typing import Any

import pytest

from korean_rlhf.translate.register import is_mixed, sentences, text_register
from tests.golden.cases import cases


@pytest.mark.parametrize("case", cases("register"))
def test_golden(case: dict[str, Any]):
    assert text_register(case["original"]) == case["register"]


@pytest.mark.parametrize(
    "text",
    [
        "책을 읽으세요.",
        "책을 읽어 줘.",
        "책을 읽으십시오.",
        "책을 읽어라.",
        "답하시오.",
        "요약하라.",
        "요약하기",
        "확인할 것",
        "무엇인가요?",
        "어디에 있습니까?",
        "읽어 봐.",
        "설명해 주시겠어요?",
        "요약해줘",
        "같이 갑시다.",
        "조용히 해.",
    ],
)
def test_a_request_is_known(text: str):
    assert sentences(text)[-1].request


@pytest.mark.parametrize(
    "text",
    [
        "제곱근을 계산합니다.",
        "책을 읽었어요.",
        "책을 읽는다.",
        "문장을 요약해요.",
        "서울이에요.",
        "그는 학생이었다.",
        "비가 왔어.",
    ],
)
def test_a_statement_is_no_request(text: str):
    assert not sentences(text)[-1].request


@pytest.mark.parametrize("text", ["비가 오고 바람이", "그는 집에 가서", "책을", "만약 비가 오면"])
def test_a_sentence_cut_short_has_no_end(text: str):
    assert not sentences(text)[-1].ended


def test_polite_beside_plain_is_mixed_and_two_polite_levels_are_not():
    assert is_mixed(sentences("비가 와요. 우산을 챙겼다."))
    assert not is_mixed(sentences("비가 와요. 우산을 챙기십시오."))
    assert not is_mixed(sentences("비가 온다. 우산을 챙겨."))
