"""Patterns on text made to send them back and forth: the time must not explode with the length."""

import time

import pytest

from korean_rlhf.clean.boilerplate import is_tail_line, strip_boilerplate
from korean_rlhf.clean.markup.furniture import strip_furniture
from korean_rlhf.clean.markup.wikitext import wikitext_to_text

LONG = 60_000
SECONDS = 5.0
"""Of processor time: many times what the slowest takes."""


@pytest.mark.parametrize(
    ("clean", "text"),
    [
        (is_tail_line, ", ".join(f"#태그{number}" for number in range(40)) + " 끝"),
        (is_tail_line, "사진" + "=영상촬영편집사진" * 32 + "1"),
        (strip_furniture, "홈" + (">" + " " * 30) * 8 + ".\n비가 온다."),
        (strip_boilerplate, "비가 온다.\n관련 기사" + " " * LONG + "끝\n바람도 분다"),
        (strip_boilerplate, "비가 온다.\n제보" + " " * LONG + "끝\n전화: 02"),
        (wikitext_to_text, "{|\n| " + "b=" * (LONG // 2) + "\n|}"),
        (wikitext_to_text, "{|\n| u=1" + "&a=1" * (LONG // 4) + "\n|}"),
        (wikitext_to_text, "[[가" + " " * LONG + "나|]]"),
    ],
    ids=["tags", "camera", "breadcrumb", "related", "reports", "attributes", "address", "link"],
)
def test_a_pumped_text_is_done_in_seconds(clean, text):
    start = time.process_time()

    clean(text)

    assert time.process_time() - start < SECONDS
