import json

import pytest

from korean_rlhf.errors import BadRecord, MissingInput
from korean_rlhf.evaluate import asking, truereward
from korean_rlhf.evaluate.checkpoints import Checkpoint
from korean_rlhf.records import Message
from korean_rlhf.sampleworld import preference
from korean_rlhf.settings.evaluate import EvaluateSettings


def answered(rewards, log_ratio=0.0, answers=None):
    answers = answers or [f"답 {at}" for at in range(len(rewards))]
    return [
        {
            "id": str(at),
            "question": "누구예요?",
            "answer": answers[at],
            "reward": reward,
            "tokens": 5,
            "ended": at != 0,
            "log_ratio": log_ratio + at,
        }
        for at, reward in enumerate(rewards)
    ]


def best(values, mean=0.3):
    return {"k": 16, "best": values, "mean": [mean] * len(values), "picked": []}


def test_the_figures_are_those_of_the_answers():
    sft = answered([0.0, 0.2, 0.4, 0.6])
    ppo = answered([0.1, 0.4, 0.6, 0.9], answers=["가", "가", "나", "다"])
    found = truereward.summarise(
        {"sft": sft, "ppo": ppo}, best([0.8, 0.8, 0.7, 0.9]), [0.1, 0.1, 0.2, 0.0]
    )

    assert found["true_reward"]["sft"]["mean"] == pytest.approx(0.3)
    assert found["true_reward"]["best_of_16"] == {
        "mean": pytest.approx(0.8),
        "stderr": pytest.approx(0.0408248),
        "n": 4,
    }
    assert found["true_reward"]["copier"]["mean"] == pytest.approx(0.1)
    assert found["paired_gain"]["mean"] == pytest.approx(0.2)
    assert found["paired_gain"]["n"] == 4
    assert found["kl"] == pytest.approx(1.5)
    assert found["eos_rate"] == pytest.approx(0.75)
    assert found["distinct_answers"] == pytest.approx(0.75)
    assert found["gap_closed"] == pytest.approx(0.2 / 0.5)


def test_a_run_without_ppo_has_no_gain():
    found = truereward.summarise({"sft": answered([0.1, 0.3])}, best([0.5, 0.6]), [0.0, 0.1])

    assert "paired_gain" not in found
    assert found["eos_rate"] == pytest.approx(0.5)


def test_no_room_to_gain_is_not_divided_by():
    same = answered([0.5, 0.5])
    found = truereward.summarise({"sft": same, "ppo": same}, best([0.5, 0.5], mean=0.5), [0.1, 0.1])

    assert found["gap_closed"] is None


def test_a_question_without_its_key_is_told(tmp_path):
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps({"id": "1", "messages": [{"role": "user", "content": "?"}]}))
    with pytest.raises(BadRecord, match=":1: not a question"):
        asking.read_questions(path)
    with pytest.raises(MissingInput, match="sampleworld make"):
        asking.read_questions(tmp_path / "none.jsonl")


def test_an_answer_is_as_long_as_ppo_allowed(tmp_path):
    assert asking.longest_answer(tmp_path) == asking.LONGEST_ANSWER
    (tmp_path / "ppo").mkdir()
    (tmp_path / "ppo" / "settings.toml").write_text("response_tokens = 48\n")

    assert asking.longest_answer(tmp_path) == 48


@pytest.fixture
def world(tmp_path):
    question = asking.Question("1", (Message(role="user", content="누구예요?"),), {})
    return asking.World(
        tmp_path, tmp_path / "evals", [question], EvaluateSettings(), "digest of the questions"
    )


@pytest.fixture
def judged(monkeypatch):
    """Count how often answers were written and judged, instead of doing it."""
    calls = []

    def judge(name, rows):
        return lambda *_: calls.append(name) or rows

    monkeypatch.setattr(asking.World, "_write", judge("answers", answered([0.5])))
    monkeypatch.setattr(asking.World, "_write_many", judge("best of", [{"rewards": [0.1, 0.9]}]))
    monkeypatch.setattr(asking, "copier_rewards", judge("copier", [0.2]))
    return calls


def test_rewards_of_another_true_preference_are_not_read_back(world, judged, tmp_path, monkeypatch):
    (tmp_path / "sft").mkdir()
    (tmp_path / "sft" / "config.json").write_text("{}")
    (tmp_path / asking.DEMONSTRATIONS).write_text("{}")
    sft = Checkpoint("sft", 10, tmp_path / "sft", chosen=True)

    def ask():
        world.answers(sft, sft)
        world.best_of(sft, world.questions)
        world.copied(tmp_path)

    ask()
    ask()
    assert judged == ["answers", "best of", "copier"]
    monkeypatch.setattr(preference, "VERSION", preference.VERSION + 1)
    ask()
    assert judged == ["answers", "best of", "copier"] * 2
