from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from korean_rlhf.records import Drop
from korean_rlhf.translate.protect import MARK, Restored, protect, restore

SPANS = [
    ("inline code", "Run `ls -l | grep x` now.", ["`ls -l | grep x`"]),
    ("double backticks hold one", "Type ``a ` b`` here.", ["``a ` b``"]),
    (
        "a fence holds anything",
        "See:\n```py\nx = {1: '`'}\n```\nDone.",
        ["```py\nx = {1: '`'}\n```"],
    ),
    ("a longer fence holds a shorter one", "````\n```\n````", ["````\n```\n````"]),
    ("an open fence runs to the end", "Code:\n~~~\nx = 1", ["~~~\nx = 1"]),
    ("an address loses the full stop", "See https://a.b/c.", ["https://a.b/c"]),
    ("an address keeps its own brackets", "(https://a.b/c_(d))", ["https://a.b/c_(d)"]),
    ("an address ends at Hangul", "https://ko.wikipedia.org/에서", ["https://ko.wikipedia.org/"]),
    ("www without a scheme", "Go to www.example.org!", ["www.example.org"]),
    ("e-mail", "Mail me@example.co.kr.", ["me@example.co.kr"]),
    ("TeX", "If $x^2 = y$ then \\(a\\) and $$b$$.", ["$x^2 = y$", "\\(a\\)", "$$b$$"]),
    ("one letter of TeX", "Let $n$ be even.", ["$n$"]),
    (
        "placeholders",
        "Hi {name}, {{ date }} %s %(n)d ${x}",
        ["{name}", "{{ date }}", "%s", "%(n)d", "${x}"],
    ),
    ("HTML", "<b>Bold</b> &amp; <br/>", ["<b>", "</b>", "&amp;", "<br/>"]),
    ("special tokens", "<|user|> hi", ["<|user|>"]),
    ("a mark of the source itself", "What is ⟦3⟧ or ⟦?", ["⟦3⟧", "⟦"]),
    ("negative: prices are no TeX", "It costs $5 and $10.", []),
    ("negative: a share is no placeholder", "100% sure, 50% done", []),
    ("negative: comparisons are no tags", "a < b and c > d, 3 <4", []),
    ("negative: numbers stay without being asked", "5 km at 10%", []),
    ("negative: plain words", "Nothing to hide here.", []),
]


@pytest.mark.parametrize(("text", "spans"), [case[1:] for case in SPANS], ids=[c[0] for c in SPANS])
def test_spans_are_found(text: str, spans: list[str]):
    found = protect(text)

    assert list(found.spans) == spans
    assert restore(found.masked, found.spans) == Restored(text, _seams(found.masked, found.spans))


def test_numbers_with_units_are_protected_by_choice():
    text = "Run 5 km at 10 km/h, lose 2.5 kg, pay 10% of 1,000 won at 20 °C; page 3."

    assert protect(text, numbers=True).spans == ("5 km", "10 km/h", "2.5 kg", "10%", "20 °C")
    assert protect(text).spans == ()


PIECES = st.one_of(
    st.sampled_from(
        [
            "`code`",
            "``a`b``",
            "```\nfence {x}\n```\n",
            "https://a.example/b?c=d#e",
            "{name}",
            "me@example.com",
            "$x^2$",
            "<b>",
            "</b>",
            "%s",
            "{{ a }}",
            "⟦7⟧",
            "⟦",
            "⟧",
            "\n- ",
            "\n# ",
            "| a | b |\n",
            "\n\n",
            " ",
            ". ",
            "word",
            "한국어",
            "100%",
            "$5",
            "\\(y\\)",
        ]
    ),
    st.text(alphabet="ab1 `${}<>%⟦⟧\\\n.가", max_size=6),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.randoms(use_true_random=False))
def test_masking_moving_and_restoring_loses_nothing(text: str, rng: random.Random):
    found = protect(text)
    assert restore(found.masked, found.spans) == Restored(text, _seams(found.masked, found.spans))

    parts = re.split(r"(⟦\d+⟧)", found.masked)
    marks = parts[1::2]
    rng.shuffle(marks)
    parts[1::2] = marks
    moved = restore("".join(parts), found.spans)

    assert isinstance(moved, Restored)
    cut = [moved.text[start:end] for start, end in moved.seams]
    assert sorted(cut) == sorted(found.spans)


@settings(max_examples=300, deadline=None)
@given(TEXTS.filter(lambda text: protect(text).spans), st.data())
def test_every_loss_of_a_mark_is_reported(text: str, data: st.DataObject):
    found = protect(text)
    mark = data.draw(st.sampled_from(MARK.findall(found.masked)))
    whole = f"⟦{mark}⟧"
    change = data.draw(st.sampled_from(["", f"⟦{len(found.spans)}⟧", whole * 2, f"[{mark}]", "⟦"]))
    broken = found.masked.replace(whole, change, 1)

    assert isinstance(restore(broken, found.spans), Drop)


@pytest.mark.parametrize(
    ("translated", "reason"),
    [
        ("⟦0⟧만 있어요.", "placeholder-lost"),
        ("⟦0⟧와 ⟦1⟧과 ⟦0⟧", "placeholder-repeated"),
        ("⟦0⟧ ⟦1⟧ ⟦2⟧", "placeholder-invented"),
        ("⟦0⟧ ⟦1⟧ ⟧", "placeholder-invented"),
        ("⟦ 0 ⟧와 ⟦1⟧", ""),
    ],
)
def test_the_reason_names_the_fault(translated: str, reason: str):
    found = restore(translated, ("`a`", "`b`"))

    assert (found.reason if isinstance(found, Drop) else "") == reason


def _seams(masked: str, spans: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Where the spans must be, counted in another way: from the lengths alone."""
    seams, shift = [], 0
    for mark in re.finditer(r"⟦\d+⟧", masked):
        span = spans[int(mark[0][1:-1])]
        start = mark.start() + shift
        seams.append((start, start + len(span)))
        shift += len(span) - len(mark[0])
    return tuple(seams)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("It costs $10 %.2f.", ("%.2f",)),
        ("Up to 10 %-5d rows.", ("%-5d",)),
        ("It is 10 %.", ("10 %",)),
        ("7 %, 8% off", ("7 %", "8%")),
    ],
)
def test_a_directive_behind_a_number_is_no_percentage(text: str, spans: tuple[str, ...]):
    assert protect(text, numbers=True).spans == spans
