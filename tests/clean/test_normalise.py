"""What normalising must never do, for any text."""

import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from korean_rlhf.clean.jamo import compose_halfwidth, to_compatibility
from korean_rlhf.clean.normalise import normalise
from korean_rlhf.hangul import is_syllable

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
