"""`prompts compare`: what a known rule makes of templates is found, and nothing else is."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys

import pytest
import torch

from korean_rlhf.assets import asset_dir
from korean_rlhf.cli.main import main
from korean_rlhf.evaluate import models
from korean_rlhf.evaluate.lm import KoreanLM, split_tokens
from korean_rlhf.evaluate.prompts.answers import answer_all
from korean_rlhf.evaluate.prompts.variants import make_variants
from korean_rlhf.prompting.questions import read_gold_questions
from korean_rlhf.settings.prompts import CompareSettings
from tests.evaluate.completions_server import NAME, serving
from tests.evaluate.prompts.chat_server import chatting

QUESTIONS = asset_dir("prompts") / "questions" / "sentiment.jsonl"
GOLD = {one.values["text"]: one.answers[0] for one in read_gold_questions(QUESTIONS)}
HEAD = 'version = "1.0"\nsource = "ours"\nlicense = "CC0-1.0"\nvalues = ["text"]\n'
WORDINGS = {
    "first": "{{ text }}\n감정:",
    "equal": "{{ text }}\n느낌:",
    "better": "잘 보세요. {{ text }}\n감정:",
    "worse": "대충 보세요. {{ text }}\n감정:",
}
SHARES = {"잘": 95, "대충": 20}
"""Per cent that is right when a prompt begins so; else 60."""


@pytest.fixture
def prompts(tmp_path):
    """A folder of four wordings with labels."""
    folder = tmp_path / "own" / "templates"
    folder.mkdir(parents=True)
    for name, words in WORDINGS.items():
        text = HEAD + f'labels = ["긍정", "부정", "중립"]\ntemplate = """{words}"""\n'
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder.parent


def chance(text, salt=""):
    return int(hashlib.sha256((text + salt).encode()).hexdigest(), 16) % 100


def rule(messages):
    """Be right about a share of the questions that the first word of the prompt decides."""
    asked = messages[-1]["content"]
    text = next(text for text in GOLD if text in asked)
    share = SHARES.get(asked.split(" ")[0], 60)
    salt = "느낌" if asked.endswith("느낌:") else ""
    right = chance(text, salt) < share
    label = GOLD[text] if right else {"긍정": "부정", "부정": "중립", "중립": "긍정"}[GOLD[text]]
    return f"이 문장의 감정은 {label}입니다." if chance(text, "form") < 50 else label


def compare(out, *argv, questions=QUESTIONS):
    return main(["prompts", "compare", "--questions", str(questions), "--out", str(out), *argv])


def served(chat, *argv):
    return ["--endpoint", chat.url, "--endpoint-model", "rule", *argv]


def results(out):
    return json.loads((out / "results.json").read_text(encoding="utf-8"))


def rows(out):
    return [json.loads(line) for line in (out / "rows.jsonl").read_text("utf-8").splitlines()]


def test_the_better_template_is_found_and_equal_ones_are_not(tmp_path, prompts, capsys):
    out = tmp_path / "out"
    with chatting(rule) as chat:
        flags = served(chat, "--prompts", str(prompts), "--templates", *WORDINGS)

        assert compare(out, *flags) == 0

    found = results(out)
    gained = {one["template"]: one for one in found["differences"]}

    assert found["headline"] == "acc"
    assert gained["better"]["significant"] and gained["better"]["mean"] > 0.2
    assert gained["worse"]["significant"] and gained["worse"]["mean"] < -0.2
    assert not gained["equal"]["significant"]
    assert {one["test"] for one in found["differences"]} == {"mcnemar"}
    assert found["scores"]["better"]["acc"]["value"] == pytest.approx(
        sum(row["metrics"]["acc"] for row in rows(out) if row["template"] == "better") / 90
    )
    printed = capsys.readouterr().out
    assert "better is better than first by" in printed
    assert "worse is worse than first by" in printed
    assert "equal is" not in printed


def test_the_same_command_asks_nothing_again(tmp_path, prompts, capsys):
    flags = ["--prompts", str(prompts), "--templates", "first", "better", "--items", "12"]
    with chatting(rule) as chat:
        compare(tmp_path / "out", *served(chat), *flags)
        before = (tmp_path / "out" / "rows.jsonl").read_bytes()
        asked = len(chat.asked)
        compare(tmp_path / "out", *served(chat), *flags)

        assert (asked, len(chat.asked)) == (24, 24)
    assert (tmp_path / "out" / "rows.jsonl").read_bytes() == before


def test_other_results_are_not_overwritten_unless_it_is_asked_for(tmp_path, prompts, capsys):
    shared = ["--prompts", str(prompts), "--items", "5", "--templates", "first"]
    with chatting(rule) as chat:
        compare(tmp_path / "out", *served(chat), *shared)
        kept = (tmp_path / "out" / "results.json").read_bytes()

        assert compare(tmp_path / "out", *served(chat), *shared, "equal") == 1
        assert "another templates" in capsys.readouterr().err
        assert (tmp_path / "out" / "results.json").read_bytes() == kept
        assert compare(tmp_path / "out", *served(chat), *shared, "equal", "--replace") == 0
        assert len(chat.asked) == 10  # the first five were had before


def test_a_killed_comparison_goes_on(tmp_path, prompts):
    out, children = tmp_path / "out", []

    def kills(messages):
        if len(chat.asked) == 30 and children:
            children[0].send_signal(signal.SIGKILL)
        return rule(messages)

    with chatting(kills) as chat:
        flags = served(chat, "--prompts", str(prompts), "--templates", "first", "better")
        line = ["prompts", "compare", "--questions", str(QUESTIONS), "--out", str(out), *flags]
        children.append(
            subprocess.Popen(
                [sys.executable, "-m", "korean_rlhf", *line, "--concurrency", "2"],
                stderr=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=dict(os.environ),
            )
        )

        assert children[0].wait(timeout=120) == -signal.SIGKILL
        assert not (out / "results.json").exists()
        paid = len(chat.asked)
        assert compare(out, *flags, "--concurrency", "2") == 0
        assert len(chat.asked) <= 180 + 4  # those under way when it died
        assert paid >= 30
    assert len(rows(out)) == 180


def test_the_page_escapes_what_a_model_says(tmp_path, prompts):
    questions = tmp_path / "q.jsonl"
    row = {"id": "a", "text": "<b>좋다</b>", "answer": "긍정"}
    questions.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    with chatting(lambda messages: "<script>alert(1)</script> 긍정") as chat:
        flags = ["--prompts", str(prompts), "--templates", "first", "equal"]
        assert compare(tmp_path / "out", *served(chat), *flags, questions=questions) == 0

    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")

    assert "<script" not in page and "<b>" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "차이가 있다고 할 수 없음" in page


def test_what_a_model_thinks_is_no_answer(tmp_path, prompts, capsys):
    def think(messages):
        text = next(text for text in GOLD if text in messages[-1]["content"])
        return f"<think>긍정\n정답: 긍정</think>\n\n{GOLD[text]}입니다."

    with chatting(think) as chat:
        flags = served(chat, "--templates", "first", "--prompts", str(prompts))

        assert compare(tmp_path / "out", *flags) == 0
    result = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert result["scores"]["first"]["acc"]["value"] == 1.0
    assert "&lt;think&gt;" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_shots_and_seeds_are_compared_as_sets_of_their_own(tmp_path):
    with chatting(rule) as chat:
        flags = ["--templates", "sentiment", "--shots", "0", "3", "--example-seeds", "1", "2"]
        assert compare(tmp_path / "out", *served(chat), *flags, "--items", "4") == 0
        shown = [body["messages"][-1]["content"].count("감정: ") for body in chat.asked]

    assert list(results(tmp_path / "out")["scores"]) == [
        "sentiment:0", "sentiment:3@1", "sentiment:3@2",
    ]  # fmt: skip
    assert sorted(shown) == [0] * 4 + [3] * 8


def test_free_text_is_scored_by_its_nearness(tmp_path):
    rules = {"틀린 곳이 없으면": lambda text: text, "바름:": lambda text: "모르겠어요."}
    spelling = QUESTIONS.with_name("spelling.jsonl")
    fixed = {one.values["text"]: one.answers[0] for one in read_gold_questions(spelling)}

    def corrects(messages):
        asked = messages[-1]["content"]
        text = asked.rsplit("\n", 2)[-2].partition(": ")[2]
        return fixed[text] if "맞춤법" in asked else rules["바름:"](text)

    with chatting(corrects) as chat:
        flags = ["--templates", "spelling-terse", "spelling"]
        assert compare(tmp_path / "out", *served(chat), *flags, questions=spelling) == 0

    found = results(tmp_path / "out")

    assert found["headline"] == "chrf"
    assert found["scores"]["spelling"]["exact_match_plain"]["value"] == 1.0
    assert found["scores"]["spelling"]["chrf"]["value"] == 1.0
    assert found["differences"][0]["significant"]
    assert found["differences"][0]["test"] == "sign-flip"


BAD = [
    (["--templates", "sentiment", "sentiment"], "names sentiment twice"),
    (["--templates", "sentiment", "spelling"], "has other labels than"),
    (["--templates", "question_answering"], "wants context, question, but question ask-sent"),
    (["--templates", "classification"], "is no label of"),
    (["--templates", "sentiment", "--mode", "likelihood"], "asked for by tokens"),
    (["--templates", "sentiment", "--form", "plain"], "Plain text is sent by tokens"),
    (["--templates", "spelling", "--mode", "likelihood"], "has no labels"),
    (["--templates", "sentiment", "--shots", "8"], "fewer than --shots 8"),
]


@pytest.mark.parametrize(("flags", "words"), BAD, ids=[words for _, words in BAD])
def test_what_cannot_be_compared_is_said_before_anything_is_asked(tmp_path, flags, words, capsys):
    server = ["--endpoint", "http://127.0.0.1:9", "--endpoint-model", "none", "--attempts", "1"]

    assert compare(tmp_path / "out", *flags, *server) == 1
    assert words in capsys.readouterr().err


def test_a_question_that_an_example_answers_is_refused(tmp_path, capsys):
    questions = tmp_path / "q.jsonl"
    row = {"id": "leak", "text": "너는  굉장하구나!", "answer": "긍정"}
    questions.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    with chatting(lambda messages: "긍정") as chat:
        flags = served(chat, "--templates", "sentiment")

        assert compare(tmp_path / "out", *flags, questions=questions) == 1
        assert "Question leak stands among the examples" in capsys.readouterr().err
        assert compare(tmp_path / "out", *flags, "--shots", "0", questions=questions) == 0


def test_a_leak_is_found_whatever_else_the_row_holds(tmp_path, capsys):
    questions = tmp_path / "q.jsonl"
    row = {
        "id": "leak",
        "text": "너는 굉장하구나",
        "topic": "사람",
        "labels": "3",
        "answer": "긍정",
    }
    questions.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    with chatting(lambda messages: "긍정") as chat:
        flags = served(chat, "--templates", "sentiment")

        assert compare(tmp_path / "out", *flags, questions=questions) == 1
        assert "Question leak stands among the examples" in capsys.readouterr().err


def test_questions_of_marks_alone_are_told_apart(tmp_path):
    folder = tmp_path / "own" / "templates"
    folder.mkdir(parents=True)
    words = HEAD + (
        'labels = ["긍정", "부정"]\n'
        'template = "{% for one in examples %}{{ one.text }} {% endfor %}{{ text }}"\n'
        '[[examples]]\ntext = "😀"\nanswer = "긍정"\n'
    )
    (folder / "marks.toml").write_text(words, encoding="utf-8")
    questions = tmp_path / "q.jsonl"
    row = {"id": "one", "text": "😡", "answer": "부정"}
    questions.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    with chatting(lambda messages: "부정") as chat:
        flags = served(chat, "--templates", "marks", "--prompts", str(folder.parent))

        assert compare(tmp_path / "out", *flags, questions=questions) == 0


def likelihoods(folder, text, words):
    """Return the log-likelihood of each word behind a text, straight from the logits."""
    loaded = models.load(folder, device="cpu")
    lm = KoreanLM(loaded)
    found = []
    for word in words:
        before, after = split_tokens(
            lm.tok_encode(text), lm.tok_encode(f"{text} {word}"), lm.prefix_token_id
        )
        with torch.no_grad():
            logits = loaded.model(torch.tensor([before + after])).logits[0].log_softmax(-1)
        places = range(len(before) - 1, len(before) + len(after) - 1)
        pairs = zip(places, after, strict=True)
        found.append(sum(float(logits[at, token]) for at, token in pairs))
    return found


def test_a_model_here_chooses_the_likeliest_label(tmp_path, prompts, tiny):
    flags = ["--prompts", str(prompts), "--templates", "first", "better", "--model", str(tiny)]
    likely = [*flags, "--mode", "likelihood", "--form", "plain", "--items", "3"]

    assert compare(tmp_path / "out", *likely) == 0

    first = rows(tmp_path / "out")[0]
    text = next(one.values["text"] for one in read_gold_questions(QUESTIONS)
                if one.id == first["id"])  # fmt: skip
    words = ["긍정", "부정", "중립"]

    assert list(first["likelihoods"].values()) == pytest.approx(
        likelihoods(tiny, f"{text}\n감정:", words), abs=1e-3
    )
    assert first["read"] == max(words, key=lambda word: first["likelihoods"][word])
    assert results(tmp_path / "out")["model"]["form"] == "plain"


class Biased:
    """Likes 긍정 whatever is asked, and the right label a little."""

    facts, cut = {}, 0

    def likelihoods(self, asked, words):
        texts = [messages[-1].content for messages in asked]
        gold = [next((GOLD[text] for text in GOLD if text in said), "") for said in texts]
        return [
            [-5.0 * (word != "긍정") - 2.0 * (word != label) for word in words] for label in gold
        ]


@pytest.mark.parametrize(("normalise", "right"), [("none", 30), ("bytes", 30), ("prior", 90)])
def test_against_its_prior_no_label_wins_whatever_is_asked(prompts, normalise, right):
    settings = CompareSettings(mode="likelihood", normalise=normalise)
    (variant,) = make_variants(["first"], settings, prompts)
    found = answer_all(variant, read_gold_questions(QUESTIONS), Biased(), settings)

    assert sum(one.metrics["acc"] for one in found) == right


def test_answers_of_a_model_here_are_not_computed_twice(tmp_path, prompts, tiny, monkeypatch):
    flags = ["--prompts", str(prompts), "--templates", "first", "--model", str(tiny),
             "--items", "4", "--answer-tokens", "4"]  # fmt: skip
    compare(tmp_path / "out", *flags)
    before = (tmp_path / "out" / "rows.jsonl").read_bytes()
    from korean_rlhf.evaluate import answers

    def never(*_, **__):
        raise AssertionError("an answer is written again")

    monkeypatch.setattr(answers, "generate", never)
    (tmp_path / "out" / "results.json").unlink()  # as a kill before the end leaves it

    assert compare(tmp_path / "out", *flags) == 0
    assert (tmp_path / "out" / "rows.jsonl").read_bytes() == before
    assert results(tmp_path / "out")["model"]["form"] == "chat"


def test_a_run_stands_for_its_last_stage(tmp_path, prompts, tiny_run):
    flags = ["--prompts", str(prompts), "--templates", "first", "--items", "2"]
    compare(tmp_path / "out", *flags, "--model", str(tiny_run), "--answer-tokens", "2")

    assert results(tmp_path / "out")["model"]["model"] == "tiny/sft-000010"


def test_a_served_model_is_as_likely_as_the_same_one_here(tmp_path, prompts, tiny):
    flags = ["--prompts", str(prompts), "--templates", "first", "--model", str(tiny),
             "--mode", "likelihood", "--items", "3"]  # fmt: skip
    compare(tmp_path / "here", *flags)
    with serving(tiny) as server:
        served = ["--endpoint", server.url, "--endpoint-model", NAME]
        assert compare(tmp_path / "there", *flags, *served) == 0
    here, there = (
        [value for row in rows(tmp_path / name) for value in row["likelihoods"].values()]
        for name in ("here", "there")
    )

    assert there == pytest.approx(here, abs=1e-3)


def test_a_comparison_without_a_model_is_refused(tmp_path, capsys):
    assert compare(tmp_path / "out", "--templates", "sentiment") == 1
    assert "Say whom to ask" in capsys.readouterr().err
