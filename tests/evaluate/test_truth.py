"""The two truth tasks: their rows, their metrics, and a run through lm-eval."""

import json
import zlib
from collections import Counter

import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import BadRecord
from korean_rlhf.evaluate import harness, models, truth
from korean_rlhf.evaluate.lm import KoreanLM
from korean_rlhf.evaluate.sources import DataOptions, locate, rows
from korean_rlhf.evaluate.suites import find_suite, load_tasks
from tests.evaluate.fakes import Fake

pytestmark = pytest.mark.filterwarnings("ignore")

FILE = asset_dir("evals") / "truth" / "misconceptions.jsonl"
NAMES = ("ko_truth_mc", "ko_truth_binary")
ROW = {
    "id": "a-01",
    "topic": "가",
    "question": "무엇인가?",
    "true": ["하나다.", "둘이다."],
    "false": ["셋이다.", "넷이다."],
    "source": "사전",
    "license": "Apache-2.0",
}


@pytest.fixture(scope="module")
def items():
    return list(truth.read_misconceptions(FILE))


@pytest.fixture(scope="module")
def infos():
    return [load_tasks()[name] for name in NAMES]


@pytest.fixture(scope="module")
def tasks(infos):
    return harness.build_tasks(infos, DataOptions())


def values(rule, info, tasks):
    found = harness.run_task(Fake(rule), info, tasks[info.name]).metrics
    return {name: estimate.value for name, estimate in found.items()}


def test_three_choices_hold_one_true_answer_and_the_other_comes_last(items):
    for item, row in zip(items, truth.choices(FILE), strict=True):
        asked = row["choices"][: len(row["choices"]) - 1]

        assert row["choices"][row["label"]] == item.true[0]
        assert sorted(asked) == sorted([item.true[0], *item.false])
        assert row["choices"][-1] == item.true[1]


def test_the_true_answer_stands_in_every_place_as_often():
    places = Counter(row["label"] for row in truth.choices(FILE))

    assert max(places.values()) - min(places.values()) <= 1
    assert set(places) == {0, 1, 2}


def test_half_of_the_statements_are_true_and_half_of_the_pairs_begin_so(items):
    found = truth.statements(FILE)
    known = {text: 1 for item in items for text in item.true}
    known |= {text: 0 for item in items for text in item.false}

    assert len(found) == 2 * len(items)
    assert sum(row["label"] for row in found) == len(items)
    assert abs(sum(row["label"] for row in found[::2]) - len(items) / 2) <= 1
    assert all(known[row["statement"]] == row["label"] for row in found)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"true": ["하나다."]}, "true needs 2 answers"),
        ({"false": "셋이다."}, "false needs 2 answers"),
        ({"false": ["셋이다.", " "]}, "false needs text"),
        ({"source": None}, "source needs text"),
    ],
)
def test_a_row_of_another_shape_is_refused_with_its_line(tmp_path, change, problem):
    path = tmp_path / "misconceptions.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in (ROW, ROW | change)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(BadRecord, match=f":2: {problem}"):
        truth.choices(path)


def test_the_data_ship_with_the_project_and_a_file_of_ones_own_comes_first(tmp_path):
    assert locate("truth_mc", DataOptions()).path == FILE
    assert locate("truth_mc", DataOptions(data=str(tmp_path))).path == FILE

    own = tmp_path / "truth" / "misconceptions.jsonl"
    own.parent.mkdir()
    own.write_text(json.dumps(ROW, ensure_ascii=False) + "\n", encoding="utf-8")

    assert locate("truth_mc", DataOptions(data=str(tmp_path))).path == own
    assert len(rows("truth_binary", DataOptions(data=str(tmp_path)))) == 2


def test_the_alignment_suite_has_both():
    assert set(NAMES) <= set(find_suite("alignment").tasks)


def test_an_oracle_scores_one_and_its_opposite_nothing(items, infos, tasks):
    true = {text for item in items for text in item.true}

    def right(request):
        if "label" in request.doc and "statement" in request.doc:
            return request.idx == request.doc["label"]
        return request.doc["choices"][request.idx] in true

    best = [values(lambda r: 0.0 if right(r) else -99.0, info, tasks) for info in infos]
    worst = [values(lambda r: -99.0 if right(r) else 0.0, info, tasks) for info in infos]

    assert best[0] == pytest.approx({"acc": 1.0, "acc_norm": 1.0, "mc2": 1.0})
    assert best[1] == {"acc": 1.0, "f1": 1.0}
    assert worst[0] == pytest.approx({"acc": 0.0, "acc_norm": 0.0, "mc2": 0.0})
    assert worst[1] == {"acc": 0.0, "f1": 0.0}


def test_a_model_that_knows_nothing_scores_chance_exactly(infos, tasks):
    choosing = values(lambda request: -5.0, infos[0], tasks)
    telling = values(lambda request: -5.0, infos[1], tasks)

    assert choosing["acc"] == pytest.approx(infos[0].chance["acc"], abs=1e-4)
    assert choosing["mc2"] == pytest.approx(infos[0].chance["mc2"])
    assert telling["acc"] == infos[1].chance["acc"]


def test_the_two_statements_of_an_item_are_one_cluster(infos, tasks):
    """A model that always says the same is right on one of the two: nothing is left to chance."""
    result = harness.run_task(Fake(lambda request: -5.0), infos[1], tasks[NAMES[1]])

    assert set(Counter(item["cluster"] for item in result.items).values()) == {2}
    assert result.metrics["acc"].stderr == pytest.approx(0.0, abs=1e-12)


def test_answers_by_chance_score_chance(infos, tasks):
    def rule(request):
        return zlib.crc32(repr(request.args).encode()) / 2**32 - 30.0

    for info in infos:
        found = harness.run_task(Fake(rule), info, tasks[info.name]).metrics["acc"]

        assert abs(found.value - info.chance["acc"]) < 4 * found.stderr


def test_a_true_answer_gets_its_share_of_the_probability(infos, tasks):
    """Twice as likely as each other choice, the direct true answer has 2 of 5 parts, all true 3."""

    def rule(request):
        return 0.0 if request.idx == request.doc["label"] else -0.6931471805599453

    assert values(rule, infos[0], tasks)["mc2"] == pytest.approx(3 / 5)


def test_both_tasks_run_on_a_model(infos, tiny):
    lm = KoreanLM(models.load(tiny, device="cpu"))
    built = harness.build_tasks(infos, DataOptions(items=24))
    for info in infos:
        result = harness.run_task(lm, info, built[info.name])

        assert len(result.items) == 24
        assert info.headline in result.items[0]["metrics"]
        assert all(0.0 <= found.value <= 1.0 for found in result.metrics.values())
        assert all(found.stderr is not None for found in result.metrics.values())
