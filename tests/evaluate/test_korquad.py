"""KorQuAD in its own layout with made-up articles, its scores, and the swapped passages."""

import json

import numpy as np
import pytest

from korean_rlhf.errors import BadInput, BadRecord
from korean_rlhf.evaluate import hrm8k, korquad, metrics


def article(title, passages):
    return {
        "title": title,
        "paragraphs": [
            {
                "context": context,
                "qas": [
                    {
                        "id": f"{title}-{at}",
                        "question": question,
                        "answers": [{"text": answer, "answer_start": context.find(answer)}],
                    }
                    for at, (question, answer) in enumerate(asked)
                ],
            }
            for context, asked in passages
        ],
    }


ARTICLES = [
    article("바다", [("바다는 넓고  푸르다.", [("바다는 어떠한가?", "넓고 푸르다")])]),
    article("산", [("산은 높다. 바다보다 높고 넓고푸르다.", [("산은 어떠한가?", "높다")])]),
    article("들", [("들에는 꽃이 핀다.", [("무엇이 피는가?", "꽃"), ("어디에 피는가?", "들")])]),
]


def write(folder, articles):
    path = folder / "KorQuAD_v1.0_dev.json"
    path.write_text(json.dumps({"version": "x", "data": articles}), encoding="utf-8")
    return path


def test_one_row_a_question_with_single_blanks(tmp_path):
    rows = korquad.korquad(write(tmp_path, ARTICLES))

    assert [row["title"] for row in rows] == ["바다", "산", "들", "들"]
    assert rows[0]["context"] == "바다는 넓고 푸르다."
    assert rows[0]["answers"] == {"text": ["넓고 푸르다"]}


def test_another_layout_is_told(tmp_path):
    path = tmp_path / "dev.json"
    for content in ('{"rows": []}', "[1]", "{", '{"data": [{"title": "가"}]}'):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(BadInput, match=r"dev\.json"):
            korquad.korquad(path)


def test_the_best_reference_counts_in_every_score():
    doc = {"answers": {"text": ["세종대왕", "이도"]}}
    found = korquad.scores(doc, [" 이도 "])

    assert set(found.values()) == {1.0}
    assert korquad.scores(doc, ["세종"])["char_f1"] == pytest.approx(2 / 3)
    assert set(korquad.scores(doc, [""]).values()) == {0.0}


def test_a_swapped_passage_is_another_articles_and_holds_no_answer(tmp_path):
    path = write(tmp_path, ARTICLES)
    rows = korquad.faithfulness(path)
    titles = {row["context"]: row["title"] for row in korquad.korquad(path)}

    assert [row["label"] for row in rows] == [0, 1] * 4
    for own, swapped in zip(rows[::2], rows[1::2], strict=True):
        assert own["pair"] == swapped["pair"] and own["question"] == swapped["question"]
        assert titles[own["context"]] == own["title"]
        assert titles[swapped["context"]] != own["title"]
        assert own["answer"].replace(" ", "") not in swapped["context"].replace(" ", "")
    assert titles[rows[1]["context"]] == "들"  # the mountain's passage holds the answer, unspaced


def test_the_same_file_is_swapped_the_same_way(tmp_path):
    path = write(tmp_path, ARTICLES)

    assert korquad.faithfulness(path) == korquad.faithfulness(path)


def test_no_passage_to_swap_is_told(tmp_path):
    with pytest.raises(BadInput, match="no other article"):
        korquad.faithfulness(write(tmp_path, ARTICLES[:1]))


def faithful(rows, known, unknown):
    """The figures of a model that gives each row these log-likelihoods."""
    parts = [
        korquad.faithfulness_scores(row, [(known(row), False), (unknown(row), False)])
        for row in rows
    ]
    return {
        name: metrics.figure(name, np.array([part[name] for part in parts])) for name in parts[0]
    }


def test_who_always_does_the_same_has_half_and_who_looks_has_all(tmp_path):
    rows = korquad.faithfulness(write(tmp_path, ARTICLES))
    never = faithful(rows, lambda row: -1.0, lambda row: -99.0)
    always = faithful(rows, lambda row: -999.0, lambda row: -1.0)
    oracle = faithful(rows, lambda row: -99.0 * row["label"], lambda row: -50.0)

    assert never == {"balanced_acc": 0.5, "acc": 0.5, "answers_own": 1.0, "declines_swapped": 0.0}
    assert always == {"balanced_acc": 0.5, "acc": 0.5, "answers_own": 0.0, "declines_swapped": 1.0}
    assert set(oracle.values()) == {1.0}


def test_answers_are_compared_per_character():
    row = {"answer": "가" * 12, "label": 0}

    # -12 of twelve characters is likelier than -8 of the six of 알 수 없음.
    assert korquad.faithfulness_scores(row, [(-12.0, False), (-8.0, False)])["answers_own"][0] == 1


@pytest.mark.parametrize(
    "gold, answer, right, failed",
    [
        ("18", "3 + 15 = 18\n정답은 18개입니다.", 1, 0),
        ("18.0", "\\boxed{18}", 1, 0),
        ("0.5", "\\boxed{\\frac{1}{2}}", 1, 0),
        ("35000", "정답은 3만 5천 원입니다.", 1, 0),
        ("18", "정답은 19입니다.", 0, 0),
        ("18", "모르겠습니다.", 0, 1),
        ("18", "정답은 18 또는 19입니다.", 0, 1),
        ("2\\sqrt{3}", "\\boxed{2 \\sqrt{3}}", 1, 0),
        ("2\\sqrt{3}", "정답은 2입니다.", 0, 1),
    ],
)
def test_hrm8k_compares_numbers(gold, answer, right, failed):
    found = hrm8k.scores({"answer": gold}, [answer])

    assert found == {"exact_match": right, "extract_failed": failed}


def test_hrm8k_reads_every_file_of_its_folder(tmp_path):
    (tmp_path / "gsm8k_test.csv").write_text("question,answer,original\n둘?,2,two?\n", "utf-8")
    (tmp_path / "MMMLU_test.csv").write_text('question,answer\n"하나,\n둘?",1\n', "utf-8")

    assert hrm8k.hrm8k(tmp_path) == [
        {"part": "MMMLU", "question": "하나,\n둘?", "answer": "1"},
        {"part": "GSM8K", "question": "둘?", "answer": "2"},
    ]


def test_hrm8k_tells_an_empty_folder_and_a_short_row(tmp_path):
    with pytest.raises(BadInput, match="no file"):
        hrm8k.hrm8k(tmp_path)
    (tmp_path / "ksm_test.csv").write_text("question,answer\n셋?\n", "utf-8")
    with pytest.raises(BadRecord, match=":2:"):
        hrm8k.hrm8k(tmp_path)
