"""The section of judged answers: its tables stand apart, and only on weights that are there."""

import json

import pytest

from korean_rlhf.evaluate.checkpoints import weights_digest
from korean_rlhf.evaluate.report import report
from tests.evaluate.report_files import score, write

EVIL = "<img src=x onerror=alert(1)>|**굵게**"


def figures(mean):
    return {
        "mean": {"value": mean, "stderr": 0.2, "n": 32},
        "failures": {"no-verdict": 1},
        "length_correlation": None,
        "mean_characters": 80.0,
        "korean": 1.0,
    }


def difference(p):
    names = {"first": "run/sft-000010", "second": "run/ppo-000020"}
    return {**names, "mean": 1.25, "low": 0.5, "high": 2.0, "adjusted_p": p, "n": 31}


def judged(run, contestants, p=0.001, judge="openai:replica"):
    entry = {
        "questions": 32,
        "scale": [1, 10],
        "contestants": contestants,
        "models": {"run/sft-000010": figures(4.0), "run/ppo-000020": figures(5.25)},
        "differences": [difference(p)],
    }
    write(run / "evals" / "judged-open.json", {"judged": {judge: entry}})


@pytest.fixture
def run(tmp_path):
    run = tmp_path / "run"
    score(run, "pretrain", 5, {"ko_kobest_copa": ([1, 0, 1, 1], {})})
    score(run, "sft", 10, {"ko_kobest_copa": ([1, 0, 1, 1], {})})
    return run


def reports(run):
    page = report(run).read_text(encoding="utf-8")
    return page, (run / "report.md").read_text(encoding="utf-8")


def test_judged_scores_stand_in_a_section_of_their_own(run):
    judged(run, {"run/sft-000010": "d"})
    page, markdown = reports(run)
    summary = json.loads((run / "report.json").read_text(encoding="utf-8"))

    assert '<a href="#judged">심사 모델이 매긴 점수</a>' in page
    assert "<strong>+1.250</strong>" in page and "**+1.250**" in markdown
    assert "점수 범위 1~10" in page and "5.250 ± 0.200" in markdown
    assert markdown.index("과제별 점수") < markdown.index("심사 모델이 매긴 점수")
    assert summary["judged"][0]["found"]["differences"][0]["mean"] == 1.25
    assert "openai:replica" not in str(summary["scores"])


def test_a_difference_that_is_none_is_not_bold(run):
    judged(run, {"run/sft-000010": "d"}, p=0.3)
    page, markdown = reports(run)

    assert "+1.250" in page and "<strong>+1.250" not in page and "**+1.250" not in markdown


def test_what_was_judged_of_other_weights_is_left_out_and_said(run, capsys):
    folder = run / "sft" / "step-000010"
    write(folder / "config.json", {})
    (folder / "model.safetensors").write_bytes(b"now")
    judged(run, {"run/sft-000010": "of before"})
    page, _ = reports(run)

    assert "심사 모델이 매긴 점수" not in page
    assert "run/sft-000010 changed since" in capsys.readouterr().err

    judged(run, {"run/sft-000010": weights_digest(folder), "other/sft-000010": "not ours"})
    assert "심사 모델이 매긴 점수" in reports(run)[0]


def test_the_name_of_a_judge_is_only_a_name(run):
    judged(run, {}, judge=EVIL)
    page, markdown = reports(run)

    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img" not in markdown
