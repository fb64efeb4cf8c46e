"""The MediaWiki parser on anything that people and machines may write."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_rlhf.clean.markup.wikitext import is_redirect, wikitext_to_text

PIECES = [
    *"[[ ]] {{ }} {{{ }}} | || ! !! ''' '' = == ---- * # : ; ( ) [ ] < > & &amp; __목차__".split(),
    *"<ref> </ref> <ref/> <nowiki> </nowiki> <!-- --> <div> </div> <br> <math> 가나다".split(),
    *("\n", "\n\n", " ", "\n{|", "\n|}", "\n|-", "\n| ", "\n! ", "\n* ", "\n== 제목 ==\n", "{|\n"),
    *("[[파일:", "[[a|", "{{a|", "{{lang|en|", "[http://a ", "(", ", ", "\0", "\x01" + "0\x02"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_page_breaks_the_parser(page):
    for footnotes in ("drop", "inline"):
        shown = wikitext_to_text(page, footnotes=footnotes)

        assert not set(shown) & set("\0\x01\x02\x03"), "no mark of the parser's own is left"


@settings(deadline=None)
@given(st.text(alphabet="가나다 .,!?()0123456789$%\n", max_size=80))
def test_prose_without_marks_is_left_alone(text):
    assert wikitext_to_text(text).split() == text.split()


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_a_long_page_of_one_piece_finishes(piece):
    """A parser that is not linear does not come back from here; tests/bench measures the growth."""
    wikitext_to_text(piece * (30_000 // len(piece)))


def test_a_mixed_hostile_page_finishes():
    chosen = random.Random(1)

    wikitext_to_text("".join(chosen.choice(PIECES) for _ in range(10_000)))


@pytest.mark.parametrize(
    "opening, closing",
    [("{{nowrap|", "}}"), ("[[가|", "]]"), ("\n{|\n| ", "\n|}\n"), ("{{{1|", "}}}"), ("<div>", "")],
)
def test_deep_nesting_keeps_the_text_and_the_stack(opening, closing):
    page = opening * 2_000 + "속" + closing * 2_000

    assert "속" in wikitext_to_text(page)


def test_footnotes_can_be_kept_where_they_stand():
    page = "수도이다.<ref name=a>[[헌법]]에 {{nowrap|따른다}}.</ref> 끝<ref name=a />."

    assert wikitext_to_text(page, footnotes="inline") == "수도이다. (헌법에 따른다.) 끝."


def test_a_redirect_is_known_in_both_languages():
    assert is_redirect("#넘겨주기 [[서울특별시]]")
    assert is_redirect("#REDIRECT: [[서울]]\n[[분류:서울]]")
    assert not is_redirect("서울\n#넘겨주기 [[부산]]")
