"""Text scores: KorQuAD's script said again in plain loops, and cases made by hand."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.evaluate import textscores

KOREAN = st.text(alphabet="가나다 서울시 abC1,.'\"《》<>()‘’「」“”·-\n", max_size=20)


def slow_form(text):
    """The steps of evaluate-v1.0.py, one character at a time."""
    kept = ""
    for character in text:
        if character in "'\"《》<>〈〉()‘’":
            kept += " "
        elif character not in string.punctuation:
            kept += character.lower()
        # else: punctuation vanishes
    words, word = [], ""
    for character in kept + " ":
        if character.isspace():
            words += [word] if word else []
            word = ""
        else:
            word += character
    return words


def slow_f1(answer, reference):
    mine = [character for word in slow_form(answer) for character in word]
    theirs = [character for word in slow_form(reference) for character in word]
    left, shared = list(theirs), 0
    for character in mine:
        if character in left:
            left.remove(character)
            shared += 1
    if shared == 0:
        return 0
    precision, recall = shared / len(mine), shared / len(theirs)
    return 2 * precision * recall / (precision + recall)


@given(KOREAN, KOREAN)
def test_character_f1_and_exact_match_are_those_of_korquads_script(answer, reference):
    assert textscores.character_f1(answer, reference) == pytest.approx(slow_f1(answer, reference))
    assert textscores.exact_match(answer, reference) == float(
        slow_form(answer) == slow_form(reference)
    )


@pytest.mark.parametrize(
    "answer, reference, exact, f1",
    [
        ("《훈민정음》", "훈민정음", 1, 1.0),
        ("<훈민정음>", "‘훈민정음’", 1, 1.0),
        ("'훈민정음'.", "훈민정음", 1, 1.0),
        ("1,443년", "1443년", 1, 1.0),
        ("세종 대왕", "세종대왕", 0, 1.0),
        ("세종대왕이", "세종대왕", 0, 8 / 9),
        ("세종", "세종대왕", 0, 2 / 3),
        ("KBS", "kbs", 1, 1.0),
        ("정조", "세종", 0, 0.0),
        ("", "세종", 0, 0.0),
        ("『훈민정음』", "훈민정음", 0, 4 / 5),  # the script overlooks corner brackets
        ("3·1 운동", "31 운동", 0, 8 / 9),
    ],
)
def test_cases_by_hand(answer, reference, exact, f1):
    assert textscores.exact_match(answer, reference) == exact
    assert textscores.character_f1(answer, reference) == pytest.approx(f1)


@pytest.mark.parametrize(
    "answer, reference",
    [
        ("『훈민정음』", "훈민정음"),
        ("「훈민정음」", "“훈민정음”"),
        ("３·１ 운동…", "3.1 운동"),
        ("ＫＢＳ", "kbs"),
        ("세종대왕。", "세종대왕"),
        (unicodedata.normalize("NFD", "세종대왕"), "세종대왕"),
    ],
)
def test_the_plain_form_sees_more_marks_for_what_they_are(answer, reference):
    assert textscores.plain_exact_match(answer, reference) == 1
    assert textscores.plain_character_f1(answer, reference) == pytest.approx(1)
    assert textscores.exact_match(answer, reference) == 0 or "." not in answer


@given(KOREAN)
def test_the_plain_form_of_the_plain_form_is_itself(text):
    once = textscores.plain_form(text)

    assert textscores.plain_form(once) == once


@given(KOREAN, KOREAN)
def test_every_bag_score_lies_between_nothing_and_one_and_is_symmetric(one, other):
    for score in (textscores.character_f1, textscores.plain_character_f1, textscores.eojeol_f1):
        assert 0 <= score(one, other) <= 1 + 1e-9
        assert score(one, other) == pytest.approx(score(other, one))


def test_of_several_references_the_best_counts_and_not_whether_any_is_reached():
    references = ["세종대왕", "이도"]
    answer = "세종"

    assert textscores.best(textscores.character_f1, answer, references) == pytest.approx(2 / 3)
    assert textscores.best(textscores.exact_match, "이도", references) == 1
    with pytest.raises(ValueError):
        textscores.best(textscores.exact_match, answer, [])


def test_josa_and_eomi_cost_nothing_in_morphemes():
    assert textscores.morpheme_f1("서울특별시에서였다", "서울특별시") == 1
    assert textscores.morpheme_f1("세종대왕이 만들었습니다", "세종대왕이 만들었다") == 1
    assert textscores.morpheme_f1("부산", "서울") == 0
    assert textscores.eojeol_f1("서울특별시에서였다", "서울특별시") == 0


def test_an_answer_of_josa_alone_keeps_its_morphemes():
    assert textscores.morphemes("…")
    assert textscores.morpheme_f1("", "서울") == 0


def test_chrf_is_sacrebleus():
    from sacrebleu import sentence_chrf

    answer, reference = "세종대왕이 만든 글자", "세종대왕이 만든 한글"

    assert textscores.chrf(reference, reference) == 1
    assert textscores.chrf(answer, reference) == pytest.approx(
        sentence_chrf(answer, [reference]).score / 100
    )
