"""What normalising must never do, for any text."""

import random
import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from korean_rlhf.clean import spacing
from korean_rlhf.clean.cleaners import clean_document
from korean_rlhf.clean.invariant import find_loss
from korean_rlhf.clean.jamo import compose_halfwidth, to_compatibility
from korean_rlhf.clean.normalise import normalise
from korean_rlhf.clean.spacing import same_but_for_spaces
from korean_rlhf.errors import SettingsError
from korean_rlhf.hangul import is_syllable
from korean_rlhf.records import Document
from korean_rlhf.settings.clean import CleanSettings

SYLLABLES = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
KOREAN = st.text(
    st.one_of(
        SYLLABLES,
        st.sampled_from("ㅋㅎㅠㅜㅏ0123456789!?~.,^;… \n\t\u200b\ufeff\xa0👍\u200d한()「」"),
    ),
    max_size=60,
)


def syllables_and_digits(text):
    return [
        char for char in unicodedata.normalize("NFC", text) if is_syllable(char) or char.isdigit()
    ]


@settings(deadline=None)
@given(KOREAN)
def test_no_syllable_and_no_digit_is_lost_or_added(text):
    assert syllables_and_digits(normalise(text)) == syllables_and_digits(text)


@settings(deadline=None)
@given(KOREAN)
def test_only_jamo_punctuation_and_spaces_become_fewer(text):
    before, after = set(text), set(normalise(text))

    assert after <= before | {" ", "\n"}


@given(st.text(max_size=80))
@example("ㅋㅋ\u200bㅋㅋ")
@example("&amp;amp;lt; &amp;#44032;")
@example(" \u3000 가 \x0b\x0c 나 ")
@example("ᄏ\u200bᅡ")
@settings(max_examples=300, deadline=None)
def test_normalising_twice_changes_nothing_more(text):
    once = normalise(text)

    assert normalise(once) == once


@settings(deadline=None)
@given(st.text(max_size=80))
def test_the_result_is_nfc(text):
    assert unicodedata.is_normalized("NFC", normalise(text))


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(0, 5))
def test_runs_are_cut_to_the_chosen_length(length, longest):
    kept = length if longest == 0 else min(length, longest)

    assert normalise("가" + "ㅋ" * length, jamo_run=longest) == "가" + "ㅋ" * kept
    assert normalise("가" + "!" * length, punctuation_run=longest) == "가" + "!" * kept


@settings(deadline=None)
@given(st.text(SYLLABLES, min_size=1, max_size=10))
def test_decomposed_text_becomes_the_same_syllables(text):
    assert normalise(unicodedata.normalize("NFD", text)) == text


def test_half_width_jamo_compose_as_a_keyboard_does():
    assert compose_halfwidth("ﾾￂﾤﾡￚﾩ") == "한글"
    assert compose_halfwidth("ﾷￂﾤﾸﾷￂ") == "안자" or compose_halfwidth("ﾷￂﾤﾸﾷￂ") == "앉아"


def test_old_hangul_is_left_as_it_is():
    assert to_compatibility("\u110a\u119e") == "\u110a\u119e"


def test_halves_of_a_surrogate_pair_do_not_break_it():
    assert normalise("가\ud83d\ude00나") == "가😀나"
    assert "\ud83d" not in normalise("가\ud83d나")


NASTY = [
    *"가각힣뷁ㅋㅋㅎㅠㅏㄳ0019!?~.,…·♡=-_'\"“”‘’()<>&;#|aZ漢あア",
    *"\u1112\u1161\u11ab\u110f\u119e\ua960\ud7cb",  # conjoining jamo, old ones too
    *"\uffbe\uffc2\uffa4\uffbb\uffa0\u3164\u1160\u115f",  # half-width jamo and fillers
    *"\u200b\u200c\u200d\u2060\ufeff\u202e\u2066\xad\u034f\u180e\x00\x07\x0b\x1f\ufffe\ufffd",
    *" \t\n\r\u3000\xa0\u2028\u2003",
    *"ＡＺ０９！～￦￣ｱﾞﾟﬁ",
    *"👨👩👍🏽\ufe0f\u0301\u20e3\ud83d\ude00",
    *("&amp;", "&#9829;", "&hearts;", "&lt;b&gt;", "&nbsp;", "\x1b[31m", "ㅋㅋㅋㅋㅋ", "!!!!!!!"),
    *("10000원", "하하하하하", "한글", "ＡＢＣ", "1588-1234"),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_normalising_loses_nothing_but_runs_on_nasty_text(seed):
    chosen = random.Random(seed)
    for _ in range(150):
        text = "".join(chosen.choices(NASTY, k=chosen.randint(1, 40)))

        assert find_loss(text, normalise(text)) is None, repr(text)


@pytest.mark.parametrize(
    "before, after, kind",
    [
        ("안녕ㅋㅋㅋㅋ", "안ㅋㅋ", "syllable"),
        ("가나", "나가", "syllable"),
        ("가", "가가", "syllable"),
        ("10000원", "100원", "digit"),
        ("１２", "1", "digit"),
        ("ㅋㅎㅋㅎ", "ㅋㅎ", "sign"),
        ("가!", "가", "sign"),
        ("가!", "가!!", "sign"),
        ("가aaaa", "가aaa", "sign"),
        ("漢漢漢漢", "漢", "sign"),
        ("ㅋㅋ!!", "!!ㅋㅋ", "sign"),
        ("하하하하", "하하하", "syllable"),
    ],
)
def test_the_checker_finds_what_is_lost(before, after, kind):
    assert find_loss(before, after).kind == kind


@settings(deadline=None)
@given(KOREAN, st.integers(3, 5))
def test_syllables_are_shortened_by_choice_only_and_digits_never(text, longest):
    cut = normalise(text, syllable_run=longest)

    assert re.search(rf"([가-힣])\1{{{longest}}}", cut) is None
    assert [char for char in cut if char.isdigit()] == [
        char for char in normalise(text) if char.isdigit()
    ]


@pytest.mark.parametrize("line", ["동동주 한 잔", "가가가", "차차차를 춘다", "1111111번", "하하하"])
def test_words_that_repeat_a_syllable_stay(line):
    assert normalise(line, syllable_run=3) == line


@pytest.mark.parametrize("longest", [1, 2])
def test_a_syllable_run_that_harms_words_is_refused(longest):
    with pytest.raises(SettingsError, match="동동주"):
        CleanSettings(syllable_run=longest)


def test_spaces_are_repaired_by_choice_and_nothing_else_changes():
    document = Document(
        id="a", license="CC0-1.0", text="오늘은아침부터비가내려서집에서책을읽었다.\n1,000원ㅋㅋ"
    )
    settings = CleanSettings(spacing=True)

    repaired = clean_document(document, settings).text
    assert repaired.split("\n")[0] == "오늘은 아침부터 비가 내려서 집에서 책을 읽었다."
    assert same_but_for_spaces(repaired, document.text)
    assert clean_document(document, CleanSettings()).text == document.text


def test_a_line_whose_letters_an_analyser_changes_stays(monkeypatch):
    class Careless:
        def space(self, line):
            return line.replace("되요", "돼요")

    monkeypatch.setattr(spacing, "kiwi", Careless)

    assert spacing.repair_spacing("안되요 정말\n좋아요 정말") == "안되요 정말\n좋아요 정말"
