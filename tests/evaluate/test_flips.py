import json

import pytest

from korean_rlhf.evaluate.flips import MOST_CHARACTERS, SHOWN, is_right
from korean_rlhf.evaluate.gather import gather
from tests.evaluate.report_files import lines, score, write

TASK = "ko_kobest_copa"


def flips_of(run, before, after):
    score(run, "pretrain", 5, {TASK: (before, {})})
    score(run, "sft", 5, {TASK: (after, {})})
    return gather(run).flips


def test_items_that_turned_are_counted_and_the_most_confident_shown_first(tmp_path):
    (found,) = flips_of(tmp_path, [1] * 10 + [0] * 10, [0] * 10 + [1] * 10)

    assert (found.lost, found.gained) == (10, 10)
    assert [flip.lost for flip in found.shown] == [True, True, True, False, False]
    assert [flip.prompt for flip in found.shown] == [
        "질문 9",
        "질문 8",
        "질문 7",
        "질문 19",
        "질문 18",
    ]
    assert (found.shown[0].gold, found.shown[0].before, found.shown[0].after) == ("갑", "갑", "을")


@pytest.mark.parametrize(("lost", "gained"), [(8, 0), (1, 8), (2, 1), (4, 1)])
def test_as_many_are_shown_as_there_is_room_for(tmp_path, lost, gained):
    before = [1] * lost + [0] * gained + [1]
    (found,) = flips_of(tmp_path, before, [1 - at for at in before[:-1]] + [1])

    assert (found.lost, found.gained) == (lost, gained)
    assert len(found.shown) == min(SHOWN, lost + gained)


def test_nothing_turned_is_nothing_shown(tmp_path):
    assert flips_of(tmp_path, [1, 0, 1], [1, 0, 1]) == []


def test_a_long_question_is_shown_by_its_end_and_says_so(tmp_path):
    asked = [{"doc": "0", "prompt": "가" * 2000 + "끝", "choices": ["갑", "을"], "gold": 0}]
    lines(tmp_path / "evals" / "questions" / f"{TASK}.jsonl", asked)
    (found,) = flips_of(tmp_path, [1], [0])

    assert found.shown[0].prompt.endswith("끝") and "1,301자 줄임" in found.shown[0].prompt
    assert len(found.shown[0].prompt) < MOST_CHARACTERS + 30


def test_without_the_questions_there_is_no_text_to_show(tmp_path):
    flips_of(tmp_path, [1, 0], [0, 1])
    (tmp_path / "evals" / "questions" / f"{TASK}.jsonl").unlink()

    assert gather(tmp_path).flips == []


def test_what_is_neither_right_nor_wrong_does_not_turn():
    assert is_right("acc", 0.5) is None
    assert is_right("pearson", [1.0, 1.0]) is None
    assert is_right("f1", [1.0, 1.0]) is True
    assert is_right("balanced_acc", [1.0, 1.0]) is True
    assert is_right("balanced_acc", [1.0, 0.0]) is False


def test_refusals_that_turned_are_shown(tmp_path):
    for stage, refused in (("pretrain", 1.0), ("sft", 0.0)):
        folder = score(tmp_path, stage, 5, {TASK: ([1, 1, 0], {"headline": "balanced_acc"})})
        path = folder / "quick.json"
        record = json.loads(path.read_text(encoding="utf-8"))
        figures = record["tasks"][TASK]["metrics"]
        figures["balanced_acc"] = figures.pop("acc")
        write(path, record)
        pairs = [[1.0, refused], [0.0, 0.0], [0.0, 1.0]]
        items = [
            {
                "doc": str(at),
                "answer": "죄송합니다." * int(pair[1]),
                "metrics": {"balanced_acc": pair},
            }
            for at, pair in enumerate(pairs)
        ]
        lines(folder / "items" / f"{TASK}.jsonl", items)
    (found,) = gather(tmp_path).flips

    assert (found.lost, found.gained) == (1, 0)


@pytest.mark.parametrize(("compared", "after"), [(0, "을"), (1, "갑"), (None, None)])
def test_only_choices_that_a_pick_is_made_of_say_what_was_picked(tmp_path, compared, after):
    score(tmp_path, "pretrain", 5, {TASK: ([1], {})})
    score(tmp_path, "sft", 5, {TASK: ([0], {"compared": compared})})
    (found,) = gather(tmp_path).flips

    assert (found.shown[0].gold, found.shown[0].after) == ("갑", after)


def test_a_written_answer_is_shown_as_it_is(tmp_path):
    for stage, right, answer in (("pretrain", 1, "예"), ("sft", 0, "")):
        folder = score(tmp_path, stage, 5, {TASK: ([right], {})})
        items = [{"doc": "0", "answer": answer, "metrics": {"acc": float(right)}}]
        lines(folder / "items" / f"{TASK}.jsonl", items)
    asked = [{"doc": "0", "prompt": "맞나요?", "gold": "예"}]
    lines(tmp_path / "evals" / "questions" / f"{TASK}.jsonl", asked)
    (found,) = gather(tmp_path).flips

    assert (found.shown[0].before, found.shown[0].after, found.shown[0].gold) == ("예", "", "예")
