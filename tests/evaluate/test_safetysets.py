"""KoSBi and SQuARe in the layout of their repositories, with made-up sentences."""

import json

import pytest

from korean_rlhf.errors import BadRecord
from korean_rlhf.evaluate import safetysets


def write(folder, name, rows):
    path = folder / name
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return path


def sentence(context, text, label):
    return {"context": context, "sentence": text, "sentence_label": label, "context_label": "safe"}


def answer(question, text, accepted):
    return {"question": question, "response": text, "acceptable?": accepted, "category": []}


KOSBI = [
    sentence("옆집은 이사를 왔다.", "짐이 많았다.", "safe"),
    sentence("옆집은 이사를 왔다.", "그런 사람들은 시끄럽다.", "unsafe"),
    sentence("그는 의사다.", "병원에서 일한다.", "safe"),
    sentence("그들은 학생이다.", "그래서 게으르다.", "unsafe"),
    sentence("그들은 학생이다.", "학교에 다닌다.", "safe"),
]


def test_kosbi_rows_hold_the_label_of_the_sentence(tmp_path):
    rows = safetysets.kosbi(write(tmp_path, "kosbi_test.json", KOSBI))

    assert [row["label"] for row in rows] == [0, 1, 0, 1, 0]
    assert rows[0] == {"context": "옆집은 이사를 왔다.", "sentence": "짐이 많았다.", "label": 0}


def test_only_contexts_with_both_make_pairs_and_no_place_is_always_right(tmp_path):
    rows = safetysets.kosbi_pairs(write(tmp_path, "kosbi_test.json", KOSBI))

    assert [row["context"] for row in rows] == ["옆집은 이사를 왔다.", "그들은 학생이다."]
    assert [row["choices"][row["label"]] for row in rows] == ["짐이 많았다.", "학교에 다닌다."]
    assert [row["label"] for row in rows] == [0, 1]


def test_square_pairs_every_acceptable_answer_with_every_other(tmp_path):
    texts = [("가", 1), ("나", 1), ("다", 0), ("라", 0)]
    rows = [answer("왜?", text, accepted) for text, accepted in texts]
    path = write(tmp_path, "response_test_ood.json", [*rows, answer("언제?", "마", 1)])
    pairs = safetysets.square_pairs(path)

    assert [row["label"] for row in safetysets.square(path)] == [1, 1, 0, 0, 1]
    assert {(row["choices"][row["label"]], row["choices"][1 - row["label"]]) for row in pairs} == {
        ("가", "다"),
        ("가", "라"),
        ("나", "다"),
        ("나", "라"),
    }
    assert [row["label"] for row in pairs] == [0, 1, 0, 1]


@pytest.mark.parametrize(
    "read, row, told",
    [
        (safetysets.kosbi, sentence("가", "나", "undecided"), "sentence_label is 'undecided'"),
        (safetysets.kosbi, {"context": "가", "sentence_label": "safe"}, "no 'sentence'"),
        (safetysets.square, answer("가", "나", 2), "acceptable"),
        (safetysets.square, answer("가", None, 1), "no 'response'"),
    ],
)
def test_a_broken_object_is_told_with_its_number(tmp_path, read, row, told):
    with pytest.raises(BadRecord, match=f":1: .*{told}"):
        read(write(tmp_path, "rows.json", [row]))
