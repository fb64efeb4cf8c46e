import json
import re
from html.parser import HTMLParser

import pytest

from korean_rlhf.errors import MissingInput
from korean_rlhf.evaluate.report import report

EVIL = '<script>alert("몰래")</script>'


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def write_score(run, stage, step, right, task="ko_kobest_copa", n=200):
    """Write the scores of a checkpoint that got the first `right` of `n` items."""
    folder = run / "evals" / f"{stage}-{step:06d}"
    rows = [{"doc": str(at), "metrics": {"acc": int(at < right)}} for at in range(n)]
    (folder / "items").mkdir(parents=True, exist_ok=True)
    (folder / "items" / f"{task}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    share = right / n
    entry = {
        "title": "KoBEST COPA",
        "headline": "acc",
        "higher_is_better": True,
        "chance": {"acc": 0.5},
        "metrics": {"acc": {"value": share, "stderr": (share * (1 - share) / n) ** 0.5, "n": n}},
        "key": stage,
        "data_sha256": "d",
        "items": f"items/{task}.jsonl",
    }
    record = {"checkpoint": folder.name, "stage": stage, "step": step, "weights_sha256": "w"}
    write(folder / "quick.json", record | {"suite": "quick", "tasks": {task: entry}, "missing": {}})


@pytest.fixture
def run(tmp_path):
    run = tmp_path / "runs" / "probe"
    data = tmp_path / "data" / "clean" / "probe"
    counts = {"in": 10, "out": 7, "dropped": {"too-short": 3}}
    clean = {"stage": "clean", "counts": counts, "seconds": 3.0, "peak_rss_mb": 100.0}
    write(data / "manifest.json", clean | {"inputs": []})
    write(
        run / "pretrain" / "manifest.json",
        {
            "stage": "pretrain",
            "seconds": 61.0,
            "peak_rss_mb": 2048.0,
            "best": "step-000010",
            "best_validation_loss": 2.5,
            "inputs": [{"path": str(data), "digest": "x"}],
        },
    )
    rows = [{"step": at, "loss": 5.0 - at / 10, "validation_loss": 5.0} for at in range(1, 11)]
    (run / "pretrain" / "metrics.jsonl").write_text("\n".join(map(json.dumps, rows)) + '\n{"torn')
    write_score(run, "pretrain", 10, right=100)
    write_score(run, "sft", 5, right=160)
    return run


def made(run):
    report(run)
    return {
        "html": (run / "report.html").read_text(encoding="utf-8"),
        "md": (run / "report.md").read_text(encoding="utf-8"),
        "json": json.loads((run / "report.json").read_text(encoding="utf-8")),
    }


def test_an_empty_run_has_a_report(tmp_path):
    found = made(tmp_path)

    assert "아직 보고할 것이 없습니다" in found["html"]
    assert found["json"]["stages"] == {} and found["json"]["scores"] == {}


def test_no_run_is_told(tmp_path):
    with pytest.raises(MissingInput):
        report(tmp_path / "none")


def test_the_figures_for_programs(run):
    found = made(run)["json"]

    assert found["stages"]["pretrain"] == {"seconds": 61.0, "peak_rss_mb": 2048.0}
    assert found["stages"]["clean"]["seconds"] == 3.0
    score = found["scores"]["sft-000005"]["ko_kobest_copa"]
    assert (score["metric"], score["value"], score["n"]) == ("acc", 0.8, 200)
    assert found["corpus"]["clean"]["dropped"] == {"too-short": 3}
    assert "true_reward" not in found


def test_notes_of_the_recipe_come_first(run):
    write(
        run / "stages.json",
        {
            "clean": {"seconds": 9.0, "peak_rss_mb": 50.0, "folder": "data/clean/probe"},
            "pretrain": {"seconds": 70.0, "peak_rss_mb": 60.0, "folder": "runs/probe/pretrain"},
        },
    )
    found = made(run)["json"]

    assert list(found["stages"]) == ["clean", "pretrain"]
    assert found["stages"]["pretrain"] == {"seconds": 70.0, "peak_rss_mb": 60.0}
    assert found["corpus"]["clean"]["in"] == 10


def test_only_a_significant_gain_is_bold(run):
    assert "<strong>80.0</strong>" in made(run)["html"]
    write_score(run, "sft", 5, right=101)
    found = made(run)

    assert "<strong>" not in found["html"]
    assert "**" not in found["md"]
    assert "차이를 말할 수 없음" in found["html"]


def test_a_significant_loss_is_never_bold(run):
    write_score(run, "sft", 5, right=20)
    found = made(run)

    assert "<strong>" not in found["html"]
    assert "나빠짐" in found["md"]


def with_answers(run):
    figures = {"mean": 0.4, "stderr": 0.02, "n": 500}
    gain = {"mean": 0.01, "stderr": 0.02, "n": 500, "low": -0.03, "high": 0.05, "p_value": 0.6}
    write(
        run / "evals" / "true_reward.json",
        {
            "true_reward": {"sft": figures, "ppo": figures | {"mean": 0.41}, "best_of_16": figures},
            "paired_gain": gain,
            "kl": 3.2,
            "kl_stderr": 0.1,
            "eos_rate": 0.9,
            "distinct_answers": 0.8,
            "gap_closed": None,
        },
    )
    write_score(run, "ppo", 7, right=150)
    row = {"id": "1", "question": EVIL, "answer": EVIL, "reward": 0.5}
    for name in ("sft-000005", "ppo-000007"):
        write(run / "evals" / name / "answers.json", {"key": "k", "rows": [row]})
    return run


def test_what_a_model_wrote_is_never_markup(run):
    found = made(with_answers(run))

    assert "<script" not in found["html"]
    assert found["html"].count("&lt;script&gt;") == 3
    assert "<script" not in found["md"]


def test_an_answer_in_the_markdown_fetches_nothing_and_breaks_no_cell(run):
    with_answers(run)
    evil = "![그림](http://evil/x.png) \\| `코드` &lt;b> [1, 2](http://evil)\r끝"
    row = {"id": "1", "question": "질문", "answer": evil, "reward": 0.5}
    write(run / "evals" / "ppo-000007" / "answers.json", {"key": "k", "rows": [row]})
    (line,) = [line for line in made(run)["md"].splitlines() if "evil" in line]

    assert r"\!\[그림\](http" in line and r"\\\| \`코드\` &amp;lt;b> \[1, 2\](http" in line
    assert line.endswith("|") and "끝" in line
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 5, "a bar for each edge of four cells"


def test_a_gain_within_the_error_is_called_chance(run):
    found = made(with_answers(run))

    assert "우연과 구별되지 않습니다" in found["html"]
    assert found["json"]["kl"] == 3.2
    assert found["json"]["paired_gain"]["n"] == 500


class Page(HTMLParser):
    """Collects what a page asks of the outside, and whether its tags are balanced."""

    VOID = frozenset(["meta", "br"])

    def __init__(self):
        super().__init__()
        self.open, self.outside, self.ids, self.links = [], [], set(), []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.outside += [found[name] for name in ("src", "srcset") if name in found]
        self.ids |= {found["id"]} if "id" in found else set()
        self.links += [found["href"]] if "href" in found else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Pass over `<line .../>`: it opens nothing."""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_no_other_file(run):
    html = made(with_answers(run))["html"]
    page = Page()
    page.feed(html)

    assert page.open == []
    assert page.outside == []
    assert {link.removeprefix("#") for link in page.links} <= page.ids
    assert 'lang="ko"' in html and "viewport" in html and "prefers-color-scheme" in html
    assert not re.search(r"url\(|@import|https?://", html)


def test_scores_of_weights_that_are_gone_stay_and_of_changed_ones_do_not(run):
    step = run / "sft" / "step-000005"
    step.mkdir(parents=True)
    (step / "config.json").write_text("{}")

    assert "sft-000005" not in made(run)["json"]["scores"]
    (step / "config.json").unlink()
    assert "sft-000005" in made(run)["json"]["scores"]


def test_the_same_files_make_the_same_report(run):
    assert made(run) == made(run)
