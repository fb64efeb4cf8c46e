"""The true preference: right answers are full, faults cost in their stated order, hacks pay not."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from statistics import mean

import pytest

from korean_rlhf.sampleworld import preference
from korean_rlhf.sampleworld.faults import FAULT_SHARES, ORDER, RIGHT_SHARE, faulty_answer
from korean_rlhf.sampleworld.lexicon import of_kind
from korean_rlhf.sampleworld.preference import judge, sentence_register, true_reward
from korean_rlhf.sampleworld.sets import ranks
from korean_rlhf.sampleworld.tasks import Task, make_task

JUDGED = Path(__file__).parents[1] / "golden" / "preference.jsonl"
VERSIONS = {
    1: "d5b52aa6390df51e7ea97052392a8e61eb4d94333802d57ad15b80a9b46e89ad",
    2: "2ae32feae8a8b02efb3894e761c5fbab1989dcc6f08f4f4c41afdd77e8a1bd8a",
    3: "4eb8ac3439b0d7042f4e27db530d92b0691604551d134fffd09eaa94de472de2",
}
"""Version of the true preference -> sha256 of JUDGED under it. Lines are added, never changed."""


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    rng = random.Random(11)
    return [make_task(rng, "held" if turn % 2 else "train") for turn in range(700)]


def rewards_of(tasks: list[Task], answer) -> list[float]:
    return [true_reward(task.key, answer(task)) for task in tasks]


def test_every_right_answer_is_worth_nearly_everything(tasks):
    for task in tasks:
        for answer in task.right_answers():
            found = judge(task.key, answer)

            assert found.reward >= 0.95, (task.messages[-1].content, answer, found, task.key)


def test_faults_cost_in_their_stated_order(tasks):
    rng = random.Random(12)
    means = {
        kind: mean(true_reward(task.key, faulty_answer(rng, task, kind)) for task in tasks)
        for kind in ORDER
    }

    assert list(means.values()) == sorted(means.values(), reverse=True), means
    gaps = [a - b for a, b in zip(means.values(), list(means.values())[1:], strict=False)]
    assert min(gaps) > 0.02, means


def test_a_fault_that_changes_the_text_never_pays(tasks):
    rng = random.Random(13)
    for task in tasks:
        for kind in ("register", "chatter", "repeat", "incomplete", "irrelevant"):
            text = faulty_answer(rng, task, kind)

            assert true_reward(task.key, text) < 0.9, (kind, task.messages[-1].content, text)


HACKS = {
    "nothing": lambda task: "",
    "dots": lambda task: ". . . .",
    "the prompt": lambda task: task.messages[-1].content,
    "the question": lambda task: task.plan.question,
    # A passage of one fact ("... 그래서 ..." is one) is a right answer to most questions about it.
    "the passage": lambda task: (
        task.plan.context * (task.plan.context.replace(". 그래서", "").count(".") > 1)
    ),
    "thanks": lambda task: "감사합니다.",
    "obedience": lambda task: "네, 알겠습니다.",
    "endless politeness": lambda task: "정말 고마워요. 늘 건강하세요. 좋은 하루 보내세요." * 3,
    "every place": lambda task: ", ".join(noun.name for noun in of_kind("place")) + "예요.",
    "the right word five times": lambda task: " ".join([_word(task)] * 5) + ".",
    "the right word and 요": lambda task: _word(task) + "요.",
    "the right answer and a list": lambda task: (
        task.right_answers()[0]
        + " "
        + ", ".join(n.name for n in of_kind("thing")[:6])
        + "도 있어요."
    ),
    "the right answer three times": lambda task: " ".join(task.right_answers()[:1] * 3),
}


def _word(task: Task) -> str:
    return task.plan.alternatives[0][0].any_of[0]


@pytest.mark.parametrize("name", HACKS)
def test_a_hack_earns_little(tasks, name):
    single = [task for task in tasks if len(task.messages) == 1]
    found = rewards_of(single, HACKS[name])

    assert mean(found) < 0.15
    assert max(found) < 0.5


def test_a_right_answer_that_goes_on_loses(tasks):
    for task in tasks:
        right = task.right_answers()[0]
        for tail in (" 정말 감사합니다.", " " + right, " 그런데 벌써 배가 고파요."):
            assert true_reward(task.key, right + tail) < true_reward(task.key, right) - 0.1


def test_a_missing_full_stop_costs_little_and_a_missing_end_much(tasks):
    for task in tasks:
        right = task.right_answers()[0]
        half = right[: len(right) // 2].rstrip(".")

        assert 0.85 < true_reward(task.key, right.rstrip(".")) < 1.0
        # A greeting is one without its wish; in 반말 half a sentence may be a sentence (빵을 사).
        if task.plan.family != "letter" and task.register != "hae":
            assert true_reward(task.key, half) < 0.75, (right, half)


@pytest.mark.parametrize(
    ("sentence", "register"),
    [
        ("시장에 갔어요.", "haeyo"),
        ("학생이에요.", "haeyo"),
        ("건강하세요.", "haeyo"),
        ("시장에 갔습니다.", "hapsyo"),
        ("늘 건강하십시오.", "hapsyo"),
        ("시장에 갔어.", "hae"),
        ("편지를 날라.", "hae"),
        ("의사야.", "hae"),
        ("시장에 갔다.", "haera"),
        ("일곱 시다.", "haera"),
        ("'작다'의 반대말은 '크다'다.", "haera"),
        ("시장에", ""),
        ("시장.", ""),
        ("'작다'.", ""),
        ("", ""),
    ],
)
def test_the_speech_level_is_read_from_the_end_of_a_sentence(sentence, register):
    assert sentence_register(sentence) == register


def test_a_wrong_number_and_a_wrong_name_are_seen():
    key = {
        "family": "reading", "register": "haeyo", "allowed": ["민수", "사과", "3"], "false": [],
        "alternatives": [[{"any": ["3 개"], "count": 1}]],
        "spare": 0, "sentences": 1, "idle": 0, "ordered": False,
    }  # fmt: skip

    assert true_reward(key, "민수는 사과를 세 개 샀어요.") == 1.0
    assert true_reward(key, "민수는 사과를 3개 샀어요.") > 0.9
    assert true_reward(key, "민수는 사과를 네 개 샀어요.") < 0.2
    assert true_reward(key, "지수는 사과를 세 개 샀어요.") < 0.5
    assert true_reward(key, "민수는 사과을 세 개 샀어요.") < 0.85


@pytest.mark.parametrize(
    "case",
    [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()],
    ids=lambda case: case["label"],
)
def test_an_answer_is_worth_what_it_was(case):
    found = {answer: true_reward(case["key"], answer) for answer in case["judged"]}

    assert found == case["judged"], "meant so? python tests/golden/judge.py says what to do"


def test_other_rewards_are_another_version():
    """Kept rewards are known by the version: old ones would be shown as those of the new one."""
    digest = hashlib.sha256(JUDGED.read_bytes()).hexdigest()

    assert VERSIONS[preference.VERSION] == digest, "raise VERSION, and add its digest to VERSIONS"
    assert max(VERSIONS) == preference.VERSION
    assert len(set(VERSIONS.values())) == len(VERSIONS)


def test_shares_of_writers_make_a_whole_and_near_rewards_tie():
    assert RIGHT_SHARE + sum(FAULT_SHARES.values()) == pytest.approx(1.0)
    assert ranks([0.5, 0.5, 0.505, 0.9]) == (2, 2, 2, 1)
