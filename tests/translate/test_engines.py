from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.endpoint import Reply
from korean_rlhf.records import Drop
from korean_rlhf.translate.engines import Row, read_reply

ROWS = [Row("Hello.", "user"), Row("Good night.", "assistant"), Row("Hello.", "assistant")]
TEXTS = ["안녕하세요.", "안녕히 주무세요.", "안녕하세요!"]
PAIRS = [{"id": row.id, "text": text} for row, text in zip(ROWS, TEXTS, strict=True)]


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


@pytest.mark.parametrize(
    "text",
    [
        dumps({"rows": PAIRS}),
        dumps(PAIRS),
        dumps({"translations": PAIRS}),
        dumps({pair["id"]: pair["text"] for pair in PAIRS}),
        "```json\n" + dumps({"rows": PAIRS}) + "\n```",
        "```\n" + dumps(PAIRS) + "\n```\n",
        "물론입니다! 번역은 다음과 같습니다.\n" + dumps({"rows": PAIRS}) + "\n도움이 되었나요?",
        "\n".join(json.dumps(pair) for pair in PAIRS),
        dumps({"rows": PAIRS[::-1]}),
        dumps({"rows": [*PAIRS, {"id": "00000000", "text": "남의 글"}]}),
        dumps({"rows": [*PAIRS, PAIRS[0]]}),
    ],
)
def test_rows_are_found_by_id_in_every_dress(text: str):
    assert read_reply(Reply(text=text), ROWS) == TEXTS


def test_a_torn_reply_gives_its_whole_rows():
    text = dumps({"rows": PAIRS})
    torn = text[: text.index("안녕하세요!")]

    found = read_reply(Reply(text=torn, finish_reason="length"), ROWS)

    assert found[:2] == TEXTS[:2]
    assert isinstance(found[2], Drop) and found[2].reason == "truncated"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unreadable-reply"),
        ("안녕하세요.", "unreadable-reply"),
        ('{"rows": []}', "row-missing"),
        (dumps({"rows": [{"id": "ffffffff", "text": "가"}]}), "row-missing"),
        (dumps({"rows": [{"id": ROWS[0].id, "text": 7}]}), "row-missing"),
        (dumps([PAIRS[0], {**PAIRS[0], "text": "다른 번역"}]), "row-repeated"),
    ],
)
def test_what_is_not_there_is_named(text: str, reason: str):
    found = read_reply(Reply(text=text), ROWS[:1])

    assert isinstance(found[0], Drop) and found[0].reason == reason


def test_rows_with_the_same_text_share_an_id_only_when_the_same_person_speaks():
    assert ROWS[0].id != ROWS[2].id
    assert Row("Hello.", "user", note="again").id == ROWS[0].id


@given(st.text())
def test_no_reply_is_too_strange_to_read(text: str):
    assert all(isinstance(found, Drop) for found in read_reply(Reply(text=text), ROWS))


@given(st.lists(st.text(min_size=1), min_size=3, max_size=3))
def test_every_text_survives_the_journey(texts: list[str]):
    rows = [{"id": row.id, "text": text} for row, text in zip(ROWS, texts, strict=True)]
    reply = Reply(text=json.dumps({"rows": rows}))

    assert read_reply(reply, ROWS) == texts
