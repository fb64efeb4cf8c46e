"""Preference sets through the whole stage, and what is left out or rebuilt on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf import tables
from korean_rlhf.cli import translate as command
from korean_rlhf.endpoint import client
from korean_rlhf.errors import BadRecord, OtherRun
from korean_rlhf.records import Comparison, Instruction, Message
from korean_rlhf.settings.reading import ReadSettings
from korean_rlhf.settings.select import SelectSettings
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.plan import TranslationPlan
from korean_rlhf.translate.preferences import equal_responses, length_order
from korean_rlhf.translate.run import translate
from tests.translate.chatserver import chat_server, rows_reply

SETTINGS = TranslateSettings(model="m", retries=0)
KOREAN = {
    "Which tea is good at night?": "밤에는 어떤 차가 좋아요?",
    "Barley tea is good.": "보리차가 좋아요.",
    "Strong coffee keeps you warm.": "진한 커피가 몸을 데워 줘요.",
    "Drink water.": "물을 드세요.",
    "Have some water.": "물을 드세요.",
    "Name a bird.": "새 하나를 말해 주세요.",
    "The magpie.": "까치예요.",
    "A magpie is a bird.": "까치는 새예요.",
    "What is the weather like in spring?": "봄에는 날씨가 어때요?",
    "It is mild and windy in spring.": "It is mild and windy in spring.",
    "It rains a little.": "비가 조금 와요.",
}


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FIRST_WAIT", 0.001)


def write(folder: Path, *rows: Any, name: str = "set.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def run(path: Path, answer: Any = None, **settings: Any) -> Path:
    out = path.parent / "out"
    reading = ReadSettings(**settings.pop("reading", {}))
    selecting = SelectSettings(**settings.pop("selecting", {}))
    with chat_server(answer or (lambda system, user: rows_reply(KOREAN, user))) as endpoint:
        plan = TranslationPlan(
            settings=SETTINGS, server=endpoint, reading=reading, selecting=selecting
        )
        translate([path], out, plan)
    return out


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def manifest(out: Path) -> dict[str, Any]:
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))


TEA = {
    "id": "tea",
    "prompt": "Which tea is good at night?",
    "chosen": "Barley tea is good.",
    "rejected": "Strong coffee keeps you warm.",
}


def test_a_pair_is_translated_on_both_sides(tmp_path: Path):
    out = run(write(tmp_path, {**TEA, "source": "own", "license": "MIT"}))

    (found,) = tables.read(out, Comparison)
    assert found.messages == (Message(role="user", content="밤에는 어떤 차가 좋아요?"),)
    assert found.responses == ("보리차가 좋아요.", "진한 커피가 몸을 데워 줘요.")
    assert (found.ranks, found.id, found.license) == ((1, 2), "tea", "MIT")
    assert found.source == "own + openai:m"
    assert manifest(out)["length_order"] == {"changed": 0, "pairs": 1}
    assert manifest(out)["formats"] == {"set.jsonl": "preference"}
    assert not (out / "instructions.jsonl").exists()


def test_all_of_k_answers_keep_their_ranks(tmp_path: Path):
    row = {
        "prompt": "Name a bird.",
        "responses": ["It rains a little.", "A magpie is a bird.", "The magpie."],
        "ranks": [3, 1, 1],
    }
    out = run(write(tmp_path, row))

    (found,) = tables.read(out, Comparison)
    assert found.responses == ("비가 조금 와요.", "까치는 새예요.", "까치예요.")
    assert found.ranks == (3, 1, 1)
    assert manifest(out)["length_order"] == {"changed": 1, "pairs": 2}


def test_one_faulty_side_takes_the_whole_record_away(tmp_path: Path):
    row = {
        "prompt": "What is the weather like in spring?",
        "chosen": "It is mild and windy in spring.",
        "rejected": "It rains a little.",
    }
    out = run(write(tmp_path, TEA, row))

    (dropped,) = lines(out / "dropped.jsonl")
    assert dropped["reason"] == "not-korean"
    assert dropped["detail"].startswith("response 0: ")
    assert dropped["responses"] == [row["chosen"], row["rejected"]]
    assert dropped["translations"][2] == "비가 조금 와요."
    assert manifest(out)["counts"] == {"in": 2, "out": 1, "dropped": {"not-korean": 1}}


def test_answers_that_became_one_say_nothing(tmp_path: Path):
    row = {**TEA, "chosen": "Drink water.", "rejected": "Have some water."}
    out = run(write(tmp_path, row))

    (dropped,) = lines(out / "dropped.jsonl")
    assert dropped["reason"] == "chosen-equals-rejected"
    assert dropped["translations"] == ["밤에는 어떤 차가 좋아요?", "물을 드세요.", "물을 드세요."]
    assert (out / "comparisons.jsonl").read_text() == ""


def test_both_kinds_of_one_tree_stand_side_by_side(tmp_path: Path):
    texts = [("A magpie is a bird.", 1), ("The magpie.", 0)]
    replies = [
        {"message_id": f"a{rank}", "role": "assistant", "text": text, "rank": rank}
        for text, rank in texts
    ]
    root = {"message_id": "r", "role": "prompter", "text": "Name a bird.", "replies": replies}
    out = run(write(tmp_path, {"prompt": root}))

    (dialogue,) = tables.read(out, Instruction)
    (comparison,) = tables.read(out, Comparison)
    assert dialogue.messages[-1].content == comparison.responses[0] == "까치예요."
    assert manifest(out)["counts"]["out"] == 2


def test_a_bad_row_stops_before_anything_is_asked(tmp_path: Path):
    path = write(tmp_path, TEA, {"prompt": "?"})

    def never(system: str, user: str) -> str:
        raise AssertionError("asked")

    with pytest.raises(BadRecord, match=r"set\.jsonl:2: "):
        run(path, never)


def test_a_bad_row_is_kept_with_its_place_by_choice(tmp_path: Path):
    path = write(tmp_path, TEA, {"prompt": "?"})
    out = run(path, reading={"bad_rows": "drop"})

    (dropped,) = lines(out / "dropped.jsonl")
    assert dropped["reason"] == "unreadable-row"
    assert dropped["detail"].startswith(f"{path}:2: ")
    assert dropped["row"] == {"prompt": "?"}
    assert manifest(out)["counts"] == {"in": 2, "out": 1, "dropped": {"unreadable-row": 1}}


RHYME = {"instruction": "What rhymes with lamp?", "output": "Camp rhymes with lamp."}
BIRD = {"instruction": "Name a bird.", "output": "The magpie."}


def test_what_cannot_be_translated_is_not_sent(tmp_path: Path):
    out = run(write(tmp_path, RHYME, BIRD))

    (dropped,) = lines(out / "dropped.jsonl")
    assert dropped["reason"] == "untranslatable-rhyme"
    assert dropped["messages"][0]["content"] == "What rhymes with lamp?"
    assert [each.id for each in tables.read(out, Instruction)] == ["set:2"]
    assert manifest(out)["selected"] == {"by-rule": 1}


def test_a_kind_is_kept_by_choice(tmp_path: Path):
    texts = KOREAN | {
        "What rhymes with lamp?": "lamp와 운이 맞는 낱말은 무엇인가요?",
        "Camp rhymes with lamp.": "camp가 lamp와 운이 맞아요.",
    }
    out = run(
        write(tmp_path, RHYME),
        lambda system, user: rows_reply(texts, user),
        selecting={"keep": ("rhyme",)},
    )

    assert manifest(out)["counts"]["out"] == 1


def rebuilding(task: str, answer: str) -> Any:
    """Return a server that gives `task` and `answer` in place of any English one."""

    def reply(system: str, user: str) -> str:
        if "[영어 과제]" not in user:
            return rows_reply(KOREAN, user)
        assert "What rhymes with lamp?" in user and "rhyme" in user
        rows = [{"id": "task", "text": task}, {"id": "answer", "text": answer}]
        return json.dumps({"rows": rows}, ensure_ascii=False)

    return reply


def test_a_native_task_takes_the_place(tmp_path: Path):
    task, answer = "'바다'처럼 '다'로 끝나는 낱말을 하나 말해 주세요.", "'사이다'가 있어요."
    out = run(write(tmp_path, RHYME, BIRD), rebuilding(task, answer), selecting={"rebuild": True})

    first, _ = tables.read(out, Instruction)
    assert [turn.content for turn in first.messages] == [task, answer]
    assert first.source == "set + rebuilt by openai:m"
    assert (first.id, first.register) == ("set:1", "haeyo")
    assert manifest(out)["selected"] == {"by-rule": 1, "rebuilt": 1}


def test_a_native_task_need_not_resemble_the_english_one(tmp_path: Path):
    task = "다음 시의 운율을 설명해 주세요.\n\n산에는 꽃 피네\n\n꽃이 피네"
    answer = "'피네'가 되풀이돼요. 끝소리가 같아요. 그래서 노래처럼 들려요. 읽기에도 좋아요."
    english = {**RHYME, "instruction": "What rhymes with lamp? Do not use a noun."}

    def reply(system: str, user: str) -> str:
        rows = [{"id": "task", "text": task}, {"id": "answer", "text": answer}]
        return json.dumps({"rows": rows}, ensure_ascii=False)

    out = run(write(tmp_path, english), reply, selecting={"rebuild": True})

    assert manifest(out)["counts"]["out"] == 1


@pytest.mark.parametrize(
    ("task", "answer", "why"),
    [
        ("What rhymes with hat?", "'사이다'가 있어요.", "not-korean"),
        ("'다'로 끝나는 낱말입니다.", "'사이다'가 있어요.", "lost-question"),
        ("'다'로 끝나는 낱말을 말해 주세요.", "", "no whole task and answer"),
    ],
)
def test_a_faulty_native_task_is_none(tmp_path: Path, task: str, answer: str, why: str):
    out = run(write(tmp_path, RHYME), rebuilding(task, answer), selecting={"rebuild": True})

    (dropped,) = lines(out / "dropped.jsonl")
    assert dropped["reason"] == "untranslatable-rhyme"
    assert why in dropped["detail"]
    assert dropped["translations"] == [task, answer]


def test_the_model_is_asked_about_what_no_rule_names(tmp_path: Path):
    asked: list[str] = []

    def reply(system: str, user: str) -> str:
        if "고르는" not in system and "골라내는" not in system:
            return rows_reply(KOREAN, user)
        rows = json.loads(user)
        asked.extend(row["text"] for row in rows)
        kinds = {"Which tea is good at night?": "idiom", "Name a bird.": "nonsense"}
        said = [{"id": row["id"], "text": kinds[row["text"]]} for row in rows]
        return json.dumps({"rows": said})

    tea = {"instruction": TEA["prompt"], "output": "Drink water."}
    out = run(write(tmp_path, RHYME, BIRD, tea), reply, selecting={"classify": True})

    dropped = {row["id"]: row for row in lines(out / "dropped.jsonl")}
    assert sorted(asked) == ["Name a bird.", "Which tea is good at night?"]
    assert dropped["set:3"]["reason"] == "untranslatable-idiom"
    assert dropped["set:3"]["detail"] == "idiom: the model says so"
    assert [each.id for each in tables.read(out, Instruction)] == ["set:2"]
    assert manifest(out)["selected"] == {"by-model": 1, "by-rule": 1}


def test_a_folder_made_under_other_rules_is_refused(tmp_path: Path):
    path = write(tmp_path, BIRD)
    run(path)

    with pytest.raises(OtherRun, match="keep was"):
        run(path, selecting={"keep": ("rhyme",)})


def test_the_command_takes_the_flags(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "set.csv"
    path.write_text("ask,say\nName a bird.,The magpie.\nWhat rhymes with it?,Nothing.\nx\n")
    with chat_server(lambda system, user: rows_reply(KOREAN, user)) as endpoint:
        argv = [str(path), "--out", str(tmp_path / "out"), "--endpoint", endpoint.endpoint]
        argv += ["--model", "m", "--fields", "instruction=ask", "output=say"]
        argv += ["--bad-rows", "drop", "--drop", "us-facts", "--keep", "idiom"]
        assert command.run(argv) == 0

    assert "1 of 3 records kept" in capsys.readouterr().err


def test_equal_answers_are_those_that_were_not_equal_before():
    assert equal_responses(("a", "b"), ("같다", " 같다\n")) is not None
    assert equal_responses(("a", "a"), ("같다", "같다")) is None
    assert equal_responses(("a", "b"), ("같다", "다르다")) is None


@given(st.lists(st.integers(1, 3), min_size=2, max_size=9), st.data())
def test_the_order_of_lengths_never_changes_against_itself(ranks: list[int], data: Any):
    texts = data.draw(st.lists(st.text(max_size=8), min_size=len(ranks), max_size=len(ranks)))
    record = Comparison(
        messages=(Message(role="user", content="?"),), responses=tuple(texts), ranks=tuple(ranks)
    )
    counts = length_order(record, record)

    unequal = sum(a != b for at, a in enumerate(ranks) for b in ranks[at + 1 :])
    assert counts == {"pairs": unequal, "changed": 0}


def test_one_text_in_two_records_of_a_request_is_translated_in_both(tmp_path: Path):
    """The engine is sent each text once; its answer belongs to every row of that text."""
    out = run(write(tmp_path, BIRD, BIRD | {"output": "A magpie is a bird."}))

    assert manifest(out)["counts"] == {"in": 2, "out": 2, "dropped": {}}
