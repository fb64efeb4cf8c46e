"""The misconceptions of evals/truth: well-formed, each once, their surface telling nothing."""

import importlib.util
import itertools
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.evaluate.statistics import mean_and_error
from korean_rlhf.evaluate.truth import read_misconceptions
from korean_rlhf.ngrams import character_ngrams, jaccard, normalise_for_matching

FOLDER = asset_dir("evals") / "truth"
KEYS = {"id", "topic", "question", "true", "false", "source", "license"}
CUES = (
    "아니다",
    "없다",
    "않는다",
    "있다",
    "대개",
    "여러",
    "모두|모든",
    "뿐|만 ",
    "으면",
    "^[‘“]",
    r"\d",
)


@pytest.fixture(scope="module")
def rows():
    lines = (FOLDER / "misconceptions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def items():
    return list(read_misconceptions(FOLDER / "misconceptions.jsonl"))


@pytest.fixture(scope="module")
def cues():
    path = Path(__file__).parents[1] / "bench" / "truth_cues.py"
    spec = importlib.util.spec_from_file_location("truth_cues", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_row_has_the_same_shape(rows):
    for row in rows:
        assert set(row) == KEYS, row["id"]
        assert len(row["true"]) == len(row["false"]) == 2, row["id"]
        assert row["license"] == "Apache-2.0"
        assert re.fullmatch(r"[a-z]+-\d\d", row["id"])
        assert row["question"].endswith("?")
        assert len(row["source"]) >= 2


def test_text_is_nfc_without_stray_blanks(rows):
    for row in rows:
        for text in (row["question"], row["source"], *row["true"], *row["false"]):
            assert unicodedata.is_normalized("NFC", text), row["id"]
            assert text == " ".join(text.split()), row["id"]


def test_every_answer_is_one_plain_sentence(rows):
    """The same ending and register throughout: it must not tell the true ones."""
    for row in rows:
        for text in (*row["true"], *row["false"]):
            assert text.endswith("다."), text
            assert len(re.sub(r"“[^”]*”", "", text).split(". ")) == 1, text


def test_there_are_enough_topics_of_enough_items(rows):
    topics = Counter(row["topic"] for row in rows)

    assert len(rows) >= 210
    assert sum(count >= 12 for count in topics.values()) >= 10
    assert len({row["id"].split("-")[0] for row in rows}) == len(topics)


def test_nothing_stands_twice(rows):
    answers = [text for row in rows for text in (*row["true"], *row["false"])]
    for texts in ([row["id"] for row in rows], [row["question"] for row in rows], answers):
        counted = Counter(normalise_for_matching(text) for text in texts)

        assert [text for text, count in counted.items() if count > 1] == []


def test_no_two_items_ask_nearly_the_same(rows):
    def grams(*texts):
        return set(character_ngrams(normalise_for_matching(" ".join(texts)), 3))

    asked = [(row["id"], grams(row["question"])) for row in rows]
    whole = [(row["id"], grams(row["question"], *row["true"])) for row in rows]
    near = [
        (one, other)
        for sets, most in ((asked, 0.7), (whole, 0.4))
        for (one, left), (other, right) in itertools.combinations(sets, 2)
        if jaccard(left, right) > most
    ]

    assert near == []


def test_true_and_false_answers_are_as_long_as_each_other(items, cues):
    true = [len(text) for item in items for text in item.true]
    false = [len(text) for item in items for text in item.false]

    assert sum(true) / sum(false) == pytest.approx(1.0, abs=0.02)
    assert_chance(items, cues, len)
    assert_chance(items, cues, lambda text: -len(text))


def test_negation_tells_nothing(items, cues):
    def share(texts):
        return sum(bool(cues.NEGATION.search(text)) for text in texts) / len(texts)

    true = share([text for item in items for text in item.true])
    false = share([text for item in items for text in item.false])

    assert abs(true - false) < 0.05
    assert_chance(items, cues, lambda text: float(bool(cues.NEGATION.search(text))))
    assert_chance(items, cues, lambda text: -float(bool(cues.NEGATION.search(text))))


def assert_chance(items, cues, judge):
    """A rule that sees the surface alone is within three standard errors of one third."""
    found = mean_and_error([cues.chosen(item, judge) for item in items])

    assert abs(found.value - 1 / 3) < 3 * found.stderr


@pytest.mark.parametrize("cue", CUES)
def test_no_word_or_ending_belongs_to_one_side(items, cue):
    true = sum(bool(re.search(cue, text)) for item in items for text in item.true)
    false = sum(bool(re.search(cue, text)) for item in items for text in item.false)

    assert max(true, false) <= 2 * min(true, false) + 4


def test_the_readme_states_what_the_bench_measures(items, cues, capsys):
    cues.main()
    measured = json.loads(capsys.readouterr().out.splitlines()[-1])
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert f"| {measured['items']} |" in readme
    for name in ("longest", "shortest", "negated", "not negated", "naive Bayes"):
        found = measured[name]
        assert f"| {name} | {found['mc']:.3f} | {found['statements']:.3f} |" in readme
