"""Verdicts are read strictly: golden/verdicts.jsonl holds what judges write."""

import pytest

from korean_rlhf.evaluate.judge.verdicts import (
    Failure,
    Preference,
    Score,
    parse_preference,
    parse_score,
)
from tests.golden.cases import cases, rows

CASES = rows("verdicts")


def read(case):
    found = (parse_score if case["kind"] == "score" else parse_preference)(case["said"])
    if isinstance(found, Failure):
        return found.why
    return found.value if isinstance(found, Score) else found.choice


@pytest.mark.parametrize("case", cases("verdicts"))
def test_a_verdict_is_read_as_a_person_reads_it(case):
    assert read(case) == case["verdict"]


def test_the_reason_is_kept():
    said = '{"reason": "군더더기가 없다.", "score": 9}'

    assert parse_score(said) == Score(9.0, "군더더기가 없다.")
    assert parse_preference('{"reason": "같다.", "winner": "tie"}') == Preference("tie", "같다.")


def test_a_failure_keeps_what_was_said():
    assert parse_score("좋은 답입니다.") == Failure("no-verdict", "좋은 답입니다.")


@pytest.mark.parametrize("said", ['{"a":' * 5000, "{" * 50_000, "점수: " + "9" * 400])
def test_hostile_text_is_a_failure(said):
    assert isinstance(parse_score(said), Failure)


def test_a_clean_sweep_of_few_questions_is_not_beyond_doubt():
    from types import SimpleNamespace

    from korean_rlhf.evaluate.judge.duels import _p_of_no_preference

    def won(question):
        return SimpleNamespace(result="second", first=SimpleNamespace(question=question))

    assert _p_of_no_preference([won(name) for name in "abc"]) == 0.25
    assert _p_of_no_preference([won("a")] * 6) == 1.0  # six answers to one question
    assert _p_of_no_preference([]) == 1.0
