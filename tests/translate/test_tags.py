from __future__ import annotations

import pytest

from korean_rlhf.records import Drop
from korean_rlhf.translate.protect import from_tags, protect, restore, to_tags


def test_what_is_no_tag_is_escaped():
    found = protect("Is a < b & c > d in `x`? <b>Yes</b> &lt;")

    assert to_tags(found.masked) == (
        'Is a &lt; b &amp; c &gt; d in <x id="0"/>? <x id="1"/>Yes<x id="2"/> <x id="3"/>'
    )
    assert from_tags(to_tags(found.masked)) == found.masked


@pytest.mark.parametrize(
    "tag",
    [
        '<x id="0"/>',
        "<x id='0' />",
        "<x id=0>",
        '<x id="0"></x>',
        '<X ID="0"> </X>',
        "<x id=“0”/>",
        "&lt;x id=&quot;0&quot;/&gt;",
        "&lt;x id=&#34;0&#34;&gt;&lt;/x&gt;",
        '<x id=\\"0\\"/>',
        '< x id = "0" / >',
    ],
)
def test_a_tag_is_known_however_an_engine_writes_it(tag: str):
    assert from_tags(f"A &amp; {tag}를 &#48120; &lt;b") == "A & ⟦0⟧를 미 <b"


@pytest.mark.parametrize(
    "answer",
    [
        '<x id="0">말</x>',
        '<x id="0"',
        '&lt;x id="0"',
        "</x>",
        '<x id="0"/></x></x>',
        '<x id="one"/>',
    ],
)
def test_a_torn_tag_is_reported(answer: str):
    assert from_tags(answer) == Drop(
        "placeholder-invented", "a tag <x> that is torn or stands around words"
    )


@pytest.mark.parametrize("kept", ["&copy=1", "&#0;", "&#xD800;", "&#9999999;", "AT&T", "a <x and"])
def test_what_is_no_entity_stays(kept: str):
    assert from_tags(kept) == kept


def test_marks_and_tags_are_told_apart():
    found = protect('Write <x id="5"/> or ⟦1⟧ for `a`.')
    back = from_tags(to_tags(found.masked))

    assert not isinstance(back, Drop)
    assert restore(back, found.spans).text == 'Write <x id="5"/> or ⟦1⟧ for `a`.'


def test_an_endless_number_is_no_mark():
    assert isinstance(restore(f"⟦{'9' * 5000}⟧", ("`a`",)), Drop)
    assert isinstance(from_tags(f'<x id="{"9" * 5000}"/>'), Drop)
