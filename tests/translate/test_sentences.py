from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.translate.engines.sentences import sentences, units

WORDS = st.sampled_from(
    ["Mr.", "Rain", "e.g.", "3.5", "Why?", "No!", "…", "(Yes.)", "\n", "  ", "\t", "⟦0⟧", "집."]
)


@given(st.lists(WORDS).map(" ".join) | st.text())
def test_the_parts_are_the_text(text: str):
    assert "".join(units(text)) == text
    assert "".join(sentences(text)) == text
    assert all(part and part == part.strip() for part in units(text)[1::2])
    assert not "".join(units(text)[::2]).strip()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Prof. Lee met Mrs. Han at 5 p.m. on Monday.", 1),
        ("Use fruit, e.g. Apples or pears.", 1),
        ("It costs $3.50. Cheap!", 2),
        ('He said "Stop." Then he left.', 2),
        ("See Fig. 3 in Vol. 2.", 1),
        ("J. K. Rowling wrote it.", 1),
        ("Is it? yes, it is.", 1),  # a small letter goes on
        ("1. First of all, wash the rice.", 1),
        ("Wait... What?", 2),
        ("끝났다. 다음 날이 왔다.", 2),
        ("Run it. ⟦0⟧ stays.", 2),
    ],
)
def test_a_stop_ends_a_sentence_only_where_it_does(text: str, count: int):
    assert len(sentences(text)) == count
