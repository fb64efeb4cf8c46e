"""A judge is measured on answers whose truth is known, so the reported figures can be checked."""

import hashlib
import json
import random
from itertools import combinations

import numpy as np
import pytest

from korean_rlhf.errors import BadInput
from korean_rlhf.evaluate.judge.agreement import Answer, agreement
from korean_rlhf.evaluate.judge.calibrate import calibrate
from korean_rlhf.evaluate.judge.goldscores import draw_answers, read_golds
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.judge import JudgeSettings

ALL = JudgeSettings(model="replica", answers_per_question=0, pairs_per_question=20)


def chance(text, salt=""):
    """A number in [0, 1) that is the same for the same text."""
    return int(hashlib.sha256((salt + text).encode()).hexdigest()[:12], 16) / 16**12


def quality(answer):
    return int(answer.split()[1])


def make_rows(questions=12, each=10, seed=3):
    """Answers that name their quality from 1 to 10, of lengths that say nothing of it."""
    draw = random.Random(seed)
    rows = []
    for number in range(questions):
        for _ in range(each):
            good = draw.randint(1, 10)
            answer = f"품질 {good} " + "가" * draw.randint(1, 60) + f" {draw.random():.6f}"
            rows.append({"question": f"질문 {number}", "output": answer, "score": float(good)})
    return rows


@pytest.fixture
def judged(tmp_path):
    """A function that writes rows as a file of judged answers."""

    def write(rows):
        path = tmp_path / "judged.jsonl"
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path.write_text("".join(lines), encoding="utf-8")
        return path

    return write


def noisy(answer):
    """A judge that is right but for a noise of up to 4 points each way."""
    return max(0, min(10, round(quality(answer) + 8 * chance(answer) - 4)))


def pair_accuracy(rows, said, low=0, high=99):
    """Count by hand: pairs of a question with unequal given scores that `said` orders alike."""
    right = []
    for question in {row["question"] for row in rows}:
        group = [row for row in rows if row["question"] == question]
        for one, two in combinations(group, 2):
            gap = one["score"] - two["score"]
            if low < abs(gap) <= high:
                found = said(one["output"]) - said(two["output"])
                right.append(0.5 if found == 0 else float(found * gap > 0))
    return sum(right) / len(right)


def test_the_reported_agreement_is_that_of_the_rule(judged, judging, verdict, tmp_path):
    rows = make_rows()
    settings = JudgeSettings(model="replica", answers_per_question=0, mode="single")
    with judging(lambda answer: verdict(score=noisy(answer))) as (server, _):
        result = calibrate(judged(rows), tmp_path / "out", settings, server)
    found = result["single"]["judge"]

    assert found["accuracy"]["value"] == pytest.approx(pair_accuracy(rows, noisy))
    assert found["by_gap"]["2-4"]["value"] == pytest.approx(pair_accuracy(rows, noisy, 2, 4))
    assert found["by_gap"]["over 6"]["value"] == pytest.approx(pair_accuracy(rows, noisy, 6))
    assert 0.5 < found["spearman"]["value"] < 0.95
    assert found["by_gap"]["0-1"]["value"] < found["by_gap"]["over 6"]["value"]


def test_rank_correlation_is_that_of_scipy_within_questions(judged, judging, verdict, tmp_path):
    from scipy.stats import spearmanr

    rows = make_rows()
    settings = JudgeSettings(model="replica", answers_per_question=0, mode="single")
    with judging(lambda answer: verdict(score=noisy(answer))) as (server, _):
        result = calibrate(judged(rows), tmp_path / "out", settings, server)
    expected = []
    for number in range(12):
        group = [row for row in rows if row["question"] == f"질문 {number}"]
        given, said = zip(*((row["score"], noisy(row["output"])) for row in group), strict=True)
        expected.append(spearmanr(given, said).statistic)

    assert result["single"]["judge"]["spearman"]["value"] == pytest.approx(np.mean(expected))


def test_baselines_read_nothing(judged, judging, verdict, tmp_path):
    rows = make_rows()
    with judging(lambda answer: verdict(score=quality(answer)), _fair(verdict)) as (server, _):
        result = calibrate(judged(rows), tmp_path / "out", ALL, server)
    single = result["single"]

    assert single["judge"]["accuracy"]["value"] == 1.0
    assert single["constant"]["accuracy"] == {"value": 0.5, "stderr": 0.0, "n": pytest.approx(
        single["judge"]["accuracy"]["n"]), "units": 12}  # fmt: skip
    assert single["constant"]["spearman"]["value"] == 0.0
    assert single["length"]["accuracy"]["value"] == pytest.approx(pair_accuracy(rows, len))
    assert "긴 답이 낫다" in (tmp_path / "out" / "calibration.md").read_text(encoding="utf-8")


def _fair(verdict):
    def prefer(first, second):
        gap = quality(first) - quality(second)
        return verdict(winner="A" if gap > 0 else "B" if gap < 0 else "tie")

    return prefer


def test_a_bias_to_length_is_found(judged, judging, verdict, tmp_path):
    settings = JudgeSettings(model="replica", answers_per_question=0, mode="single")
    with judging(lambda answer: verdict(score=min(10, len(answer) // 7))) as (server, _):
        result = calibrate(judged(make_rows()), tmp_path / "out", settings, server)
    found = result["single"]["judge"]

    assert found["length_spearman"]["value"] > 0.9
    assert abs(found["given_length_spearman"]["value"]) < 0.3
    assert found["accuracy_longer_better"]["value"] > 0.85
    assert found["accuracy_shorter_better"]["value"] < 0.15


@pytest.mark.parametrize("bias", [0.0, 0.6])
def test_a_bias_to_position_is_found_and_its_size(judged, judging, verdict, tmp_path, bias):
    """With probability `bias`, drawn for each order, the judge takes A without reading."""
    fair = _fair(verdict)

    def prefer(first, second):
        biased = chance(f"{first}|{second}", "place") < bias
        return verdict(winner="A") if biased else fair(first, second)

    settings = JudgeSettings(
        model="replica", answers_per_question=0, pairs_per_question=20, mode="pairwise"
    )
    with judging(prefer=prefer) as (server, _):
        result = calibrate(judged(make_rows()), tmp_path / "out", settings, server)
    found = result["pairwise"]

    assert found["first_place"]["low"] <= 0.5 + bias / 2 <= found["first_place"]["high"]
    # A changed verdict needs a bias in the order where the worse answer stands first.
    assert found["inconsistent"]["low"] <= bias <= found["inconsistent"]["high"] + 1e-9
    assert (found["first_place"]["low"] > 0.5) == (bias > 0)
    assert found["accuracy"]["value"] == pytest.approx(1 - found["inconsistent"]["value"] / 2)


def test_zeros_are_left_out_and_counted(judged, judging, verdict, tmp_path):
    rows = make_rows(questions=3)
    zeros = [{**row, "output": row["output"] + " 빵", "score": 0} for row in rows[:4]]
    path = judged([*rows, *zeros])

    assert (read_golds(path).zeros, len(read_golds(path).golds)) == (4, 30)
    assert len(read_golds(path, keep_zero=True).golds) == 34


def test_answers_to_one_second_turn_are_compared_whatever_the_first_answers_were(judged):
    rows = [
        {
            "question": "더 짧게.",
            "context": {"q": "시를 써.", "a": f"시 {number}"},
            "output": f"짧은 시 {number}",
            "score": 1 + number,
        }
        for number in range(3)
    ]
    golds = read_golds(judged(rows)).golds

    assert {gold.exchange.question for gold in golds} == {"시를 써.\n\n더 짧게."}
    assert {gold.exchange.turn for gold in golds} == {1}
    assert golds[2].exchange.messages[1].content == "시 2"


def test_the_draw_spans_the_scores_and_is_always_the_same(judged):
    golds = read_golds(judged(make_rows(questions=2, each=40))).golds
    drawn = draw_answers(golds, 5, seed=1)

    assert len(drawn) == 10
    assert drawn == draw_answers(golds, 5, seed=1) != draw_answers(golds, 5, seed=2)
    assert max(gold.score for gold in drawn) - min(gold.score for gold in drawn) >= 6


def test_failed_verdicts_are_counted_and_nothing_else(judged, judging, verdict, tmp_path):
    rows = make_rows()

    def score(answer):
        return None if chance(answer) < 0.2 else verdict(score=quality(answer))

    settings = JudgeSettings(model="replica", answers_per_question=0, mode="single")
    with judging(score) as (server, _):
        result = calibrate(judged(rows), tmp_path / "out", settings, server)
    refused = sum(chance(row["output"]) < 0.2 for row in rows)

    assert result["failures"] == {"refused": refused}
    assert result["judged"] == len(rows) - refused
    assert result["single"]["judge"]["accuracy"]["value"] == 1.0


def test_a_second_calibration_asks_nothing(judged, judging, verdict, tmp_path):
    path = judged(make_rows(questions=3))
    with judging(lambda answer: verdict(score=noisy(answer)), _fair(verdict)) as (server, seen):
        first = calibrate(path, tmp_path / "out", ALL, server)
        count = len(seen)
        assert calibrate(path, tmp_path / "out", ALL, server) == first
        assert len(seen) == count > 0


def test_answers_that_cannot_be_compared_are_told(judged, tmp_path):
    path = judged([{"question": "질문", "output": "답", "score": 5}])
    with pytest.raises(BadInput, match="different scores"):
        calibrate(path, tmp_path / "out", ALL, EndpointSettings())


def test_questions_count_alike_however_many_answers_they_have():
    def answer(question, given, said):
        return Answer(question=question, given=given, judged=said, characters=1)

    many = [answer("가", number, number) for number in range(10)]
    few = [answer("나", 1, 2), answer("나", 2, 1)]

    assert agreement([*many, *few]).spearman.value == pytest.approx(0.0)


def test_a_reply_that_was_cut_is_no_verdict(judged, judging, tmp_path):
    """What reads as a 1 may have been on its way to a 10."""
    settings = JudgeSettings(model="replica", answers_per_question=0, mode="single")
    path = judged(make_rows(questions=2))
    with judging(lambda answer: "점수: 1", finish="length") as (server, _):
        result = calibrate(path, tmp_path / "out", settings, server)

    assert result["failures"] == {"cut-off": 20}
    assert result["judged"] == 0
    assert result["single"]["judge"]["accuracy"] is None
    assert "cut-off 20" in (tmp_path / "out" / "calibration.md").read_text(encoding="utf-8")


def test_gaps_are_parts_of_whatever_scale_the_given_scores_have():
    def answers(scale):
        return [
            Answer(question="가", given=number * scale, judged=number % 4, characters=1)
            for number in range(1, 10)
        ]

    ten, one = (agreement(answers(scale)) for scale in (1.0, 0.1))

    assert [found.value for found in ten.by_gap.values()] == pytest.approx(
        [found.value for found in one.by_gap.values()]
    )
    assert list(one.by_gap) == ["0-0.1", "0.1-0.2", "0.2-0.4", "0.4-0.6", "over 0.6"]
