"""Readers of evaluation sets: rows as the tasks ask them, and what is wrong with file and line."""

import json
import unicodedata

import pytest

from korean_rlhf.errors import BadInput, BadRecord
from korean_rlhf.evaluate import benchmarks
from korean_rlhf.evaluate.catalogue import SOURCES
from korean_rlhf.evaluate.sources import DataOptions, locate, rows, shot_rows
from tests.evaluate.made_up import write_all


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    return write_all(tmp_path_factory.mktemp("sets"))


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


SIZES = {
    "klue_sts": 40,
    "klue_ynat": 40,
    "korsts": 40,
    "nsmc": 40,
    "kmmlu": 40,
    "haerae": 60,
    "click": 38,
    "belebele": 40,
    "kocommongen": 40,
}


@pytest.mark.parametrize("name", SIZES)
def test_the_original_layout_is_read_whole(sets, name):
    found = rows(name, DataOptions(data=str(sets)))

    assert len(found) == SIZES[name]
    assert all(isinstance(row["label"], int) for row in found)
    assert len({tuple(row) for row in found}) == 1, "the same columns in every row"


@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if source.shots])
def test_the_other_split_is_read_as_the_asked_one(sets, name):
    options = DataOptions(data=str(sets))

    assert {tuple(row) for row in shot_rows(name, options)} == {
        tuple(row) for row in rows(name, options)
    }


def test_text_is_nfc_in_every_set(sets, tmp_path):
    for path in sets.rglob("*"):
        if path.is_file():
            text = unicodedata.normalize("NFD", path.read_text(encoding="utf-8"))
            for name in ("IT과학", "경제", "사회", "생활문화", "세계", "스포츠", "정치"):
                text = text.replace(unicodedata.normalize("NFD", name), name)
            for name in ("원인", "결과"):
                text = text.replace(unicodedata.normalize("NFD", name), name)
            write(tmp_path / path.relative_to(sets), text)
    for name in SIZES:
        plain = rows(name, DataOptions(data=str(sets)))
        assert rows(name, DataOptions(data=str(tmp_path))) == plain


def test_the_score_of_klue_sts_is_the_mean_of_people_not_its_rounded_form(tmp_path):
    labels = {"label": 4.9, "real-label": 4.857, "binary-label": 1}
    row = {"sentence1": "가", "sentence2": "나", "labels": labels}
    path = write(tmp_path / "dev.json", [row])

    assert benchmarks.klue_sts(path) == [
        {"sentence1": "가", "sentence2": "나", "score": 4.857, "label": 1}
    ]


@pytest.mark.parametrize("score", ["5.1", "-1", "nan", "", "높음"])
def test_a_score_out_of_range_is_told_with_its_line(tmp_path, score):
    head = "genre\tscore\tsentence1\tsentence2\n"
    path = write(tmp_path / "sts-test.tsv", head + f"a\t3.0\t가\t나\na\t{score}\t가\t나\n")
    with pytest.raises(BadRecord, match=r"sts-test\.tsv:3: score is .* from 0 to 5"):
        benchmarks.korsts(path)


def test_korsts_calls_alike_what_people_give_three(tmp_path):
    head = "score\tsentence1\tsentence2\n"
    path = write(tmp_path / "t.tsv", head + '2.999\t"가\t나\n3\t가\t나\n')

    assert [(row["label"], row["sentence1"]) for row in benchmarks.korsts(path)] == [
        (0, '"가'),
        (1, "가"),
    ]


@pytest.mark.parametrize(("label", "number"), [("IT과학", 0), ("정치", 6), (2, 2), ("3", 3)])
def test_a_topic_is_a_name_in_the_file_and_a_number_on_the_hub(label, number):
    row = benchmarks.klue_ynat_row("ynat", 1, {"title": "제목", "label": label})

    assert row == {"title": "제목", "label": number}


def test_an_unknown_topic_is_told(tmp_path):
    path = write(tmp_path / "dev.json", [{"title": "제목", "label": "연예"}])
    with pytest.raises(BadRecord, match=r"dev\.json:1: label is '연예'"):
        benchmarks.klue_ynat(path)


def test_an_empty_review_stays_and_its_quotes_are_letters(tmp_path):
    path = write(tmp_path / "r.txt", 'id\tdocument\tlabel\n1\t\t0\n2\t"굿\t1\n')

    assert benchmarks.nsmc(path) == [
        {"document": "", "label": 0},
        {"document": '"굿', "label": 1},
    ]


HEAD = "question,answer,A,B,C,D,Category,Human Accuracy\n"


def test_kmmlu_knows_the_subject_by_the_file_and_reads_only_its_split(tmp_path):
    write(tmp_path / "Criminal-Law-test.csv", HEAD + '"물음, 둘째",2,가,나,,라,법,0.5\n')
    write(tmp_path / "Criminal-Law-dev.csv", HEAD + "보기,1,가,나,다,라,법,0.5\n")

    assert benchmarks.kmmlu(tmp_path) == [
        {
            "subject": "Criminal-Law",
            "question": "물음, 둘째",
            "choices": ["가", "나", "(빈칸)", "라"],
            "label": 1,
        }
    ]
    assert [row["question"] for row in benchmarks.kmmlu_shots(tmp_path)] == ["보기"]


def test_an_answer_beyond_the_choices_is_told(tmp_path):
    write(tmp_path / "Law-test.csv", HEAD + "물음,5,가,나,다,라,법,0.5\n")
    with pytest.raises(BadRecord, match=r"Law-test\.csv:2: answer is '5'"):
        benchmarks.kmmlu(tmp_path)


def test_a_folder_without_the_files_is_told(tmp_path):
    with pytest.raises(BadInput, match=r"no file \*-test\.csv"):
        benchmarks.kmmlu(tmp_path)


def test_two_files_of_one_part_are_told(sets, tmp_path):
    for path in (sets / "haerae").iterdir():
        write(tmp_path / path.name, path.read_text(encoding="utf-8"))
    write(tmp_path / "history_test.csv", "query,answer\n물음,(A)\n")
    with pytest.raises(BadInput, match="keep one file for history"):
        benchmarks.haerae(tmp_path)


def exam(**changes):
    problem = {"question": "물음", "choices": [" 가 나", "다 ", "라", "마"], "answer": "가나 "}
    return {"id": "TK_1", "paragraph": None, "problems": [problem | changes]}


def test_an_answer_of_click_is_found_without_its_blanks(tmp_path):
    write(tmp_path / "a.json", [exam(), exam(choices=["가", "나", "다", "라", "마"], answer="마")])
    first, second = benchmarks.click(tmp_path)

    assert (first["label"], first["choices"]) == (0, ["가 나", "다", "라", "마"])
    assert (second["label"], len(second["choices"])) == (4, 5), "no choice is cut"
    assert first["passage"] == second["passage"], "one exam is one cluster"


def test_both_shapes_of_clicks_files_lead_to_the_same_row(tmp_path):
    nested = exam()
    flat = {"id": nested["id"], "paragraph": "", **nested["problems"][0]}
    write(tmp_path / "nested.json", [nested])
    write(tmp_path / "one" / "flat.json", [flat])
    first, second = benchmarks.click(tmp_path)

    assert first == second


def test_problems_on_one_paragraph_share_a_cluster(tmp_path):
    write(tmp_path / "a.json", [exam() | {"paragraph": "글"}])
    write(tmp_path / "b.json", [exam() | {"paragraph": "글", "id": "TK_2"}, exam()])
    first, second, third = benchmarks.click(tmp_path)

    assert first["passage"] == second["passage"] != third["passage"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"answer": "바"}, "the answer '바' is no choice"),
        ({"choices": ["가나"]}, "1 choices, not 2 to 5"),
        ({"choices": None}, "no 'choices'"),
    ],
)
def test_a_broken_problem_of_click_is_told(tmp_path, changes, why):
    write(tmp_path / "a.json", [exam(), exam(**changes)])
    with pytest.raises(BadRecord, match=rf"a\.json:2: .*{why}"):
        benchmarks.click(tmp_path)


def test_rows_of_the_hub_are_those_of_the_file(sets):
    exams = json.loads((sets / "click/Dataset/Language/Textual/Textual_CSAT.json").read_text())
    flat = {"id": "CSAT_0", "paragraph": exams[0]["paragraph"], **exams[0]["problems"][0]}
    line = (sets / "belebele" / "kor_Hang.jsonl").read_text(encoding="utf-8").splitlines()[0]
    options = DataOptions(data=str(sets))

    assert SOURCES["click"].from_hub("hub", 1, flat) in rows("click", options)
    assert SOURCES["belebele"].from_hub("hub", 1, json.loads(line)) == rows("belebele", options)[0]


def test_the_parts_of_a_set_are_fetched_one_after_the_other(monkeypatch):
    asked = []

    def load_dataset(name, config, split):
        asked.append((name, config, split))
        row = {"question": f"{config}?", "answer": 3, "A": "가", "B": "나", "C": "다", "D": None}
        return [row, row | {"answer": 1}]

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    found = rows("kmmlu", DataOptions(hub=True))
    drawn = shot_rows("kmmlu", DataOptions(hub=True))

    assert asked[:2] == [
        ("HAERAE-HUB/KMMLU", "Accounting", "test"),
        ("HAERAE-HUB/KMMLU", "Agricultural-Sciences", "test"),
    ]
    assert asked[45] == ("HAERAE-HUB/KMMLU", "Accounting", "dev")
    assert len(found) == len(drawn) == 90
    assert found[0] == {
        "subject": "Accounting",
        "question": "Accounting?",
        "choices": ["가", "나", "다", "(빈칸)"],
        "label": 2,
    }


def test_a_row_of_the_hub_that_is_broken_is_told_with_its_number(monkeypatch):
    good = {"title": "제목", "label": 3}
    monkeypatch.setattr(
        "datasets.load_dataset", lambda *a, **k: [good, {"title": "제목", "label": 7}]
    )
    with pytest.raises(BadRecord, match=r"klue/klue:2: label is '7'"):
        rows("klue_ynat", DataOptions(hub=True))


@pytest.mark.parametrize("content", ['{"a": 1}', "[1]", "[{}]", "nichts"])
def test_what_is_no_array_of_rows_is_told(tmp_path, content):
    path = write(tmp_path / "dev.json", content)
    with pytest.raises(BadInput, match=r"dev\.json"):
        benchmarks.klue_ynat(path)


def test_a_passage_without_its_last_choice_is_told(sets, tmp_path):
    line = (sets / "belebele" / "kor_Hang.jsonl").read_text(encoding="utf-8").splitlines()[0]
    row = json.loads(line)
    del row["mc_answer4"]
    path = write(tmp_path / "kor_Hang.jsonl", row)
    with pytest.raises(BadRecord, match=r"kor_Hang\.jsonl:1: no 'mc_answer4'"):
        benchmarks.belebele(path)


def test_the_names_of_both_copies_of_ynat_are_found(sets, tmp_path):
    content = (sets / "klue" / "ynat-v1.1_dev.json").read_text(encoding="utf-8")
    write(tmp_path / "klue" / "klue-ynat-v1.1_dev.json", content)

    assert locate("klue_ynat", DataOptions(data=str(tmp_path))).path is not None


def test_kmmlu_has_its_45_subjects():
    names = benchmarks.KMMLU_SUBJECTS

    assert len(set(names)) == len(names) == 45
    assert not [name for name in names if name != name.strip("-")]
