"""Worked examples: which are drawn, where from, and what a model reads."""

import random
import unicodedata
from collections import Counter

import pytest

from korean_rlhf.evaluate import harness, models, shots
from korean_rlhf.evaluate.lm import KoreanLM
from korean_rlhf.evaluate.sources import DataOptions, NoData, every_row, shot_rows
from korean_rlhf.evaluate.suites import load_tasks
from tests.evaluate.made_up import write_all

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    return write_all(tmp_path_factory.mktemp("sets"))


def options(sets, count, seed=1):
    return DataOptions(data=str(sets), shots=count, seed=seed)


def contexts(sets, name, count):
    info = load_tasks()[name]
    task = harness.build_tasks([info], options(sets, count))[name]
    task.build_all_requests(rank=0, world_size=1)
    return [instance.args[0] for instance in task.instances]


@pytest.mark.parametrize("name", ["beep", "klue_nli", "kmmlu", "korsts", "kobest_copa"])
def test_labels_come_equally_often(sets, name):
    drawn = shots.draw(name, options(sets, 6))
    labels = Counter(row["label"] for row in drawn)

    assert len(drawn) == 6
    assert max(labels.values()) - min(labels.values()) <= 1


def test_a_chat_model_reads_the_examples_in_its_turn(sets, tiny):
    info = load_tasks()["ko_nsmc"]
    task = harness.build_tasks([info], options(sets, 2))["ko_nsmc"]
    lm = KoreanLM(models.load(tiny, device="cpu"))
    result = harness.run_task(lm, info, task, chat=True)
    prompts = [question["prompt"] for question in result.questions]

    assert result.shots == 2
    assert {prompt.count("영화 평:") for prompt in prompts} == {3}
    assert {prompt.count("<|user|>") for prompt in prompts} == {1}
    assert all(prompt.endswith("<|assistant|>\n") for prompt in prompts)


def test_a_label_that_runs_out_leaves_its_places():
    pool = [{"text": str(at), "label": int(at == 0)} for at in range(20)]
    drawn = shots.balanced(pool, 6, random.Random(1))

    assert sorted(row["label"] for row in drawn) == [0] * 5 + [1]


def test_texts_as_answers_are_no_labels():
    pool = [{"text": str(at), "label": f"답 {at}"} for at in range(20)]

    assert len(shots.balanced(pool, 5, random.Random(1))) == 5


def test_the_draw_is_the_same_for_a_seed_and_another_for_another(sets):
    first = shots.draw("nsmc", options(sets, 4))

    assert shots.draw("nsmc", options(sets, 4)) == first
    assert shots.draw("nsmc", options(sets, 4, seed=2)) != first


@pytest.mark.parametrize("name", ["klue_sts", "kornli", "nsmc", "kobest_wic", "kocommongen"])
def test_no_example_is_asked(sets, name):
    asked = [row | {"label": None, "score": None} for row in every_row(name, options(sets, 0))]
    drawn = shots.draw(name, options(sets, 6))

    assert not [row for row in drawn if row | {"label": None, "score": None} in asked]


def test_a_row_that_the_other_split_repeats_is_no_example(tmp_path):
    head = "id\tdocument\tlabel\n"
    (tmp_path / "ratings_test.txt").write_text(head + "1\t굿\t1\n", encoding="utf-8")
    train = head + "2\t굿\t1\n3\t굿\t0\n4\t별로\t0\n"
    (tmp_path / "ratings_train.txt").write_text(train, encoding="utf-8")
    drawn = shots.draw("nsmc", DataOptions(data=str(tmp_path), shots=1))

    assert drawn == [{"document": "별로", "label": 0}]
    with pytest.raises(NoData, match="holds 1 rows, fewer than --shots 2"):
        shots.draw("nsmc", DataOptions(data=str(tmp_path), shots=2))


def copa(premise, *alternatives, label=0):
    named = {f"alternative_{at}": text for at, text in enumerate(alternatives, start=1)}
    return {"premise": premise, "question": "원인", **named, "label": label}


def quiz(id_, question, answer):
    row = {"id": id_, "title": "바다", "context": "바다는 파랗다.", "question": question}
    return {**row, "answers": {"text": [answer]}}


@pytest.mark.parametrize(
    ("asked", "again", "other"),
    [
        (
            copa("비가 왔다.", "구름", "바람"),
            copa("비가 왔다.", "바람", "구름", label=1),
            copa("비가 왔다.", "바람", "안개"),
        ),
        (
            {"sentence1": "가자.", "sentence2": "갑시다.", "score": 4.0, "label": 1},
            {"sentence1": "갑시다.", "sentence2": "가자.", "score": 3.8, "label": 1},
            {"sentence1": "갑시다.", "sentence2": "오자.", "score": 1.0, "label": 0},
        ),
        (
            quiz("1", "무슨 색인가?", "파랗다"),
            quiz("2", "무슨 색인가?", "파란색"),
            quiz("3", "왜?", "-"),
        ),
        (
            {"subject": "Law", "question": "몇?", "choices": ["하나", "둘"], "label": 0},
            {"subject": "Tax", "question": "몇?", "choices": ["둘", "하나"], "label": 1},
            {"subject": "Law", "question": "몇?", "choices": ["둘", "셋"], "label": 1},
        ),
        (
            {"document": "좋다", "label": 1},
            {"document": unicodedata.normalize("NFD", "좋다 "), "label": 1},
            {"document": "싫다", "label": 0},
        ),
    ],
)
def test_a_row_with_the_texts_of_an_asked_one_is_no_example(monkeypatch, asked, again, other):
    monkeypatch.setattr(shots, "every_row", lambda source, options: [asked])
    monkeypatch.setattr(shots, "shot_rows", lambda source, options: [again, other])

    assert shots.draw("made_up", DataOptions(shots=1)) == [other]
    with pytest.raises(NoData, match="holds 1 rows"):
        shots.draw("made_up", DataOptions(shots=2))


def test_examples_stand_before_every_question_with_their_answers(sets):
    drawn = shots.draw("nsmc", options(sets, 3))
    found = contexts(sets, "ko_nsmc", 3)
    ask = "이 평은 긍정인가, 부정인가?\n답:"
    head = "".join(
        f"영화 평: {row['document']}\n{ask} {['부정', '긍정'][row['label']]}\n\n" for row in drawn
    )

    assert len(found) == 80
    assert all(context.startswith(head) for context in found)
    assert {context.count(ask) for context in found} == {4}


def test_without_shots_nothing_stands_before_a_question(sets):
    assert not [context for context in contexts(sets, "ko_nsmc", 0) if "\n\n" in context]


@pytest.mark.parametrize("name", ["apeach", "haerae", "click", "belebele", "sample_choices"])
def test_a_set_without_another_split_stays_without(sets, name):
    planned = shots.plan_shots(name, options(sets, 5))

    assert (planned.count, planned.digest) == (0, "")
    assert "no other split" in planned.why
    assert contexts(sets, f"ko_{name}", 5) == contexts(sets, f"ko_{name}", 0)


def test_a_missing_file_is_named(sets, tmp_path):
    write_all(tmp_path)
    (tmp_path / "beep" / "train.tsv").unlink()
    planned = shots.plan_shots("beep", options(tmp_path, 5))

    assert "beep/train.tsv" in planned.why


def test_a_folder_with_test_files_only_is_asked_without_examples(sets, tmp_path):
    write_all(tmp_path)
    for file in (tmp_path / "kmmlu").rglob("*-dev.csv"):
        file.unlink()
    planned = shots.plan_shots("kmmlu", options(tmp_path, 5))

    assert (planned.count, planned.digest) == (0, "")
    assert "kmmlu/data/*-dev.csv, from which examples are taken" in planned.why
    assert contexts(tmp_path, "ko_kmmlu", 5) == contexts(tmp_path, "ko_kmmlu", 0)


def test_no_shots_are_no_news(sets):
    assert shots.plan_shots("apeach", options(sets, 0)) == shots.Shots()
    assert shots.plan_shots("prose", options(sets, 3), taken=False).why


def test_development_questions_of_kmmlu_are_not_its_test_questions(sets):
    pool = shot_rows("kmmlu", options(sets, 0))

    assert len(pool) == 12
    assert not [row for row in pool if row in every_row("kmmlu", options(sets, 0))]
