"""The namumark parser on anything that people and machines may write."""

import random
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from korean_rlhf.clean.markup.namumark import namumark_to_text, redirect_target

PIECES = [
    *"{{{ }}} [[ ]] [* ] [ || | ''' '' __ ~~ -- > ^^ ,, $ ## ---- [br] )] \\ <math>".split(),
    *"[math( [include( [[파일: |표| <-2> <|3> 가나다 [age(가)]".split(),
    *("\n", "\n\n", " ", "> ", " * ", " 1. ", "== 제목 ==", "{{{#red ", "{{{+1 ", "{{{#!html "),
    *('{{{#!wiki style="a"\n', "{{{#!folding [가]\n", "{{{#!if a == null\n"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_page_breaks_the_parser(page):
    namumark_to_text(page)
    namumark_to_text(page, footnotes="inline")


@settings(deadline=None)
@given(st.text(alphabet="가나다 .,!?0123456789$%\n", max_size=80))
def test_prose_without_marks_is_left_alone(text):
    assume(not re.search(r"^ +1\.|,,", text, re.MULTILINE))  # an item of a list; a subscript
    shown = "\n".join(line.strip() for line in text.split("\n"))

    assert namumark_to_text(text).split() == shown.split()


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_a_long_page_of_one_piece_finishes(piece):
    """A parser that is not linear does not come back from here; tests/bench measures the growth."""
    namumark_to_text(piece * (30_000 // len(piece)))


def test_a_mixed_hostile_page_finishes():
    chosen = random.Random(1)

    namumark_to_text("".join(chosen.choice(PIECES) for _ in range(10_000)))


def test_deeply_nested_blocks_do_not_exhaust_the_stack():
    page = "{{{#!wiki\n" * 5_000 + "속" + "\n}}}" * 5_000

    assert "속" in namumark_to_text(page)


def test_footnotes_can_be_kept_where_they_stand():
    page = "수도이다.[* [[헌법]]에 따른다.] 끝[*A].[*A 둘째]"

    assert namumark_to_text(page, footnotes="inline") == "수도이다. (헌법에 따른다.) 끝. (둘째)"


def test_a_redirect_says_where_it_leads():
    assert redirect_target("#redirect 대한민국#s-1\n") == "대한민국#s-1"
    assert redirect_target("#넘겨주기 서울") == "서울"
    assert redirect_target("서울\n#redirect 부산") is None
