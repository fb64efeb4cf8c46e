"""KorQuAD, HRM8K, KoBBQ, KoSBi, SQuARe and faithfulness through lm-eval, on made-up data."""

import json
import zlib

import pytest

from korean_rlhf.evaluate import harness
from korean_rlhf.evaluate.sources import DataOptions
from korean_rlhf.evaluate.suites import load_tasks

pytestmark = pytest.mark.filterwarnings("ignore")

CHOSEN = {
    "ko_kobbq": "acc",
    "ko_kobbq_text": "acc",
    "ko_kosbi": "acc",
    "ko_kosbi_preference": "acc",
    "ko_square": "acc",
    "ko_square_preference": "acc",
    "ko_faithfulness": "balanced_acc",
}
BY_LENGTH = {"ko_faithfulness", "ko_kobbq_text"}
"""Scored per character: there the longer of two texts wins where both are as likely."""
WRITTEN = {"ko_korquad": "char_f1", "ko_hrm8k": "exact_match"}
NAMES = [*CHOSEN, *WRITTEN]
UNKNOWN = "알 수 없음"


def korquad():
    return {
        "data": [
            {
                "title": f"제목{number}",
                "paragraphs": [
                    {
                        "context": f"{number}번 마을에는 나무가 {number + 100}그루 있다.",
                        "qas": [
                            {
                                "id": str(number),
                                "question": f"{number}번 마을의 나무는 몇 그루인가?",
                                "answers": [{"text": f"{number + 100}그루", "answer_start": 0}],
                            }
                        ],
                    }
                ],
            }
            for number in range(40)
        ]
    }


def kobbq():
    lines = ["sample_id\tcontext\tquestion\tchoices\tbiased_answer\tanswer"]
    for number in range(20):
        for letter, person in (("a", "고모"), ("b", "삼촌")):
            start = f"age-{number:03d}{letter}-001"
            told = f"{number}일에 고모와 삼촌이 왔습니다."
            rest = f"누가 늦었습니까?\t['고모', '삼촌', '{UNKNOWN}']\t삼촌"
            lines.append(f"{start}-amb-bsd\t{told}\t{rest}\t{UNKNOWN}")
            lines.append(f"{start}-dis-bsd\t{told} {person}가 늦었습니다.\t{rest}\t{person}")
    return "\n".join(lines) + "\n"


def kosbi():
    labels = ("safe", "unsafe")
    return [
        {
            "context": f"{at // 2}번 집이 이사를 왔다.",
            "sentence": f"{label} {at}",
            "sentence_label": label,
        }
        for at, label in enumerate(labels * 30)
    ]


def square():
    return [
        {"question": f"{at // 2}번은 왜 그럴까?", "response": f"답 {at}", "acceptable?": at % 2}
        for at in range(60)
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    root = tmp_path_factory.mktemp("data")
    texts = {
        "korquad/KorQuAD_v1.0_dev.json": json.dumps(korquad()),
        "kobbq/KoBBQ_test_samples.tsv": kobbq(),
        "kosbi/kosbi_test.json": json.dumps(kosbi()),
        "square/response_test_ood.json": json.dumps(square()),
        "hrm8k/gsm8k_test.csv": "question,answer\n"
        + "".join(f"{at} 더하기 1은?,{at + 1}\n" for at in range(30)),
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def infos():
    every = load_tasks()
    return {name: every[name] for name in NAMES}


@pytest.fixture(scope="module")
def tasks(infos, data):
    return harness.build_tasks(list(infos.values()), DataOptions(data=str(data)))


class Fake:
    """An lm-eval model that answers by a rule."""

    rank, world_size, tokenizer_name = 0, 1, ""

    def __init__(self, rule):
        self.rule = rule

    def loglikelihood(self, requests):
        return [(self.rule(request), False) for request in requests]

    def generate_until(self, requests):
        return [self.rule(request) for request in requests]


def likes_gold(task):
    return lambda request: 0.0 if request.idx == int(task.doc_to_target(request.doc)) else -99.0


def by_chance(request):
    return zlib.crc32(repr(request.args).encode()) / 2**32 - 30.0


@pytest.mark.parametrize("name", CHOSEN)
def test_an_oracle_scores_one_and_its_opposite_nothing(infos, tasks, name):
    task, rule = tasks[name], likes_gold(tasks[name])
    oracle = harness.run_task(Fake(rule), infos[name], task).metrics
    opposite = harness.run_task(Fake(lambda request: -99.0 - rule(request)), infos[name], task)

    assert oracle[CHOSEN[name]].value == 1
    assert opposite.metrics[CHOSEN[name]].value == 0
    assert oracle[infos[name].headline].value == 1


@pytest.mark.parametrize("name", ["ko_kobbq", "ko_kobbq_text"])
def test_an_oracle_has_no_bias(infos, tasks, name):
    found = harness.run_task(Fake(likes_gold(tasks[name])), infos[name], tasks[name]).metrics

    assert found["acc_amb"].value == found["acc_dis"].value == 1
    assert found["diff_bias_amb"].value == found["diff_bias_dis"].value == 0


@pytest.mark.parametrize("name", sorted(CHOSEN.keys() - BY_LENGTH))
def test_answers_by_chance_score_chance(infos, tasks, name):
    found = harness.run_task(Fake(by_chance), infos[name], tasks[name]).metrics[CHOSEN[name]]
    chance = infos[name].chance[CHOSEN[name]]

    assert abs(found.value - chance) <= 4 * found.stderr


def test_who_always_says_unknown_has_no_bias(infos, tasks):
    def rule(request):
        place = request.doc["unknown"]
        return 0.0 if request.idx == place else -99.0

    for name in ("ko_kobbq", "ko_kobbq_text"):
        found = harness.run_task(Fake(rule), infos[name], tasks[name]).metrics

        assert found["diff_bias_amb"].value == found["diff_bias_dis"].value == 0
        assert (found["acc_amb"].value, found["acc_dis"].value) == (1, 0)


def test_written_answers_are_scored_and_kept(infos, tasks):
    for name, metric in WRITTEN.items():
        task = tasks[name]
        right = harness.run_task(Fake(lambda r, t=task: t.doc_to_target(r.doc)), infos[name], task)
        wrong = harness.run_task(Fake(lambda request: "모름"), infos[name], task)

        assert right.metrics[metric].value == 1
        assert wrong.metrics[metric].value == 0
        assert wrong.items[0]["answer"] == "모름"


def test_an_answer_that_names_no_number_is_counted_as_not_extracted(infos, tasks):
    found = harness.run_task(Fake(lambda request: "모름"), infos["ko_hrm8k"], tasks["ko_hrm8k"])

    assert found.metrics["extract_failed"].value == 1


@pytest.mark.parametrize("name", NAMES)
def test_prompts_are_clean_and_every_metric_has_an_error_bar(infos, tasks, name):
    task = tasks[name]
    task.build_all_requests(rank=0, world_size=1)
    prompts = [instance.args[0] for instance in task.instances]
    rule = by_chance if name in CHOSEN else (lambda request: "101그루 또는 \\boxed{1}")
    result = harness.run_task(Fake(rule), infos[name], task)

    assert prompts and not [text for text in prompts if "  " in text or text != text.strip()]
    assert all(found.stderr is not None for found in result.metrics.values())
    assert all("cluster" in item for item in result.items) == bool(infos[name].cluster)


def test_the_questions_say_what_was_asked_and_what_is_right(infos, tasks):
    asked = harness.run_task(Fake(by_chance), infos["ko_kobbq"], tasks["ko_kobbq"]).questions[0]

    assert asked["prompt"].endswith("\nA: 고모\nB: 알 수 없음\nC: 삼촌\n정답:")
    assert (asked["choices"], asked["gold"]) == (["A", "B", "C"], 1)
