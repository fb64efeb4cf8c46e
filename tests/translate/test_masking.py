"""Generated Markdown and engines of every kind: some of what `make bench NAME=masking` runs."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from korean_rlhf.translate.engines import MaskStyle
from tests.translate.documents import DOCUMENT, Made, whole
from tests.translate.outcomes import FAITHFUL, FAULTY, STYLES, in_korean, loss, outcome

quickly = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("style", STYLES)
@quickly
@given(DOCUMENT, st.integers(0, 2**30))
def test_a_good_answer_comes_out_whole_however_it_is_written(
    style: MaskStyle, made: Made, seed: int
):
    name = random.Random(f"{seed} {made.text}").choice(sorted(FAITHFUL))

    assert outcome(made, style, FAITHFUL[name], seed)[0] == "lossless", name


@pytest.mark.parametrize("style", STYLES)
@quickly
@given(DOCUMENT, st.integers(0, 2**30))
def test_no_fault_loses_anything_in_silence(style: MaskStyle, made: Made, seed: int):
    name = random.Random(f"{seed} {made.text}").choice(sorted(FAULTY))

    assert not outcome(made, style, FAULTY[name], seed)[0].startswith("LOST"), name


@quickly
@given(DOCUMENT, st.sampled_from(["drop", "double", "renumber", "bend"]), st.integers(0, 2**30))
def test_where_every_mark_is_broken_the_prose_alone_comes_home(made: Made, name: str, seed: int):
    found, road = outcome(made, "marks", FAULTY[name], seed, retries=1)

    assert found == "lossless"
    assert road in ("segments-again", "no-prose")


SMALL = whole(
    "# Read\n\n- Ask \ue000`ls`\ue001 for \ue000{name}\ue001\n\n\ue000[a]: https://a.b\ue001"
)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("drop", "placeholder-lost"),
        ("double", "placeholder-repeated"),
        ("invent", "placeholder-invented"),
        ("renumber", "placeholder-lost"),
        ("lose a marker", "markdown-changed"),
        ("lose a heading", "markdown-changed"),
        ("more structure", "markdown-changed"),
        ("more lines", "markdown-changed"),
    ],
)
@pytest.mark.parametrize("style", ["marks", "tags"])
def test_the_engines_of_the_property_are_really_at_fault(style: MaskStyle, name: str, reason: str):
    assert outcome(SMALL, style, FAULTY[name], 2)[0] == f"reported: {reason}"


@pytest.mark.parametrize(
    "text",
    [
        SMALL.text.replace("`ls`", "`lx`"),
        SMALL.text.replace("{name}", ""),
        SMALL.text.replace("`ls`", "`ls` `ls`"),
        SMALL.text.replace("- ", ""),
        SMALL.text.replace("# ", ""),
        SMALL.text + " ⟦0⟧",
        in_korean(SMALL.text),
    ],
)
def test_the_judge_of_the_property_sees_a_loss(text: str):
    assert loss(SMALL, text)
    assert not loss(SMALL, SMALL.text)
