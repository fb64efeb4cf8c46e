from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf.errors import BadRecord, MissingInput
from korean_rlhf.translate.reading import Context, read_records


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "set.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "question", "answer"),
    [
        ({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yo"}]},
         "Hi", "Yo"),
        ({"instruction": "Add.", "input": "1 2", "output": "3"}, "Add.\n\n1 2", "3"),
        ({"instruction": "Say hi.", "input": "", "output": "Hi "}, "Say hi.", "Hi"),
        ({"instruction": "Who?", "context": "Kim.", "response": "Kim", "category": "qa"},
         "Who?\n\nKim.", "Kim"),
        ({"instruction": "Do.", "instances": [{"input": "a", "output": "b"}]}, "Do.\n\na", "b"),
        ({"instruction": "Do.\n", "input": "a", "response": " b", "target": "c"}, "Do.\n\na", "b"),
    ],
)  # fmt: skip
def test_each_shape_is_read(tmp_path: Path, row: Any, question: str, answer: str):
    (found,) = read_records([write(tmp_path, row)], context=Context("Apache-2.0"))

    assert [message.content for message in found.messages] == [question, answer]
    assert (found.id, found.source, found.license) == ("set:1", "set", "Apache-2.0")


def test_every_instance_of_a_task_becomes_a_record(tmp_path: Path):
    row = {
        "id": "task_7",
        "instruction": "Do.",
        "instances": [{"input": str(n), "output": "b"} for n in range(3)],
    }

    found = list(read_records([write(tmp_path, row)]))

    assert [record.id for record in found] == ["task_7:0", "task_7:1", "task_7:2"]


def test_a_stated_license_wins(tmp_path: Path):
    row = {"instruction": "Do.", "output": "b", "license": "MIT", "source": "maker"}

    (found,) = read_records([write(tmp_path, row)], context=Context("Apache-2.0"))

    assert (found.license, found.source) == ("MIT", "maker")


@pytest.mark.parametrize(
    "row",
    [
        {"text": "a document"},
        {"instruction": "Do."},
        {"instruction": 7, "output": "b"},
        {"instruction": "Do.", "output": ["b"]},
        {"instruction": "Do.", "instances": ["b"]},
        {"messages": [{"role": "user", "content": "no answer"}]},
        {"messages": "Hi"},
    ],
)
def test_another_shape_is_named_with_its_line(tmp_path: Path, row: Any):
    path = write(tmp_path, {"instruction": "Do.", "output": "b"}, row)

    with pytest.raises(BadRecord, match=r"set\.jsonl:2: not an instruction"):
        list(read_records([path]))


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(MissingInput):
        list(read_records([tmp_path / "no.jsonl"]))
