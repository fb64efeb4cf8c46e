"""The section of the scores: its tables, its plots, and what a reader without eyes or net gets."""

import itertools
import json
import random
import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from korean_rlhf.evaluate import gaintable, scoretable
from korean_rlhf.evaluate.gather import gather
from korean_rlhf.evaluate.intervals import holds, interval
from korean_rlhf.evaluate.report import report
from tests.evaluate.report_files import entry_of, lines, score, write

EVIL = "<img src=x onerror=alert(1)>|**굵게**\n<script>"
COPA, BITS, NLI = "ko_kobest_copa", "ko_bits_per_byte", "ko_klue_nli"


def page(run, *references):
    return report(run, references).read_text(encoding="utf-8")


@pytest.fixture
def run(tmp_path):
    """Two stages, two SFT steps; on COPA the second stage gains, on NLI nothing can be told."""
    rng = random.Random(3)
    run = tmp_path / "run"
    nli = [rng.randrange(2) for _ in range(100)]
    titled = {"title": "KLUE NLI", "chance": {"acc": 0.3333}}
    base = {COPA: ([1] * 50 + [0] * 50, {}), NLI: (nli, titled)}
    after = {COPA: ([1] * 80 + [0] * 20, {}), NLI: ([*nli[:98], 1, 0], titled)}
    score(run, "pretrain", 100, base)
    score(run, "sft", 5, base)
    score(run, "sft", 10, after)
    return run


def test_a_row_holds_scores_intervals_and_what_guessing_gets(run):
    facts = gather(run)
    chosen = [one for one in facts.scores if one.chosen]
    table = scoretable.score_table(chosen, facts.comparisons)
    (copa,) = [row for row in table.rows if row.title == "KoBEST COPA"]

    assert [column.step for column in table.columns] == ["100스텝", "10스텝"]
    assert (copa.metric, copa.baselines, copa.n) == ("정확도 (%)", ["50.0"], "100")
    assert [cell.value for cell in copa.cells] == ["50.0", "80.0"]
    assert copa.cells[0].interval == "[40.2, 59.8]"
    assert [cell.mark for cell in copa.cells] == [scoretable.AT_CHANCE, ""]
    assert [cell.bold for cell in copa.cells] == [False, True]


def test_baselines_stand_in_columns_of_their_own_where_there_are_any(tmp_path):
    told = {"majority": 0.52, "longest": {"acc": 0.48}, "shortest": {"value": 0.4}}
    score(tmp_path, "sft", 5, {COPA: ([1, 0, 1, 1], {"baselines": told})})
    facts = gather(tmp_path)
    table = scoretable.score_table(facts.scores, [])

    assert table.baselines == ["우연", "다수 답", "가장 긴 답", "가장 짧은 답"]
    assert table.rows[0].baselines == ["50.0", "52.0", "48.0", "40.0"]
    html = page(tmp_path)
    assert "가장 긴 답" in html and "48.0" in html


def test_what_each_stage_gained_with_its_test_and_what_could_be_found(run):
    rows = gaintable.gain_rows(gather(run))
    by_task = {row[1]: dict(zip(gaintable.GAIN_HEADS, row, strict=True)) for row in rows}
    copa, nli = by_task["KoBEST COPA"], by_task["KLUE NLI"]

    assert copa["비교"] == "사전 학습 → SFT" and copa["차이"] == "+30.0 %p"
    assert (copa["판정"], copa["보정 p"], copa["검정"]) == ("나아짐", "< 0.001", "맥니마")
    assert (
        copa["찾을 수 있는 차이"] == "14.2 %p"
    )  # 3.083 standard errors of 4.606 points: z of 0.05 / 2 tests
    assert nli["판정"] in ("차이를 말할 수 없음", "달라진 문항 없음")
    assert nli["찾을 수 있는 차이"] != "0.0 %p"


def test_a_pair_without_any_change_claims_no_certainty(tmp_path):
    for stage in ("pretrain", "sft"):
        score(tmp_path, stage, 5, {COPA: ([1, 0, 1, 1], {})})
    (row,) = gaintable.gain_rows(gather(tmp_path))

    assert row[2:5] == ["0.0 %p", "–", "달라진 문항 없음"] and row[-1] == "–"


def test_averages_over_families_with_their_paired_gain(run):
    heads, rows = gaintable.average_table(gather(run))

    assert heads == ["갈래", "사전 학습 100스텝", "SFT 10스텝", "사전 학습 → SFT"]
    found = {row[0]: row[1:] for row in rows}
    assert found["KoBEST"][0].startswith("0.0 [") and found["KoBEST"][1].startswith("60.0 [")
    assert found["KoBEST"][2].startswith("+60.0 [")
    assert gaintable.OVERALL in found
    averages = json.loads((report(run).parent / "report.json").read_text())["averages"]
    assert averages["tasks"] == sorted([COPA, NLI])
    kobest = averages["checkpoints"]["sft-000010"]["families"]["kobest"]
    assert kobest["value"] == pytest.approx(0.6)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=some.lists(some.integers(0, 1), min_size=2, max_size=40), seed=some.integers(0, 99))
def test_nothing_is_bold_without_an_adjusted_p_below_5_per_cent(tmp_path, before, seed):
    rng = random.Random(seed)
    run = tmp_path / "bold"
    after = [1 if rng.random() < 0.5 else value for value in before]
    score(run, "pretrain", 5, {COPA: (before, {}), NLI: (after, {})})
    score(run, "sft", 5, {COPA: (after, {}), NLI: (before, {})})
    html = page(run)
    facts = gather(run)
    allowed = [one for one in facts.comparisons if one.adjusted_p < 0.05 and one.better]

    assert len(re.findall(r"<(?:strong|b)>", html)) == len(allowed)
    assert (run / "report.md").read_text(encoding="utf-8").count("**") == 2 * len(allowed)


class Reader(HTMLParser):
    """Collects what a screen reader lives on."""

    def __init__(self):
        super().__init__()
        self.tags, self.bare_heads, self.silent, self.nameless, self.handlers = [], [], [], [], []
        self.captions = 0

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        if tag == "th" and found.get("scope") not in ("row", "col"):
            self.bare_heads.append(found)
        if tag == "svg" and not (found.get("role") == "img" and found.get("aria-label")):
            self.silent.append(found)
        if "tabindex" in found and not (found.get("role") and found.get("aria-label")):
            self.nameless.append(found)
        self.handlers += [name for name in found if name.startswith("on")]


def read(html):
    reader = Reader()
    reader.feed(html)
    return reader


def test_the_page_can_be_heard(run):
    reader = read(page(run))

    assert reader.tags.count("h1") == 1
    assert reader.tags.count("caption") == reader.tags.count("table") > 4
    assert reader.bare_heads == reader.silent == reader.nameless == []
    headings = [int(tag[1]) for tag in reader.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(next_ - one <= 1 for one, next_ in itertools.pairwise(headings))


def test_a_plot_is_told_in_words_and_no_line_by_colour_alone(run):
    html = page(run)

    assert (
        "KoBEST COPA · 정확도 (%): 사전 학습 100스텝 50.0, SFT 5스텝 50.0, SFT 10스텝 80.0" in html
    )
    (copa,) = re.findall(r'<svg[^>]*aria-label="KoBEST COPA.*?</svg>', html, re.S)
    dashes = re.findall(r'class="reference" stroke-dasharray="([^"]+)"', copa)
    assert len(dashes) == 2 * len(set(dashes)), "each line once in the plot, once in the legend"
    assert 'class="ring' in copa and 'class="ribbon"' in copa
    assert "우연 50.0" in copa and "다른 프롬프트" in copa
    assert f'<span class="mark">{scoretable.AT_CHANCE}</span>' in html


def test_the_page_prints(run):
    html = page(run)
    (rules,) = re.findall(r"@media print \{(.*?)\n\}", html, re.S)

    assert "details::details-content" in rules and "--ink: #000" in rules
    assert "prefers-color-scheme: dark" in html


def evil_run(tmp_path):
    run, other = tmp_path / "run", tmp_path / "<b>남</b>"
    asked = [
        {"doc": str(at), "prompt": EVIL, "choices": [EVIL, EVIL + "2"], "gold": 0}
        for at in range(4)
    ]
    lines(run / "evals" / "questions" / f"{COPA}.jsonl", asked)
    score(run, "sft", 5, {COPA: ([1, 1, 0, 0], {"title": EVIL})})
    score(run, EVIL.replace("/", "")[:20], 5, {COPA: ([0, 1, 1, 0], {"title": EVIL})})
    score(other, "sft", 5, {COPA: ([1, 0, 0, 0], {"title": EVIL})})
    rows = [{"id": "1", "question": EVIL, "answer": EVIL, "ended": True}]
    write(run / "evals" / "sft-000005" / "showcase.json", {"key": "k", "rows": rows})
    return run, other


def test_hostile_text_is_never_markup(tmp_path):
    run, other = evil_run(tmp_path)
    html = page(run, other)
    reader = read(html)

    assert reader.handlers == []
    assert not {"img", "script", "b"} & set(reader.tags)
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "바뀐 문항" in html and "맞음 → 틀림" in html
    markdown = (run / "report.md").read_text(encoding="utf-8")
    assert "<img" not in markdown and "<b>" not in markdown and "<script" not in markdown


def test_reference_models_have_a_column_and_a_line(run, tmp_path):
    other = tmp_path / "other"
    score(other, "sft", 5, {COPA: ([1] * 9 + [0], {}), NLI: ([1, 0], {"data_sha256": "else"})})
    html = page(run, other)
    found = json.loads((run / "report.json").read_text())

    assert "참조 other 90.0" in html and "참조 모델" in html
    assert "참조 other 50.0" not in html, "other data are another measurement"
    assert found["references"]["other"][COPA]["value"] == 0.9


def test_capability_stands_against_alignment_once_both_are_scored(run, monkeypatch):
    from korean_rlhf.evaluate import scoreplots
    from korean_rlhf.evaluate.suites import Suite

    assert "능력과 정렬" not in page(run)
    suites = {
        "capability": Suite("capability", "", (COPA,)),
        "alignment": Suite("alignment", "", (NLI,)),
    }
    monkeypatch.setattr(scoreplots, "load_suites", lambda: suites)
    html = page(run)

    assert "SFT 10스텝 능력 60.0 정렬" in html


def test_bias_has_a_table_of_its_own(tmp_path):
    figures = {
        name: {"value": value, "stderr": 0.05, "n": 50}
        for name, value in (("acc_amb", 0.3), ("acc_dis", 0.6), ("diff_bias_amb", -0.02))
    }
    changed = entry_of([1, 0])["metrics"] | figures
    score(tmp_path, "sft", 5, {COPA: ([1, 0], {"metrics": changed, "title": "KoBBQ"})})
    html = page(tmp_path)

    assert "KoBBQ · 편향 차이(모호한 맥락) (%)" in html and "−2.0 [−11.8, 7.8]" in html


def test_provenance_names_what_was_scored_with_what(run):
    machine = {"device": "cpu", "precision": "float32", "name": "시험 컴퓨터"}
    changed = {"machine": machine, "versions": {"torch": "2.9.0"}, "truncated": 3}
    score(run, "ppo", 5, {COPA: ([1, 0], changed)})
    html = page(run)

    assert "시험 컴퓨터 (cpu, float32)" in html and "torch 2.9.0" in html
    assert "w" * 12 + "</td>" in html
    found = json.loads((run / "report.json").read_text())
    assert found["weights"]["ppo-000005"] == "w" * 64
    assert found["scores"]["ppo-000005"][COPA]["machine"] == machine


def test_intervals_stay_within_what_is_possible():
    assert interval("acc", {"value": 0.99, "stderr": 0.05, "n": 50})[1] == 1.0
    assert interval("acc", {"value": 0.0, "stderr": 0.0, "n": 20})[1] > 0.1
    assert interval("bits_per_byte", {"value": 1.0, "stderr": 0.1, "n": 9})[1] > 1.0
    assert interval("acc", {"value": 0.5, "stderr": None, "n": 1}) is None
    assert not holds(None, 0.5) and not holds((0.0, 1.0), None) and holds((0.4, 0.6), 0.5)


def test_a_score_that_is_no_number_is_a_dash_and_never_breaks_the_report(run):
    figures = {"spearman": {"value": float("nan"), "stderr": None, "n": 4}}
    changed = {
        "title": "KLUE STS",
        "headline": "spearman",
        "chance": {"spearman": 0.0},
        "metrics": figures,
    }
    score(run, "ppo", 5, {"ko_klue_sts": ([1, 0, 1, 0], changed)})
    html = page(run)
    text = (run / "report.json").read_text()

    assert "KLUE STS" in html and not re.search(r"\bnan\b", html)
    assert "NaN" not in text
    assert json.loads(text)["scores"]["ppo-000005"]["ko_klue_sts"]["value"] is None


def test_of_two_suites_with_one_task_the_score_of_more_items_counts(tmp_path):
    score(tmp_path, "sft", 5, {COPA: ([1] * 30 + [0] * 10, {})}, suite="alignment")
    score(tmp_path, "sft", 5, {COPA: ([1, 0], {})}, suite="quick")
    (one,) = gather(tmp_path).scores

    assert one.tasks[COPA]["metrics"]["acc"]["n"] == 40


def test_of_two_suites_with_one_task_the_newest_score_counts(tmp_path):
    old = {"scored_at": "2026-01-05T09:00:00+00:00"}
    new = {"scored_at": "2026-02-01T09:00:00+00:00"}
    score(tmp_path, "sft", 5, {COPA: ([1, 0], new)}, suite="alignment")
    score(tmp_path, "sft", 5, {COPA: ([1] * 40, old)}, suite="quick")
    score(tmp_path, "sft", 5, {COPA: ([1] * 50, {})}, suite="untimed")
    (one,) = gather(tmp_path).scores

    assert one.tasks[COPA]["metrics"]["acc"]["n"] == 2


def test_a_score_of_a_task_as_it_was_before_is_left_out_and_told(tmp_path, capsys):
    former = {COPA: ([1, 0], {"task_sha256": "former"}), "ko_gone": ([1, 0], {})}
    score(tmp_path, "sft", 5, former)
    (one,) = gather(tmp_path).scores

    assert set(one.tasks) == {"ko_gone"}, "of a task that is gone, no newer score can be had"
    told = capsys.readouterr()
    assert "sft-000005 ko_kobest_copa" in told.out + told.err


def test_two_models_of_one_name_never_share_a_column(tmp_path):
    old = {"scored_at": "2026-01-05T09:00:00+00:00"}
    new = {"scored_at": "2026-02-01T09:00:00+00:00"}
    score(tmp_path, "sft", 5, {NLI: ([1, 0], new)}, suite="alignment", weights="b" * 64)
    score(tmp_path, "sft", 5, {COPA: ([1] * 40, old), NLI: ([1] * 40, old)}, suite="quick")
    (one,) = gather(tmp_path).scores

    assert (one.weights, set(one.tasks)) == ("b" * 64, {NLI})
    assert one.tasks[NLI]["metrics"]["acc"]["n"] == 2


@pytest.mark.parametrize("changed", ["task_sha256", "shots", "prompts_sha256", "data_sha256"])
def test_scores_on_other_questions_are_never_paired(tmp_path, changed):
    score(tmp_path, "pretrain", 5, {"ko_gone": ([0] * 30 + [1] * 10, {"shots": 0})})
    score(tmp_path, "sft", 5, {"ko_gone": ([1] * 40, {"shots": 0} | {changed: 5})})

    assert gather(tmp_path).comparisons == []
    assert "<strong>" not in page(tmp_path)


def test_a_base_model_beside_a_chat_model_is_compared_and_named_but_never_bold(tmp_path):
    chat = {"template": "chat", "prompts_sha256": "in turns"}
    score(tmp_path, "pretrain", 5, {COPA: ([0] * 30 + [1] * 10, {})})
    score(tmp_path, "sft", 5, {COPA: ([1] * 40, chat)})
    (row,) = gaintable.gain_rows(gather(tmp_path))

    assert row[0] == "사전 학습 → SFT (보통 글 → 대화)" and row[4] == "나아짐"
    assert "<strong>" not in page(tmp_path)
