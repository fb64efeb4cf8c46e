"""OpenAssistant trees, nested and as flat messages in any order."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from korean_rlhf.errors import BadRecord
from korean_rlhf.records import Comparison, Instruction
from korean_rlhf.settings.reading import ReadSettings
from korean_rlhf.translate.reading import Context, Unread, read_records

DROP = ReadSettings(bad_rows="drop")


def message(id: str, role: str, text: str, rank: int | None = None, *replies: Any) -> Any:
    return {"message_id": id, "role": role, "text": text, "rank": rank, "replies": list(replies)}


TREE = {
    "message_tree_id": "r",
    "prompt": message(
        "r", "prompter", "Name a tree.", None,
        message("a", "assistant", "Oak.", 1),
        message(
            "b", "assistant", "A birch.", 0,
            message("c", "prompter", "Why?", None, message("d", "assistant", "It is white.", 0)),
            message("e", "prompter", "Another?", None),
        ),
        message("f", "assistant", "No.", 2),
        message("g", "assistant", "Unranked."),
        {**message("h", "assistant", "Spam.", 3), "deleted": True},
    ),
}  # fmt: skip


def flat(node: Any, parent: str | None = None) -> list[Any]:
    row = {key: value for key, value in node.items() if key != "replies"}
    rows = [{**row, "parent_id": parent, "message_tree_id": "r"}]
    for reply in node["replies"]:
        rows += flat(reply, node["message_id"])
    return rows


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "trees.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def summary(found: Any) -> list[Any]:
    return [(each.id, each.messages[-1].content, *getattr(each, "responses", ())) for each in found]


BOTH = [
    ("r", "Name a tree.", "A birch.", "Oak.", "No."),
    ("d", "It is white."),
]


def test_a_tree_gives_its_best_path_and_its_ranked_answers(tmp_path: Path):
    context = Context("Apache-2.0")
    found = list(read_records([write(tmp_path, TREE)], context=context))

    assert summary(found) == BOTH
    comparison, dialogue = found
    assert isinstance(comparison, Comparison) and isinstance(dialogue, Instruction)
    assert (comparison.ranks, comparison.ranked_by) == ((1, 2, 3), "labellers")
    assert [turn.content for turn in dialogue.messages] == [
        "Name a tree.", "A birch.", "Why?", "It is white.",
    ]  # fmt: skip
    assert dialogue.license == "Apache-2.0"
    assert context.notes["messages-taken-back"] == 1


def test_flat_messages_give_the_same(tmp_path: Path):
    assert summary(read_records([write(tmp_path, *flat(TREE["prompt"]))])) == BOTH


@given(st.randoms(use_true_random=False))
def test_scattered_messages_give_the_same(random_order: random.Random):
    import tempfile

    rows = flat(TREE["prompt"])
    siblings = [row["message_id"] for row in rows]
    random_order.shuffle(rows)
    with tempfile.TemporaryDirectory() as folder:
        found = summary(read_records([write(Path(folder), *rows)]))

    assert sorted(found) == sorted(BOTH)
    assert len(siblings) == len(rows)


def test_two_trees_mixed_stay_apart(tmp_path: Path):
    one = flat(message("r", "prompter", "Hi", None, message("a", "assistant", "Yo", 0)))
    two = flat(message("s", "prompter", "Bye", None, message("b", "assistant", "So long", 0)))

    found = read_records([write(tmp_path, one[0], two[0], two[1], one[1])])

    assert summary(found) == [("a", "Yo"), ("b", "So long")]


def test_messages_that_no_tree_leads_to_are_named(tmp_path: Path):
    rows = [
        *flat(message("r", "prompter", "Hi", None, message("a", "assistant", "Yo", 0))),
        {"message_id": "x", "parent_id": "gone", "role": "assistant", "text": "?"},
        {"message_id": "y", "parent_id": "x", "role": "prompter", "text": "?"},
        {"message_id": "z", "parent_id": "z", "role": "prompter", "text": "?"},
        {"message_id": "a", "parent_id": "r", "role": "assistant", "text": "again"},
        {"message_id": "w", "parent_id": "r", "role": "moderator", "text": "?"},
    ]
    path = write(tmp_path, *rows)
    found = list(read_records([path], DROP))

    left = {each.number: each.drop.detail for each in found if isinstance(each, Unread)}
    assert set(left) == {3, 4, 5, 6, 7}
    assert "'gone'" in left[3] and "another row" in left[6] and "prompter" in left[7]
    assert summary(each for each in found if not isinstance(each, Unread)) == [("a", "Yo")]
    with pytest.raises(BadRecord, match=r"trees\.jsonl:6: .*another row"):
        list(read_records([path]))


def test_answers_that_nobody_ranked(tmp_path: Path):
    answers = [message(id, "assistant", id) for id in "ab"]
    context = Context()

    found = read_records([write(tmp_path, *flat(message("r", "prompter", "Hi", None, *answers)))],
                         context=context)  # fmt: skip

    assert summary(found) == [("a", "a")]
    assert context.notes["first-of-unranked-answers"] == 1


def test_a_comparison_takes_the_nine_best(tmp_path: Path):
    answers = [message(f"a{rank}", "assistant", str(rank), rank) for rank in range(11)]
    context = Context()
    tree = {"prompt": message("r", "prompter", "Hi", None, *answers)}

    found = list(read_records([write(tmp_path, tree)], context=context))

    assert found[0].responses == tuple("012345678")
    assert context.notes["answers-beyond-nine"] == 2
