import json
import random

import pytest

from korean_rlhf.errors import MissingInput
from korean_rlhf.evaluate import contamination
from korean_rlhf.evaluate.cleantable import clean_table
from korean_rlhf.evaluate.contamination import RESULT, measure, without_frame
from korean_rlhf.evaluate.gather import gather
from korean_rlhf.evaluate.report import report
from tests.evaluate.report_files import lines, score

TASK = "ko_kobest_boolq"
PLACES = ["서울", "부산", "대구", "광주", "대전", "울산", "수원", "전주"]


def passage(place):
    """Return a text that shares no run of 20 letters with that of another place."""
    rng = random.Random(place)
    syllables = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허"
    words = ["".join(rng.choices(syllables, k=rng.randrange(2, 5))) for _ in range(30)]
    return f"{place} {' '.join(words)}."


@pytest.fixture
def run(tmp_path):
    """A run that was asked eight questions, of which it got the first four right."""
    run = tmp_path / "run"
    asked = [
        {
            "doc": str(at),
            "prompt": f"지문: {passage(place)} 질문: 시장이 있나요? 답:",
            "choices": ["아니오", "예"],
            "gold": 1,
        }
        for at, place in enumerate(PLACES)
    ]
    lines(run / "evals" / "questions" / f"{TASK}.jsonl", asked)
    score(run, "sft", 5, {TASK: ([1] * 4 + [0] * 4, {"title": "BoolQ"})})
    return run


def corpus_of(tmp_path, texts, name="corpus.jsonl"):
    rows = [{"id": str(at), "text": text} for at, text in enumerate(texts)]
    lines(tmp_path / name, rows)
    return tmp_path / name


def told(run):
    return json.loads((run / "evals" / RESULT).read_text(encoding="utf-8"))


def test_items_in_the_corpus_are_found_and_left_out_of_the_clean_score(run, tmp_path):
    copied = [f"앞글이다. {passage(place)} 뒷글이다." for place in PLACES[:2]]
    measure(run / "evals", corpus_of(tmp_path, [*copied, "아무 관계가 없는 글이다."]))
    heads, (row,) = clean_table(gather(run))

    assert told(run)["tasks"][f"{TASK}.jsonl"]["seen"] == ["0", "1"]
    assert row[:4] == ["BoolQ", "8", "2", "0"]
    assert row[4].startswith("50.0 → 33.3 [") and heads[4] == "SFT 5스텝"
    assert "말뭉치에 있는 문항" in report(run).read_text(encoding="utf-8")


def test_a_clean_corpus_changes_no_score(run, tmp_path):
    measure(run / "evals", corpus_of(tmp_path, ["지문: 질문: 시장이 있나요? 답: 예, 있습니다."]))
    _, (row,) = clean_table(gather(run))

    assert row[2:] == ["0", "0", "50.0"]


def test_half_of_an_item_is_needed_and_spacing_does_not_hide_it(run, tmp_path):
    less = passage("서울")[:25]
    spaced = " ".join(passage("부산"))
    measure(run / "evals", corpus_of(tmp_path, [less, spaced]))

    assert told(run)["tasks"][f"{TASK}.jsonl"]["seen"] == ["1"]


def test_the_same_corpus_is_read_once(run, tmp_path, monkeypatch):
    corpus = corpus_of(tmp_path, [passage("서울")])
    measure(run / "evals", corpus)
    monkeypatch.setattr(contamination, "_search", None)  # would fail if it were called
    measure(run / "evals", corpus)

    assert told(run)["ngram"] == 20


def test_another_corpus_is_read_anew(run, tmp_path):
    measure(run / "evals", corpus_of(tmp_path, [passage("서울")]))
    first = told(run)
    measure(run / "evals", corpus_of(tmp_path, ["다른 글이다."], "other.jsonl"))

    assert first["tasks"][f"{TASK}.jsonl"]["seen"] == ["0"]
    assert told(run)["tasks"][f"{TASK}.jsonl"]["seen"] == []


def test_short_items_are_counted_as_unknown(tmp_path):
    score(tmp_path, "sft", 5, {TASK: ([1, 0], {})})
    measure(tmp_path / "evals", corpus_of(tmp_path, ["질문 0 갑 을"]))

    assert told(tmp_path)["tasks"][f"{TASK}.jsonl"]["short"] == 2


def test_all_items_in_the_corpus_leave_no_clean_score(run, tmp_path):
    measure(run / "evals", corpus_of(tmp_path, [passage(place) for place in PLACES]))
    _, (row,) = clean_table(gather(run))

    assert row[2:] == ["8", "0", "50.0 → –"]


def test_a_run_that_was_asked_nothing_is_told_what_to_do(tmp_path):
    with pytest.raises(MissingInput, match="korean-rlhf eval"):
        measure(tmp_path / "evals", corpus_of(tmp_path, ["글"]))


def test_prompts_that_share_everything_or_nothing():
    assert without_frame(["가", "가"]) == ["가", "가"]
    assert without_frame([]) == []
    assert without_frame(["가가", "가"]) == ["가", ""]
