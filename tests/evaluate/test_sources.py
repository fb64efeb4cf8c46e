import json

import pytest

from korean_rlhf.errors import BadInput, BadRecord
from korean_rlhf.evaluate import benchmarks, prose
from korean_rlhf.evaluate.available import check_data
from korean_rlhf.evaluate.sources import DataOptions, NoData, locate, rows, thin


def test_labels_are_read_in_every_spelling(tmp_path):
    path = tmp_path / "test.tsv"
    spelled = ["TRUE", "True", "true ", "FALSE", "False"]
    lines = [f"{at}\t글\t질문?\t{label}" for at, label in enumerate(spelled)]
    path.write_text("ID\tText\tQuestion\tAnswer\n" + "\n".join(lines), encoding="utf-8")

    assert [row["label"] for row in benchmarks.boolq(path)] == [1, 1, 1, 0, 0]


def test_an_unknown_label_is_an_error_with_its_line(tmp_path):
    path = tmp_path / "test.tsv"
    path.write_text(
        "ID\tText\tQuestion\tAnswer\n1\t글\t질문?\tTRUE\n2\t글\t질문?\t맞음\n", encoding="utf-8"
    )
    with pytest.raises(BadRecord, match=r"test\.tsv:3: Answer is '맞음'"):
        benchmarks.boolq(path)


def test_another_file_under_the_name_is_told(tmp_path):
    path = tmp_path / "test.tsv"
    path.write_text("a\tb\n1\t2\n", encoding="utf-8")
    with pytest.raises(BadInput, match="no column 'sentence'"):
        benchmarks.copa(path)


def test_a_file_in_another_encoding_is_told(tmp_path):
    path = tmp_path / "test.tsv"
    path.write_bytes("ID\tText\tQuestion\tAnswer\n1\t글\t질문\tTRUE\n".encode("cp949"))
    with pytest.raises(BadInput, match="not UTF-8"):
        benchmarks.boolq(path)


def test_text_is_brought_to_nfc(tmp_path):
    path = tmp_path / "dev.json"
    decomposed = "\u1100\u1161"
    path.write_text(
        json.dumps([{"premise": decomposed, "hypothesis": "나", "gold_label": "neutral"}]),
        encoding="utf-8",
    )

    assert benchmarks.klue_nli(path)[0]["premise"] == "가"


def test_quotes_are_letters_where_the_set_does_not_quote(tmp_path):
    path = tmp_path / "test.tsv"
    path.write_text('sentence1\tsentence2\tgold_label\n"가\t나"\tneutral\n', encoding="utf-8")

    assert benchmarks.kornli(path) == [{"premise": '"가', "hypothesis": '나"', "label": 1}]


@pytest.mark.parametrize("answer", [4, "1", None])
def test_a_choice_without_a_right_answer_is_refused(tmp_path, answer):
    path = tmp_path / "choices.jsonl"
    row = {"id": "1", "question": "누구?", "choices": ["가", "나", "다", "라"], "answer": answer}
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(BadRecord, match=":1:"):
        benchmarks.sample_choices(path)


def test_missing_data_say_where_to_get_them(tmp_path):
    with pytest.raises(NoData, match=r"KoBEST_datarepo.*--hub"):
        locate("kobest_copa", DataOptions(data=str(tmp_path)))


def kosbi_row(at, label="safe"):
    return {"context": f"상황 {at}", "sentence": f"문장 {at}", "sentence_label": label}


@pytest.mark.parametrize(
    ("name", "file", "text"),
    [
        ("nsmc", "ratings_test.txt", "id\tdocument\tlabel\n"),
        ("klue_nli", "klue-nli-v1.1_dev.json", "[]"),
        ("korquad", "KorQuAD_v1.0_dev.json", '{"data": []}'),
        ("faithfulness", "KorQuAD_v1.0_dev.json", '{"data": []}'),
        ("kosbi_pairs", "kosbi_test.json", json.dumps([kosbi_row(1), kosbi_row(2, "unsafe")])),
    ],
)
def test_a_file_without_an_item_is_told(tmp_path, name, file, text):
    (tmp_path / file).write_text(text, encoding="utf-8")
    options = DataOptions(data=str(tmp_path))
    with pytest.raises(BadInput, match=rf"{file}: no item of {name} in it"):
        rows(name, options)

    (told,) = check_data(f"ko_{name.replace('pairs', 'preference')}", options)
    assert not told.there and "no item" in told.note


def test_the_layout_of_the_original_repository_is_found_too(tmp_path, benchmarks):
    (tmp_path / "v1.0").mkdir()
    (tmp_path / "v1.0" / "COPA").symlink_to(benchmarks / "kobest" / "COPA")
    here = locate("kobest_copa", DataOptions(data=str(tmp_path)))

    assert here.digest == locate("kobest_copa", DataOptions(data=str(benchmarks))).digest


def test_fewer_items_are_always_the_same_ones_in_order():
    numbers = list(range(100))

    assert thin(numbers, 10) == thin(numbers, 10) == sorted(thin(numbers, 10))
    assert len(thin(numbers, 10)) == 10
    assert thin(numbers, 0) == thin(numbers, 500) == numbers


def test_pieces_lose_no_text(benchmarks):
    text = (benchmarks / "heldout.txt").read_text(encoding="utf-8")
    pieces = prose.read_pieces(benchmarks / "heldout.txt")

    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(len(piece) < 2 * prose.PIECE_CHARACTERS for piece in pieces)


def test_a_single_block_of_lines_is_cut_between_lines():
    pieces = prose.split("\n".join(["가" * 300] * 10), characters=1000)

    assert [len(piece) for piece in pieces] == [902, 902, 902, 300]


def test_text_is_spread_over_the_whole(benchmarks):
    options = DataOptions(data=str(benchmarks), text_bytes=3000)
    every = [row["text"] for row in rows("prose", DataOptions(data=str(benchmarks)))]
    some = [row["text"] for row in rows("prose", options)]

    assert 0 < sum(len(text.encode()) for text in some) <= 6000
    assert [every.index(text) for text in some] == sorted(every.index(text) for text in some)


def test_the_number_of_items_thins_no_text(benchmarks):
    whole = rows("prose", DataOptions(data=str(benchmarks)))

    assert len(whole) > 3
    assert rows("prose", DataOptions(data=str(benchmarks), items=3)) == whole
    assert len(rows("kobest_copa", DataOptions(data=str(benchmarks), items=3))) == 3


def test_an_empty_text_is_told(tmp_path):
    (tmp_path / "heldout.txt").write_text("\n \n")
    with pytest.raises(BadInput, match="no text"):
        prose.read_pieces(tmp_path / "heldout.txt")
