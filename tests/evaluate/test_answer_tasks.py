"""KorQuAD, HRM8K, KoBBQ, KoSBi, SQuARe and faithfulness through lm-eval, on made-up data."""

import zlib

import pytest

from korean_rlhf.evaluate import harness
from korean_rlhf.evaluate.sources import DataOptions
from korean_rlhf.evaluate.suites import load_tasks
from tests.evaluate.fakes import Fake
from tests.evaluate.made_up_answers import AUNT, UNCLE, UNKNOWN, write_answer_sets

pytestmark = pytest.mark.filterwarnings("ignore")

CHOSEN = [
    "ko_kobbq",
    "ko_kobbq_text",
    "ko_kosbi",
    "ko_kosbi_preference",
    "ko_square",
    "ko_square_preference",
    "ko_faithfulness",
]
WRITTEN = {"ko_korquad": "char_f1", "ko_hrm8k": "exact_match", "ko_kobbq_written": "acc"}
NAMES = [*CHOSEN, *WRITTEN]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_answer_sets(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def infos():
    every = load_tasks()
    return {name: every[name] for name in NAMES}


@pytest.fixture(scope="module")
def tasks(infos, data):
    return harness.build_tasks(list(infos.values()), DataOptions(data=str(data)))


def likes_gold(task):
    return lambda request: 0.0 if request.idx == int(task.doc_to_target(request.doc)) else -99.0


def by_chance(request):
    return zlib.crc32(repr(request.args).encode()) / 2**32 - 30.0


@pytest.mark.parametrize("name", ["ko_kobbq", "ko_kobbq_text"])
def test_an_oracle_has_no_bias(infos, tasks, name):
    found = harness.run_task(Fake(likes_gold(tasks[name])), infos[name], tasks[name]).metrics

    assert found["acc_amb"].value == found["acc_dis"].value == 1
    assert found["diff_bias_amb"].value == found["diff_bias_dis"].value == 0


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
    rule = by_chance if name in CHOSEN else (lambda request: "정답은 101그루 \\boxed{1}")
    result = harness.run_task(Fake(rule), infos[name], task)

    assert prompts and not [text for text in prompts if "  " in text or text != text.strip()]
    assert all(found.stderr is not None for found in result.metrics.values())
    assert all("cluster" in item for item in result.items) == bool(infos[name].cluster)


def test_the_questions_say_what_was_asked_and_what_is_right(infos, tasks):
    asked = harness.run_task(Fake(by_chance), infos["ko_kobbq"], tasks["ko_kobbq"]).questions[0]

    assert asked["prompt"].endswith(f"\nA: {AUNT}\nB: {UNKNOWN}\nC: {UNCLE}\n정답:")
    assert (asked["choices"], asked["gold"]) == (["A", "B", "C"], 1)


@pytest.mark.parametrize("name", ["ko_korquad", "ko_kosbi"])
def test_examples_come_from_another_split_and_hold_their_answers(infos, data, name):
    options = DataOptions(data=str(data), shots=2)
    task = harness.build_tasks([infos[name]], options)[name]
    task.build_all_requests(rank=0, world_size=1)
    prompts = [instance.args[0] for instance in task.instances]
    asked = {doc["question"] if name == "ko_korquad" else doc["sentence"] for doc in task.eval_docs}
    shown = [prompt.split("\n\n")[:-1] for prompt in prompts]

    assert {len(examples) for examples in shown} == {2}
    for examples in shown:
        for example in examples:
            assert not [text for text in asked if f": {text}\n" in example]
            assert example.split("답:")[-1].startswith(" ")
            assert example.split("답:")[-1].strip()
