"""Every multiple-choice task: an oracle scores one, chance and a shuffled key score chance."""

import random
import zlib

import numpy as np
import pytest
from scipy.stats import norm

from korean_rlhf.evaluate import harness
from korean_rlhf.evaluate.sources import DataOptions
from korean_rlhf.evaluate.statistics import holm
from korean_rlhf.evaluate.suites import load_tasks
from tests.evaluate.fakes import Counting as Fake
from tests.evaluate.made_up import write_all

pytestmark = pytest.mark.filterwarnings("ignore")

NAMES = sorted(n for n, info in load_tasks().items() if info.output_type == "multiple_choice")
CORRELATIONS = ("pearson", "spearman")
ALPHA = 0.01
WRONG = -99.0
TRUE_TOO = 3
"""The fourth of four choices, where it is true as well: see evals/truth."""
BIASES = ("diff_bias_amb", "diff_bias_dis")
"""0 where every answer is right."""


@pytest.fixture(scope="module")
def infos():
    every = load_tasks()
    return {name: every[name] for name in NAMES}


@pytest.fixture(scope="module")
def tasks(infos, tmp_path_factory):
    """Every task on made-up data: one that has none of its own here is an error."""
    root = write_all(tmp_path_factory.mktemp("sets"))
    options = DataOptions(data=str(root), items=60)  # most of the made-up ones, some of our own
    return harness.build_tasks(list(infos.values()), options)


def at_random(request):
    return -1.0 - 30 * zlib.crc32(repr(request.args).encode()) / 2**32


def knowing(request):
    """Answer right; of two sentences, as like as people say."""
    if "score" in request.doc:
        return request.doc["score"] - 3.0 if request.idx == 1 else 0.0
    true_too = TRUE_TOO if request.task_name == "ko_truth_mc" else None
    return 0.0 if request.idx in {request.doc["label"], true_too} else WRONG


def knowing_another_key(docs):
    """Return a rule that answers each item with the right answer of another, drawn by chance."""
    docs = list(docs)
    column = "score" if "score" in docs[0] else "label"
    others = [doc[column] for doc in docs]
    random.Random(7).shuffle(others)

    def rule(request):
        other = others[request.doc_id]
        if column == "score":
            return other - 3.0 if request.idx == 1 else 0.0
        return 0.0 if request.idx == other else WRONG

    return rule


def p_of_chance(info, result, shuffled=False):
    """Return the two-sided p-value of the score of one who knows nothing.

    Guesses are right once in so many choices. The right answers of other items are right as often
    as two items have the same one: more often, where one place is right more than the others.
    """
    n = len(result.items)
    if info.headline in CORRELATIONS:
        z = result.metrics[info.headline].value * (n - 1) ** 0.5
    else:
        name = info.headline if info.headline.startswith("acc") else "acc"
        most = info.compared or None
        chances = np.array([1 / len(question["choices"][:most]) for question in result.questions])
        if shuffled:
            golds = [question["gold"] for question in result.questions]
            chances = np.full(n, sum((golds.count(gold) / n) ** 2 for gold in set(golds)))
        right = sum(item["metrics"][name] for item in result.items)
        z = (right - chances.sum()) / np.sqrt((chances * (1 - chances)).sum())
    return float(2 * norm.sf(abs(z)))


def p_values(infos, tasks, rule_of, shuffled=False):
    found = {
        name: p_of_chance(
            info, harness.run_task(Fake(rule_of(tasks[name])), info, tasks[name]), shuffled
        )
        for name, info in infos.items()
    }
    return dict(zip(found, holm(list(found.values())), strict=True))


@pytest.fixture(scope="module")
def of_random(infos, tasks):
    return p_values(infos, tasks, lambda task: at_random)


@pytest.fixture(scope="module")
def of_shuffled(infos, tasks):
    return p_values(infos, tasks, lambda task: knowing_another_key(task.eval_docs), shuffled=True)


@pytest.mark.parametrize("name", NAMES)
def test_an_oracle_scores_one_on_every_metric(name, infos, tasks):
    metrics = harness.run_task(Fake(knowing), infos[name], tasks[name]).metrics

    assert {at: round(found.value, 9) for at, found in metrics.items()} == {
        at: 0 if at in BIASES else 1 for at in metrics
    }


@pytest.mark.parametrize("name", NAMES)
def test_random_scores_get_chance(name, of_random):
    assert of_random[name] > ALPHA


@pytest.mark.parametrize("name", NAMES)
def test_a_shuffled_key_gets_chance(name, of_shuffled):
    assert of_shuffled[name] > ALPHA


def test_one_who_knows_a_little_is_not_taken_for_chance(infos, tasks):
    def mostly(request):
        return knowing(request) if request.doc_id % 4 else at_random(request) / 10

    found = p_values(infos, tasks, lambda task: mostly)

    assert max(found.values()) < ALPHA


@pytest.mark.parametrize("name", NAMES)
def test_no_prompt_has_two_blanks_or_an_open_end(name, tasks):
    tasks[name].build_all_requests(rank=0, world_size=1)
    texts = ["".join(instance.args) for instance in tasks[name].instances]
    prompts = [instance.args[0] for instance in tasks[name].instances]

    assert texts and not [text for text in texts if "  " in text]
    assert not [prompt for prompt in prompts if prompt != prompt.rstrip()]
