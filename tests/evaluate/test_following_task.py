"""ko_following through lm-eval itself: an oracle, a model that answers past the prompt, silence."""

import pytest

from korean_rlhf.evaluate import harness
from korean_rlhf.evaluate.sources import DataOptions
from korean_rlhf.evaluate.suites import load_tasks

pytestmark = pytest.mark.filterwarnings("ignore")

ITEMS = 30
METRICS = ("prompt_strict", "prompt_loose", "instruction_strict", "instruction_loose")


class Writer:
    """An lm-eval model that writes by a rule."""

    rank, world_size, tokenizer_name = 0, 1, ""

    def __init__(self, rule):
        self.rule = rule

    def generate_until(self, requests, **options):
        return [self.rule(request.doc) for request in requests]


@pytest.fixture(scope="module")
def task():
    info = load_tasks()["ko_following"]
    return harness.build_tasks([info], DataOptions(items=ITEMS))[info.name]


def scores(task, rule):
    """Return what lm-eval says and what we say, which must be the same."""
    import lm_eval

    found = harness.run_task(Writer(rule), load_tasks()["ko_following"], task)
    task._instances = None
    row = lm_eval.evaluate(
        Writer(rule), {"tasks": {"ko_following": task}, "groups": {}}, bootstrap_iters=0
    )["results"]["ko_following"]
    theirs = {name: row[f"{name},none"] for name in METRICS}

    assert {name: one.value for name, one in found.metrics.items()} == pytest.approx(theirs)
    return theirs


def test_the_references_score_one(task):
    assert scores(task, lambda doc: doc["reference"]) == dict.fromkeys(METRICS, 1.0)


def test_items_keep_the_answer_and_what_each_metric_needs(task):
    found = harness.run_task(Writer(lambda doc: "봄, 여름."), load_tasks()["ko_following"], task)
    item = found.items[0]

    assert item["answer"] == "봄, 여름."
    assert set(item["metrics"]) == set(METRICS)
    assert len(item["metrics"]["instruction_strict"]) == 2
    assert found.metrics["prompt_strict"].n == len(found.items) == ITEMS
    assert found.metrics["instruction_strict"].stderr > 0


def test_an_introduction_costs_strict_points_and_no_loose_ones(task):
    found = scores(task, lambda doc: "네, 알겠습니다. Here you go, 100%!\n" + doc["reference"])

    assert found["prompt_loose"] == 1.0
    assert found["prompt_strict"] < 0.5


def test_one_answer_to_everything_scores_low(task):
    found = scores(task, lambda doc: "저는 인공지능이라 잘 모르겠습니다, 죄송합니다.")

    assert found["prompt_loose"] < 0.2
    assert 0 < found["instruction_strict"] < 0.5


def test_silence_scores_nothing(task):
    assert scores(task, lambda doc: "") == dict.fromkeys(METRICS, 0.0)


def test_the_prompt_is_asked_as_it_is_written(task):
    task.build_all_requests(limit=1, rank=0, world_size=1)
    (context, options) = task.instances[0].args

    assert context == task.instances[0].doc["prompt"]
    assert options["until"] == [] and options["do_sample"] is False
