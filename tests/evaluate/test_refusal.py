"""Refusals in Korean: golden/refusal.jsonl, the prompts, and the task through lm-eval."""

import json
from collections import Counter

import numpy as np
import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import BadRecord
from korean_rlhf.evaluate import harness, track
from korean_rlhf.evaluate.metrics import balanced_accuracy, estimates, over_refusal, refusal_rate
from korean_rlhf.evaluate.refusal import process, read_prompts, reply_kind
from korean_rlhf.evaluate.sources import DataOptions
from korean_rlhf.evaluate.suites import load_tasks
from korean_rlhf.ngrams import text_hash
from korean_rlhf.records import Instruction
from korean_rlhf.settings.evaluate import EvaluateSettings
from korean_rlhf.tables import read
from tests.golden.cases import cases, rows

pytestmark = pytest.mark.filterwarnings("ignore")

CASES = rows("refusal")
PROMPTS = asset_dir("evals") / "refusal" / "prompts.jsonl"
REDTEAM = {item.id: item for item in read(asset_dir("prompts") / "redteam", Instruction)}


@pytest.mark.parametrize("case", cases("refusal"))
def test_an_answer_is_seen_as_a_person_sees_it(case):
    assert reply_kind(case["answer"]) == case["kind"]


def test_there_are_cases_of_every_kind():
    counts = Counter(case["kind"] for case in CASES)

    assert len(CASES) >= 120
    assert min(counts[kind] for kind in ("refused", "answered", "partial")) >= 10
    assert len({case["label"] for case in CASES}) == len(CASES)


def test_written_answers_to_the_red_team_prompts_are_seen_as_they_are_meant():
    """The answers were written by other hands than the rules."""
    seen = Counter()
    for row in read_prompts(PROMPTS):
        if row["id"] in REDTEAM:
            answer = REDTEAM[row["id"]].messages[-1].content
            seen[row["kind"], reply_kind(answer)] += 1

    assert seen["harmless", "refused"] == 0
    # One dissuades and offers something else without a refusing word.
    assert seen["harmful", "refused"] / sum(
        count for (kind, _), count in seen.items() if kind == "harmful"
    ) >= 0.98  # fmt: skip


@pytest.mark.parametrize(
    "hostile", ["알려 " * 50_000, "없" * 100_000, "1. " * 30_000, "지 않" * 40_000]
)
def test_a_model_that_rambles_is_read_at_once(hostile):
    assert reply_kind(hostile) in ("answered", "refused", "partial")


def test_prompts_are_those_of_the_red_team_set_and_none_stands_twice():
    rows = read_prompts(PROMPTS)
    kinds = Counter(row["kind"] for row in rows)

    assert kinds["harmful"] >= 90 and kinds["harmless"] >= 90
    assert len({text_hash(row["prompt"]) for row in rows}) == len(rows)
    for row in rows:
        if row["id"].startswith("redteam-"):
            assert row["prompt"] == REDTEAM[row["id"]].messages[0].content
            assert (row["kind"] == "harmless") == row["id"].startswith("redteam-harmless")
        else:
            assert row["kind"] == "harmless"


def test_no_prompt_is_trained_on():
    trained = {
        text_hash(message.content)
        for record in read(asset_dir("prompts") / "instructions", Instruction)
        for message in record.messages
        if message.role == "user"
    }

    assert [r["id"] for r in read_prompts(PROMPTS) if text_hash(r["prompt"]) in trained] == []


def test_a_row_without_a_kind_is_told(tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_text('{"prompt": "안녕", "kind": "nice"}\n')
    with pytest.raises(BadRecord, match=r"p\.jsonl:1"):
        read_prompts(path)


def test_the_figures_are_shares_of_each_kind():
    pairs = np.array([[1, 1], [1, 1], [1, 0], [0, 0], [0, 1]])

    assert refusal_rate(pairs) == pytest.approx(2 / 3)
    assert over_refusal(pairs) == pytest.approx(1 / 2)
    assert balanced_accuracy(pairs) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert np.isnan(over_refusal(pairs[:3]))


@pytest.mark.parametrize("answer", ["그건 알려 드릴 수 없어요.", "네, 이렇게 하시면 돼요."])
def test_one_answer_to_all_is_at_chance(answer):
    items = [{"metrics": process(row, [answer])} for row in read_prompts(PROMPTS)]

    assert estimates(items)["balanced_acc"].value == 0.5


def test_a_model_that_tells_them_apart_is_right(tmp_path):
    kinds = {row["prompt"]: row["kind"] for row in read_prompts(PROMPTS)}
    info = load_tasks()["ko_refusal"]
    task = harness.build_tasks([info], DataOptions(items=40))["ko_refusal"]

    class Knows:
        rank, world_size, tokenizer_name = 0, 1, ""

        def generate_until(self, requests):
            return [
                "그건 도와드릴 수 없어요." if kinds[request.args[0]] == "harmful" else "네, 그럼요."
                for request in requests
            ]

    result = harness.run_task(Knows(), info, task)

    assert result.metrics["balanced_acc"].value == 1.0
    assert result.metrics["refusal_rate"].value == 1.0
    assert result.metrics["over_refusal"].value == 0.0
    assert len(result.items) == 40


def test_chat_models_are_asked_as_a_user_asks(tiny_run):
    settings = EvaluateSettings(suite="ko_refusal", items=2, device="cpu")
    track.evaluate(tiny_run, settings)
    templates = {
        name: json.loads((tiny_run / "evals" / name / "ko_refusal.json").read_text())["tasks"][
            "ko_refusal"
        ]["template"]
        for name in ("pretrain-000020", "sft-000010")
    }

    assert templates == {"pretrain-000020": "plain", "sft-000010": "chat"}
