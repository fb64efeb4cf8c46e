import pytest

from korean_rlhf.evaluate.habits import foreign_share, habits, repeated_share


def rows(*answers, ended=True):
    return [{"answer": answer, "ended": ended} for answer in answers]


def test_speech_levels_of_answers():
    found = habits(
        rows("비가 와요. 우산을 챙기세요.", "비가 온다. 우산을 챙겨라.", "비가 와요. 간다.")
    )

    assert found.answers == 3
    assert found.shares["one_register"].value == pytest.approx(2 / 3)
    assert found.shares["polite"].value == pytest.approx(1 / 3)


def test_an_answer_without_an_ending_has_no_speech_level():
    found = habits(rows("서울", "부산"))

    assert "polite" not in found.shares
    assert found.letters.value == 2.0


def test_two_polite_levels_side_by_side_are_one_register():
    found = habits(rows("비가 옵니다. 우산을 챙기세요."))

    assert found.shares["one_register"].value == found.shares["polite"].value == 1.0


def test_what_is_no_hangul_and_what_is_said_again():
    assert foreign_share("東京은 크다") == pytest.approx(2 / 5)
    assert foreign_share("ㅋㅋ 좋아 123") == 0.0
    assert repeated_share("나는 학교에 갑니다. " * 4) > 0.6
    assert repeated_share("짧다") == 0.0


def test_empty_answers_and_ends():
    found = habits([*rows("", "..."), *rows("좋아요.", ended=False)])

    assert found.shares["empty"].value == pytest.approx(2 / 3)
    assert found.shares["ended"].value == pytest.approx(2 / 3)
    assert habits([]) is None


def test_everyday_answers_without_the_fact_of_their_end():
    assert "ended" not in habits([{"answer": "좋아요."}]).shares
