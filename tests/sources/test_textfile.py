"""Text files: every encoding Korean files come in, and lines that none reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.records import Document
from korean_rlhf.settings.crawl import ReadSettings
from korean_rlhf.sources.encoding import decode, unscrambled
from korean_rlhf.sources.files import read_files
from korean_rlhf.sources.reading import Dropped
from korean_rlhf.sources.textfile import read_text

TEXT = (
    '똠방각하와 펲시맨이 "어서 오세요." 하고 말했다.\n'
    "값은 1,000원, 漢字도 있다 ― 끝.\n\n그 뒤의 이야기\n"
)
ENCODINGS = ("utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-le", "utf-16-be")
BROKEN = b"\xb1\xff\x30\x80\xff"
"""Neither UTF-8 nor CP949."""


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_text_is_the_same_whatever_it_is_in(name: str, end: str) -> None:
    text = TEXT.replace("\n", end)
    found = read_text(text.encode(name))

    assert found is not None and found.text == text and not found.lost


def test_utf16_of_either_order_is_told_apart_without_a_mark() -> None:
    for text in ("경애!\n", '"......"\n', "A4 용지 2장", "대한민국 大韓民國\n", "plain English\n"):
        for name in ("utf-16-le", "utf-16-be"):
            assert decode(text.encode(name)) == (text, name)


@given(st.text(alphabet="가힣똠뷁햏 ,.!0A漢\n", min_size=1), st.sampled_from(ENCODINGS[:3]))
def test_no_character_is_ever_lost_or_replaced(text: str, name: str) -> None:
    text += "그리고 이야기는 이어진다. 강물도 바람도 그대로이다.\n"
    found = read_text(text.encode(name))

    assert found is not None and found.text == text and not found.lost


def test_lines_of_two_encodings_in_one_file_are_both_read() -> None:
    found = read_text("햇살이 비친다.\n".encode() * 3 + "바람이 분다.\n".encode("cp949") * 3)

    assert found is not None and found.encoding == "mixed" and not found.lost
    assert found.text == "햇살이 비친다.\n" * 3 + "바람이 분다.\n" * 3


def test_a_line_that_nothing_reads_is_named_and_kept_beside() -> None:
    for name in ("utf-8", "cp949"):
        lines = [line.encode(name) for line in ("첫째 줄이다.", "둘째 줄이다.", "넷째 줄이다.")]
        found = read_text(b"\n".join([*lines[:2], "셋째 ".encode(name) + BROKEN, lines[2]]))

        assert found is not None
        assert found.text == "첫째 줄이다.\n둘째 줄이다.\n넷째 줄이다." and found.encoding == name
        assert [line.number for line in found.lost] == [3] and "\\xff" in found.lost[0].shown


def test_half_characters_of_utf16_cost_their_line_only() -> None:
    data = "가나다라\n마바사아\n자차카타 파하\n".encode("utf-16-le")
    torn = data.replace("바".encode("utf-16-le"), b"\x00\xd8")
    found = read_text(b"\xff\xfe" + torn)

    assert found is not None and found.text == "가나다라\n자차카타 파하\n"
    assert [(line.number, line.shown) for line in found.lost] == [(2, "마\\ud800사아")]


@pytest.mark.parametrize("name", ["utf-8", "cp949", "utf-16-le"])
def test_a_character_cut_by_the_end_is_named(name: str) -> None:
    found = read_text("첫째 줄이다.\n둘째 줄이다".encode(name)[:-1])

    assert found is not None and found.text == "첫째 줄이다.\n둘째 줄이"
    assert [line.number for line in found.lost] == [2]


def test_text_saved_in_the_wrong_code_page_is_read_the_other_way() -> None:
    korean = "햇살마을에 봄이 왔다. 값은 1,000원이다."
    for name in ("utf-8", "cp949"):
        scrambled = korean.encode(name).decode("latin-1")
        found = read_text(scrambled.encode())

        assert found is not None and found.text == korean
        assert found.encoding == f"{name} read as latin-1"


@pytest.mark.parametrize(
    "text", ["Größe, mañana, naïve", "Съешь же ещё", "café ¼ µ °C", "大阪と東京", "ÀÈÌÒÙ ÁÉÍÓÚ"]
)
def test_other_languages_are_not_unscrambled(text: str) -> None:
    found = read_text(text.encode())

    assert unscrambled(text) is None
    assert found is not None and (found.text, found.encoding) == (text, "utf-8")


def test_what_is_no_text_is_refused_whole() -> None:
    assert read_text(bytes(range(128, 256)) * 30) is None


def test_every_unreadable_line_is_reported_by_the_reader(tmp_path: Path) -> None:
    good = "한 줄의 글이다.\n".encode()
    (tmp_path / "글.txt").write_bytes(good * 3 + BROKEN + b"\n" + good * 3 + BROKEN + b"\n")
    found = list(read_files(tmp_path, ReadSettings(license="CC0-1.0")))
    lost = [item for item in found if isinstance(item, Dropped)]
    kept = [item for item in found if isinstance(item, Document)]

    assert [document.text for document in kept] == ["한 줄의 글이다.\n" * 6]
    assert [(item.document.id, item.drop.reason) for item in lost] == [
        ("files:글.txt:4", "unreadable-line"),
        ("files:글.txt:8", "unreadable-line"),
    ]
    assert "line 4" in lost[0].drop.detail and "\\xff" in lost[0].document.text
