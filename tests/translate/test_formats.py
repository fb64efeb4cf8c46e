"""Every format of sets that is read, by small samples of its published shape."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf import tables
from korean_rlhf.errors import BadRecord, SettingsError
from korean_rlhf.records import Comparison, Instruction
from korean_rlhf.settings.reading import ReadSettings
from korean_rlhf.translate.reading import FORMATS, Context, Unread, detect, read_records
from korean_rlhf.translate.reading.preferences import ranks_of, transcript

DROP = ReadSettings(bad_rows="drop")


def write(folder: Path, *rows: Any, name: str = "set.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def one(folder: Path, row: Any, **settings: Any) -> Any:
    (found,) = read_records([write(folder, row)], ReadSettings(**settings), Context("MIT"))
    return found


def said(record: Any) -> list[tuple[str, str]]:
    return [(message.role[0], message.content) for message in record.messages]


SAYS = {"role": "user", "content": "Hi"}
ANSWERS = {"role": "assistant", "content": "Yo"}


@pytest.mark.parametrize(
    ("row", "name", "messages"),
    [
        ({"messages": [SAYS, ANSWERS]}, "messages", [("u", "Hi"), ("a", "Yo")]),
        ({"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Yo"}],
          "system": "Be kind."}, "sharegpt", [("s", "Be kind."), ("u", "Hi"), ("a", "Yo")]),
        ({"conversations": ["Hi", "Yo"]}, "sharegpt", [("u", "Hi"), ("a", "Yo")]),
        ({"conversation": [SAYS, ANSWERS, SAYS, ANSWERS]}, "sharegpt",
         [("u", "Hi"), ("a", "Yo"), ("u", "Hi"), ("a", "Yo")]),
        ({"instruction": "Add.", "instances": [{"input": "1 2", "output": "3"}]}, "self-instruct",
         [("u", "Add.\n\n1 2"), ("a", "3")]),
        ({"instruction": "Add.", "input": "", "output": "3"}, "alpaca",
         [("u", "Add."), ("a", "3")]),
        ({"instruction": "Add.", "input": "3 4", "output": "7", "history": [["1 2", "3"]]},
         "alpaca", [("u", "1 2"), ("a", "3"), ("u", "Add.\n\n3 4"), ("a", "7")]),
        ({"instruction": "Who?", "context": "Bo ran.", "response": "Bo", "category": "qa"}, "dolly",
         [("u", "Who?\n\nBo ran."), ("a", "Bo")]),
        ({"system_prompt": "Be brief.", "question": "Who?", "response": "Bo"}, "pair",
         [("s", "Be brief."), ("u", "Who?"), ("a", "Bo")]),
        ({"Q": "Who?", "A": "Bo"}, "pair", [("u", "Who?"), ("a", "Bo")]),
    ],
)  # fmt: skip
def test_instruction_sets(tmp_path: Path, row: Any, name: str, messages: Any):
    assert detect(row) == name
    for format in ("auto", name):
        found = one(tmp_path, row, format=format)

        assert isinstance(found, Instruction)
        assert said(found) == messages
        assert (found.id, found.source, found.license) == ("set:1", "set", "MIT")


HUMAN = "\n\nHuman: Which tea?\n\nAssistant: Green or black?\n\nHuman: You choose."
PAIR = [("u", "Which tea?"), ("a", "Green or black?"), ("u", "You choose.")]


@pytest.mark.parametrize(
    ("row", "name", "messages"),
    [
        ({"prompt": "Hi", "chosen": "Yo", "rejected": "No"}, "preference", [("u", "Hi")]),
        ({"prompt": [SAYS], "chosen": [ANSWERS], "rejected": [{**ANSWERS, "content": "No"}]},
         "preference", [("u", "Hi")]),
        ({"prompt": "Hi", "chosen": [SAYS, ANSWERS],
          "rejected": [SAYS, {**ANSWERS, "content": "No"}]}, "preference", [("u", "Hi")]),
        ({"prompt": "Hi", "messages": [SAYS, ANSWERS], "chosen": [SAYS, ANSWERS],
          "rejected": [SAYS, {**ANSWERS, "content": "No"}], "score_chosen": 7.0,
          "score_rejected": 2.0}, "preference", [("u", "Hi")]),
        ({"prompt": HUMAN + "\n\nAssistant: ", "answers": [{"answer": "Yo", "rank": 1.0},
                                                         {"answer": "No", "rank": 2.0}]},
         "ranked", PAIR),
        ({"chosen": [SAYS, ANSWERS], "rejected": [SAYS, {**ANSWERS, "content": "No"}]},
         "preference", [("u", "Hi")]),
        ({"system": "Be kind.", "question": "Hi", "chosen": "Yo", "rejected": "No"}, "preference",
         [("s", "Be kind."), ("u", "Hi")]),
        ({"conversations": [{"from": "human", "value": "Hi"}],
          "chosen": {"from": "gpt", "value": "Yo"}, "rejected": {"from": "gpt", "value": "No"}},
         "preference", [("u", "Hi")]),
        ({"prompt": HUMAN + "\n\nAssistant:", "chosen": " Yo", "rejected": " No"}, "preference",
         PAIR),
        ({"chosen": HUMAN + "\n\nAssistant: Yo", "rejected": HUMAN + "\n\nAssistant: No"}, "hh",
         PAIR),
        ({"prompt": "Hi", "responses": ["No", "Yo"], "ranks": [2, 1]}, "ranked", [("u", "Hi")]),
        ({"instruction": "Hi", "completions": [{"response": "No", "overall_score": 1.5},
                                               {"response": "Yo", "overall_score": 8}]},
         "ranked", [("u", "Hi")]),
        ({"messages": [SAYS], "responses": ["No", "Yo"], "scores": [0.1, 0.9]}, "ranked",
         [("u", "Hi")]),
    ],
)  # fmt: skip
def test_preference_sets(tmp_path: Path, row: Any, name: str, messages: Any):
    assert detect(row) == name
    found = one(tmp_path, row)

    assert isinstance(found, Comparison)
    assert said(found) == messages
    assert sorted(zip(found.ranks, found.responses, strict=True)) == [(1, "Yo"), (2, "No")]
    assert (found.id, found.source, found.license) == ("set:1", "set", "MIT")


def test_scores_of_both_sides_are_kept_where_they_agree(tmp_path: Path):
    row = {"prompt": "Hi", "chosen": "Yo", "rejected": "No", "score_chosen": 8, "score_rejected": 3}

    assert one(tmp_path, row).scores == (8.0, 3.0)
    assert one(tmp_path, {**row, "score_chosen": 1}).scores == ()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"chosen": HUMAN + "\n\nAssistant: Yo", "rejected": "\n\nHuman: A\n\nAssistant: No"},
         "part before their last answer"),
        ({"chosen": HUMAN + "\n\nAssistant: ", "rejected": HUMAN + "\n\nAssistant: No"}, "empty"),
        ({"chosen": HUMAN + "\n\nAssistant: No", "rejected": HUMAN + "\n\nAssistant: No"}, "equal"),
        ({"chosen": HUMAN, "rejected": HUMAN + " Now."}, "must end with the assistant's"),
        ({"chosen": "Yo", "rejected": "No"}, "it has no prompt"),
        ({"prompt": "Hi", "responses": ["Yo", "No"]}, "neither ranks nor scores"),
        ({"prompt": "Hi", "responses": ["Yo", ""], "ranks": [1, 2]}, "no text or empty"),
        ({"prompt": "Hi", "responses": list("abcdefghij"), "scores": [1] * 10}, "2 to 9"),
        ({"prompt": "Hi", "chosen": [{"from": "tool", "value": "x"}], "rejected": "No"}, "'tool'"),
        ({"conversations": [{"from": "human", "value": "Hi"}]}, "no answer to a user's"),
        ({"conversations": []}, "at least one message"),
        ({"instruction": "Do.", "instances": []}, "nobody answers"),
        ({"prompt": {"text": "Hi", "role": "prompter", "replies": []}}, "message_id"),
    ],
)  # fmt: skip
def test_a_row_that_is_none_is_named_with_file_and_line(tmp_path: Path, row: Any, says: str):
    path = write(tmp_path, row)

    with pytest.raises(BadRecord, match=rf"set\.jsonl:1: .*{says}"):
        list(read_records([path]))
    (left,) = read_records([path], DROP)
    assert isinstance(left, Unread)
    assert (left.file, left.number, left.content) == (path, 1, row)


def test_what_was_never_answered_is_left_out_and_counted(tmp_path: Path):
    turns = [("human", "Hi"), ("gpt", "Yo"), ("human", "And?")]
    row = {"conversations": [{"from": who, "value": text} for who, text in turns]}
    context = Context()

    (found,) = read_records([write(tmp_path, row)], context=context)

    assert said(found) == [("u", "Hi"), ("a", "Yo")]
    assert context.notes == {"unanswered-last-turns": 1}


def test_a_format_by_name_wins_over_the_look_of_the_first_row(tmp_path: Path):
    row = {"instruction": "Hi", "input": "", "output": "", "response": "Yo"}

    with pytest.raises(BadRecord, match="under any of output"):
        one(tmp_path, row)
    assert said(one(tmp_path, row, format="dolly")) == [("u", "Hi"), ("a", "Yo")]


def test_every_format_of_the_settings_is_one():
    names = get_args(get_type_hints(ReadSettings)["format"])

    assert set(names) == {"auto", *FORMATS}


def test_columns_get_their_names_by_flags(tmp_path: Path):
    path = tmp_path / "set.csv"
    path.write_text("질문,답,비고\n뭐예요?,차예요.,x\n", encoding="utf-8")
    fields = ReadSettings(fields=("instruction=질문", "output=답"))

    (found,) = read_records([path], fields)

    assert said(found) == [("u", "뭐예요?"), ("a", "차예요.")]
    assert found.id == "set:2"


def test_a_column_may_stand_in_an_object(tmp_path: Path):
    row = {"id": "q7", "data": {"ask": "Hi", "good": "Yo", "bad": "No"}, "prompt": "never read"}
    fields = ("prompt=data.ask", "chosen=data.good", "rejected=data.bad")

    found = one(tmp_path, row, fields=fields)

    assert (found.id, said(found), found.responses) == ("q7", [("u", "Hi")], ("Yo", "No"))


def test_a_missing_column_and_a_wrong_name_are_errors(tmp_path: Path):
    with pytest.raises(BadRecord, match=r"set\.jsonl:1: it has no column '답' .*: question"):
        one(tmp_path, {"question": "Hi"}, fields=("instruction=question", "output=답"))
    with pytest.raises(SettingsError, match="name=column"):
        ReadSettings(fields=("답=output",))


def test_tsv_arrays_and_compressed_lines_are_read(tmp_path: Path):
    row = {"instruction": "Hi", "output": "Yo"}
    (tmp_path / "a.tsv").write_text("instruction\toutput\nHi\tYo\n")
    (tmp_path / "b.json").write_text(json.dumps([row]))
    with gzip.open(tmp_path / "c.jsonl.gz", "wt") as file:
        file.write(json.dumps(row) + "\n")
    with gzip.open(tmp_path / "d.json.gz", "wt") as file:
        file.write(json.dumps([row]))

    for path in sorted(tmp_path.iterdir()):
        (found,) = read_records([path])
        assert said(found) == [("u", "Hi"), ("a", "Yo")]


def test_torn_lines_are_dropped_by_choice_and_the_rest_is_read(tmp_path: Path):
    path = tmp_path / "set.jsonl"
    good = json.dumps({"instruction": "Hi", "output": "Yo"})
    path.write_text(f'{{"torn\n{good}\n[1]\n{good}\n"x"\n')

    with pytest.raises(BadRecord, match=r"set\.jsonl:1: torn or wrong JSON"):
        list(read_records([path]))
    found = list(read_records([path], DROP))

    assert [(each.number, each.content) for each in found if isinstance(each, Unread)] == [
        (1, '{"torn\n'), (3, [1]), (5, "x"),
    ]  # fmt: skip
    assert sum(isinstance(each, Instruction) for each in found) == 2


def test_one_kind_of_records_is_taken_by_choice(tmp_path: Path):
    path = write(tmp_path, {"prompt": "Hi", "chosen": "Yo", "rejected": "No"})
    context = Context()

    assert list(read_records([path], ReadSettings(records="instructions"), context)) == []
    assert context.notes == {"of-the-other-kind": 1}


def test_rows_are_read_only_as_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    drawn = []

    def endless(path: Path, skip: Any = None):
        number = 0
        while True:
            number += 1
            drawn.append(number)
            yield number, {"instruction": "Hi", "output": "Yo"}

    monkeypatch.setattr(tables, "rows", endless)
    stream = read_records([write(tmp_path, {})])

    assert [next(stream).id for _ in range(3)] == ["set:1", "set:2", "set:3"]
    assert len(drawn) <= 4


def test_an_array_in_one_line_is_not_read_as_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "set.json"
    path.write_text(json.dumps([{"instruction": "Hi", "output": "Yo"}] * 3))

    def forbidden(path: Path):
        raise AssertionError("the whole line was read")

    monkeypatch.setattr("korean_rlhf.tables.plain.numbered_lines", forbidden)

    assert len(list(read_records([path]))) == 3


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40).map(str.strip)
turns = words.filter(lambda text: text and "Human:" not in text and "Assistant:" not in text)


@given(st.lists(turns, min_size=1, max_size=6))
def test_transcripts_are_told_apart_again(texts: list[str]):
    names = ("Human", "Assistant")
    text = "".join(f"\n\n{names[at % 2]}: {words}" for at, words in enumerate(texts))

    assert [turn.content for turn in transcript(text)] == texts


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=9))
def test_ranks_order_as_scores_do(scores: list[float]):
    ranks = ranks_of(scores)

    for one_score, one_rank in zip(scores, ranks, strict=True):
        assert one_rank == 1 + len({other for other in scores if other > one_score})
