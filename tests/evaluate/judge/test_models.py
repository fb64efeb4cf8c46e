"""Models answer, a judge on the loopback judges: what stands in the files is what it said."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from korean_rlhf.errors import BadInput, SettingsError
from korean_rlhf.evaluate.gather import gather
from korean_rlhf.evaluate.judge.contestants import find_contestants
from korean_rlhf.evaluate.judge.run import judge_models
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.judge import JudgeSettings

pytestmark = pytest.mark.filterwarnings("ignore")

SETTINGS = JudgeSettings(model="replica", device="cpu", answer_tokens=12, answer_batch=4)
QUESTIONS = [
    {
        "id": 1,
        "category": "글쓰기",
        "questions": ["시를 써.", "더 짧게."],
        "references": ["시", None],
    },
    {"id": 2, "category": "글쓰기", "questions": ["편지를 써.", "더 길게."]},
    {"id": 3, "category": "추론", "questions": ["왜 그럴까?"]},
]


def points(answer):
    return int(hashlib.sha256(answer.encode()).hexdigest(), 16) % 11


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "LogicKor" / "questions.jsonl"
    path.parent.mkdir()
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in QUESTIONS)
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def run_of_two(tiny_run, make_model):
    """The tiny run with a second chat model, whose weights are others."""
    step = tiny_run / "ppo" / "step-000003"
    make_model(step, seed=7)
    (step / "manifest.json").write_text("{}")
    return tiny_run


@pytest.fixture
def fair(judging, verdict):
    def prefer(first, second):
        # In a later turn the model's own earlier answers stand before the one to judge.
        last, other = (text.rpartition("평가할 답) ")[2] for text in (first, second))
        gap = points(last) - points(other)
        return verdict(winner="tie" if gap == 0 else "A" if gap > 0 else "B")

    with judging(lambda answer: verdict(score=points(answer)), prefer) as served:
        yield served


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))["judged"]["openai:replica"]


def test_what_the_judge_said_stands_in_files_of_its_own(run_of_two, questions, fair):
    server, _ = fair
    result = judge_models([run_of_two], SETTINGS, server, questions=questions)
    evals = run_of_two / "evals"
    sft = read(evals / "sft-000010" / "judged-logickor.json")
    scores = [points(row["answer"]) for row in sft["rows"]]

    assert [row["score"] for row in sft["rows"]] == scores
    assert [(row["question"], row["turn"]) for row in sft["rows"]] == [
        ("1", 1), ("1", 2), ("2", 1), ("2", 2), ("3", 1),
    ]  # fmt: skip
    assert sft["figures"]["mean"]["value"] == pytest.approx(sum(scores) / 5)
    assert set(sft["figures"]["by_category"]) == {"글쓰기", "추론"}
    assert result["models"].keys() == {"tiny/sft-000010", "tiny/ppo-000003"}
    assert "승 / 무 / 패" in (evals / "judged-logickor.md").read_text(encoding="utf-8")
    assert gather(run_of_two).scores == []  # no table of exact scores knows of them


def test_wins_and_paired_gains_are_those_of_the_rule(run_of_two, questions, fair):
    server, _ = fair
    result = judge_models([run_of_two], SETTINGS, server, questions=questions)
    before, after = (
        [points(row["answer"]) for row in read(path / "judged-logickor.json")["rows"]]
        for path in (run_of_two / "evals" / name for name in ("sft-000010", "ppo-000003"))
    )
    (difference,) = result["differences"]
    (pair,) = result["pairs"]

    assert difference["mean"] == pytest.approx((sum(after) - sum(before)) / 5)
    assert pair["second_wins"] == sum(b > a for a, b in zip(before, after, strict=True))
    assert pair["first_wins"] == sum(b < a for a, b in zip(before, after, strict=True))
    assert pair["inconsistent"]["value"] == 0.0


def test_the_second_turn_sees_the_model_s_own_first_answer(run_of_two, questions, fair):
    server, seen = fair
    judge_models([run_of_two / "sft"], SETTINGS, server, questions=questions)
    rows = read(run_of_two / "evals" / "sft-000010" / "judged-logickor.json")["rows"]
    asked = [body["messages"][-1]["content"] for body in seen]
    (second,) = [text for text in asked if "더 짧게." in text]

    assert f"도우미: {rows[0]['answer']}" in second
    assert "사용자: 시를 써." in second
    assert any("<참고 답>\n시\n</참고 답>" in text for text in asked)


def test_nothing_is_asked_or_written_twice(run_of_two, questions, fair, monkeypatch):
    server, seen = fair
    first = judge_models([run_of_two], SETTINGS, server, questions=questions)
    count = len(seen)

    def never(*_, **__):
        raise AssertionError("an answer was written again")

    monkeypatch.setattr("korean_rlhf.evaluate.answers.write", never)
    again = judge_models([run_of_two], SETTINGS, server, questions=questions)

    assert len(seen) == count > 0
    assert again == first


def test_one_mode_after_the_other_gives_the_same_file_as_both(run_of_two, questions, fair):
    server, _ = fair
    path = run_of_two / "evals" / "judged-logickor.json"
    judge_models([run_of_two], SETTINGS, server, questions=questions)
    both = read(path)
    path.unlink()
    for mode in ("single", "pairwise"):
        own = JudgeSettings(
            model="replica", device="cpu", answer_tokens=12, answer_batch=4, mode=mode
        )
        judge_models([run_of_two], own, server, questions=questions)

    assert read(path) == both


def test_a_verdict_that_cannot_be_read_is_counted_and_is_no_zero(
    run_of_two, questions, judging, verdict
):
    def score(answer):
        return "글쎄요." if points(answer) % 2 else verdict(score=points(answer))

    with judging(score, lambda first, second: "글쎄요.") as (server, _):
        result = judge_models([run_of_two], SETTINGS, server, questions=questions)
    rows = read(run_of_two / "evals" / "sft-000010" / "judged-logickor.json")["rows"]
    even = [points(row["answer"]) for row in rows if points(row["answer"]) % 2 == 0]
    figures = result["models"]["tiny/sft-000010"]
    (pair,) = result["pairs"]

    assert figures["failures"] == {"no-verdict": 5 - len(even)}
    assert figures["mean"]["value"] == pytest.approx(sum(even) / len(even))
    assert pair["failed"] == 5
    assert pair["win_rate"] is None


def test_a_judge_that_likes_the_first_place_is_found(run_of_two, questions, judging, verdict):
    def first(*_):
        return verdict(winner="A")

    with judging(lambda answer: verdict(score=5), first) as (server, _):
        (pair,) = judge_models([run_of_two], SETTINGS, server, questions=questions)["pairs"]

    assert (pair["second_wins"], pair["ties"], pair["first_wins"]) == (0, 5, 0)
    assert pair["inconsistent"]["value"] == pair["first_place"]["value"] == 1.0


def test_another_judge_stands_beside_the_first(run_of_two, questions, fair):
    server, _ = fair
    for name in ("replica", "other"):
        settings = JudgeSettings(
            model=name, device="cpu", answer_tokens=12, answer_batch=4, mode="single"
        )
        judge_models([run_of_two / "sft"], settings, server, questions=questions)
    path = run_of_two / "evals" / "sft-000010" / "judged-logickor.json"

    assert json.loads(path.read_text())["judged"].keys() == {"openai:replica", "openai:other"}


def test_our_own_questions_need_no_file(tiny_run, fair):
    server, _ = fair
    settings = JudgeSettings(model="replica", device="cpu", answer_tokens=8, items=3, mode="single")
    result = judge_models([tiny_run], settings, server)

    assert (result["set"], result["questions"]) == ("open", 3)


def test_a_reward_model_judges_and_order_has_no_effect(run_of_two, questions, tiny):
    import torch
    from transformers import AutoModelForCausalLM

    from korean_rlhf.model.heads import RewardModel, save_reward

    backbone = AutoModelForCausalLM.from_pretrained(tiny).model
    step = run_of_two / "reward" / "step-000005"
    save_reward(RewardModel(backbone, seed=3).to(torch.float32), step, tiny)
    settings = JudgeSettings(device="cpu", answer_tokens=12, answer_batch=4)
    judge = str(run_of_two / "reward")
    result = judge_models(
        [run_of_two], settings, EndpointSettings(), judge=judge, questions=questions
    )
    (pair,) = result["pairs"]
    table = json.loads((run_of_two / "evals" / "judged-logickor.json").read_text())

    assert result["scale"] is None
    assert pair["inconsistent"]["value"] == 0.0
    assert pair["first_place"]["value"] == 0.5
    assert list(table["judged"]) == ["reward:reward/step-000005"]
    assert judge_models(
        [run_of_two], settings, EndpointSettings(), judge=judge, questions=questions
    ) == result  # fmt: skip


def test_a_language_model_is_no_reward_model(run_of_two, questions):
    with pytest.raises(BadInput, match="no reward model"):
        judge_models(
            [run_of_two],
            SETTINGS,
            EndpointSettings(),
            judge=str(run_of_two / "sft"),
            questions=questions,
        )


def test_a_judge_without_a_name_is_told_before_anything_is_written(run_of_two, questions):
    with pytest.raises(SettingsError, match="--model"):
        judge_models([run_of_two], JudgeSettings(), EndpointSettings(), questions=questions)
    assert not (run_of_two / "evals" / "sft-000010").exists()


def test_a_pretrained_model_answers_no_questions(tiny_run):
    with pytest.raises(SettingsError, match="no chat model"):
        find_contestants([tiny_run / "pretrain"])


KILLED = """
import sys
from pathlib import Path
from korean_rlhf.evaluate.judge.run import judge_models
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.judge import JudgeSettings
settings = JudgeSettings(model="replica", device="cpu", answer_tokens=12, answer_batch=4)
server = EndpointSettings(endpoint=sys.argv[3], concurrency=1)
judge_models([Path(sys.argv[1])], settings, server, questions=Path(sys.argv[2]))
"""


def test_killed_and_run_again_it_asks_nothing_twice(run_of_two, questions, judging, verdict):
    def slow(answer):
        time.sleep(0.15)
        return verdict(score=points(answer))

    with judging(slow, lambda first, second: verdict(winner="A")) as (server, seen):
        command = [sys.executable, "-c", KILLED, str(run_of_two), str(questions), server.endpoint]
        child = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})
        until = time.monotonic() + 60
        while len(seen) < 4 and time.monotonic() < until:
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
        child.wait()
        before = len(seen)
        result = judge_models([run_of_two], SETTINGS, server, questions=questions)

    asked = [json.dumps(body["messages"], ensure_ascii=False) for body in seen]
    assert before >= 4
    assert len(asked) - len(set(asked)) <= 1  # the one that was under way when it was killed
    assert result["models"]["tiny/sft-000010"]["failures"] == {}
