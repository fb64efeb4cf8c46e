"""Bytes to text, and what a page says about itself."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.sources.encoding import decode
from korean_rlhf.sources.licenses import spdx
from korean_rlhf.sources.pagefacts import decode_page, page_facts

TEXT = "햇살마을 은빛내에는 반딧불이가 산다. 값은 1,000원이다.\n"


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "cp949", "euc-kr", "utf-16", "utf-16-le"])
def test_korean_text_is_read_whatever_it_is_in(name: str) -> None:
    found = decode(TEXT.encode(name))

    assert found is not None
    assert found[0] == TEXT


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=4))
def test_any_hangul_in_utf8_is_read_as_utf8(text: str) -> None:
    assert decode(text.encode()) == (text, "utf-8")


def test_syllables_outside_ks_x_1001_need_cp949() -> None:
    text = "똠방각하와 펲시, 뷁"

    assert decode(text.encode("cp949")) == (text, "cp949")
    assert decode_page(text.encode("cp949"), "text/html; charset=EUC-KR") == (text, "cp949")


def test_a_wrong_declaration_is_overruled_by_the_bytes() -> None:
    assert decode(TEXT.encode(), ["euc-kr"]) == (TEXT, "utf-8")
    assert decode(TEXT.encode("cp949"), ["utf-8"]) == (TEXT, "cp949")
    assert decode(TEXT.encode("cp949"), ["iso-8859-1"]) == (TEXT, "cp949")


def test_a_declaration_decides_what_the_bytes_leave_open() -> None:
    assert decode("Ünïted".encode("cp1250", "replace"), ["windows-1250"]) is not None
    assert decode("café".encode(), []) == ("café", "utf-8")


def test_a_text_cut_in_the_middle_of_a_syllable_loses_only_that() -> None:
    assert decode(TEXT.strip()[:-1].encode() + "다".encode()[:2]) == (TEXT.strip()[:-1], "utf-8")
    assert decode("햇살마".encode("cp949") + "을".encode("cp949")[:1]) == ("햇살마", "cp949")


def test_a_few_broken_bytes_are_marked_and_many_are_refused() -> None:
    half = (TEXT * 25).encode()
    found = decode(half + b"\xff" + half)

    assert found is not None and found[0].count("\ufffd") == 1
    assert decode(bytes(range(128, 256)) * 20) is None


@pytest.mark.parametrize("text", ["Größe, mañana, naïve", "Съешь же ещё"])
def test_foreign_code_pages_are_not_taken_for_korean(text: str) -> None:
    name = "cp1251" if "С" in text else "latin-1"
    found = decode(text.encode(name))

    assert found is None or "\ufffd" in found[0] or found[1] != "cp949"


def test_the_meta_tag_is_used_when_the_header_is_silent() -> None:
    html = f'<html><head><meta charset="euc-kr"></head>{TEXT}</html>'

    assert decode_page(html.encode("euc-kr"), "text/html") == (html, "cp949")
    assert decode_page(codecs.BOM_UTF8 + html.encode(), "text/html") == (html, "utf-8")


@pytest.mark.parametrize(
    "name", ["hex", "zip", "rot13", "bz2", "uu", "base64", "quopri", "unicode_escape", "idna"]
)
def test_a_codec_that_is_no_charset_is_not_believed(name: str) -> None:
    html = f'<html><head><meta charset="{name}"></head>{TEXT}</html>'

    assert decode_page(html.encode("cp949")) == (html, "cp949")
    torn = (html * 3).encode("cp949").replace(b"1,000", b"1,\xff00", 1)
    found = decode_page(torn, f"text/html; charset={name}")

    assert found == ((html * 3).replace("1,000", "1,\ufffd00", 1), "cp949")


def test_a_page_names_title_and_license() -> None:
    html = (
        "<title>햇살 &amp; 바람\n</title><svg><title>그림</title></svg>"
        '<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">표시</a>'
    )

    assert page_facts(html).title == "햇살 & 바람"
    assert page_facts(html).license == "CC-BY-4.0"


def test_a_license_in_the_head_wins_and_contradicting_links_say_nothing() -> None:
    link = '<a rel="license" href="https://creativecommons.org/licenses/{}/4.0/">표시</a>'
    head = '<link rel="license" href="https://www.apache.org/licenses/LICENSE-2.0">'
    both = link.format("by") + link.format("by-nc")

    assert page_facts(both).license == ""
    assert page_facts(head + both).license == "Apache-2.0"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0/deed.ko", "CC-BY-SA-4.0"),
        ("http://creativecommons.org/licenses/by-nc-nd/2.0/kr/", "CC-BY-NC-ND-2.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "CC-PDM-1.0"),
        ("https://opensource.org/license/mit", "MIT"),
        ("https://example.kr/terms", ""),
        ("https://creativecommons.org/", ""),
    ],
)
def test_licenses_by_address(address: str, expected: str) -> None:
    assert spdx(address) == expected
