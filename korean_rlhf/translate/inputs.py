"""Read instruction sets: our own records, Alpaca-like rows and self-instruct tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from korean_rlhf import tables
from korean_rlhf.errors import BadRecord
from korean_rlhf.records import Instruction, Message, parse_messages

ANSWERS = ("output", "response", "answer", "completion", "target")
"""Keys of the answer in a plain row; the first that holds text counts."""


def read_instructions(inputs: Sequence[Path], license: str = "") -> Iterator[Instruction]:
    """Yield the instructions in `inputs`; `license` speaks for rows that name none.

    A row has `messages`, or `instruction` with `input` and `output` (Alpaca; Dolly's `context` and
    `response`), or `instruction` with `instances` (self-instruct), which makes one record each.

    Raises:
        MissingInput: an input is not there.
        BadRecord: a row is none of these; with file and line.
    """
    for path in inputs:
        for shard in tables.shards(path):
            for number, row in tables.rows(shard):
                try:
                    yield from _records(row, shard, number, license)
                except (ValueError, TypeError, AttributeError) as problem:
                    raise BadRecord(shard, number, f"not an instruction: {problem}.") from None


def _records(row: dict[str, Any], shard: Path, number: int, license: str) -> Iterator[Instruction]:
    stem = shard.name.partition(".")[0]
    facts = {
        "id": str(row.get("id") or f"{stem}:{number}"),
        "source": str(row.get("source") or stem),
        "license": str(row.get("license") or license),
    }
    if "messages" in row:
        yield Instruction(messages=parse_messages(row["messages"]), **facts)
        return
    if not isinstance(row.get("instruction"), str):
        raise ValueError("it has neither messages nor instruction")
    instances = row.get("instances") or [row]
    for place, instance in enumerate(instances):
        if len(instances) > 1:
            facts["id"] = f"{row.get('id') or f'{stem}:{number}'}:{place}"
        yield Instruction(messages=_messages(row["instruction"], instance), **facts)


def _messages(instruction: str, row: dict[str, Any]) -> tuple[Message, ...]:
    given = row.get("input") or row.get("context") or ""
    answer = next((row[key] for key in ANSWERS if row.get(key)), None)
    if not isinstance(given, str) or not isinstance(answer, str):
        raise ValueError(f"it has no text under any of {', '.join(ANSWERS)}")
    question = "\n\n".join(part for part in (instruction.strip(), given.strip()) if part)
    return (
        Message(role="user", content=question),
        Message(role="assistant", content=answer.strip()),
    )
