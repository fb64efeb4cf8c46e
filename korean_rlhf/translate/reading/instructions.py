"""Instruction sets: our records, ShareGPT, Alpaca, Dolly, self-instruct, plain pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from korean_rlhf.records import Instruction, Message, parse_messages
from korean_rlhf.translate.reading.rows import Context, Line, RowReader
from korean_rlhf.translate.reading.turns import answered, filled, parse_turns

ANSWERS = ("output", "response", "answer", "completion", "target", "A")
"""Columns of the answer in a plain row; the first that holds text counts."""
QUESTIONS = ("instruction", "question", "prompt", "query", "Q")
GIVEN = ("input", "context")
"""What the instruction is about: a text, a list of facts."""
SYSTEM = ("system", "system_prompt")


def read_messages(line: Line, context: Context) -> Iterator[Instruction]:
    """Read one of our records: {"messages": [{"role", "content"}, ...]}."""
    yield Instruction(messages=parse_messages(line.row["messages"]), **line.facts(context.license))


def read_sharegpt(line: Line, context: Context) -> Iterator[Instruction]:
    """Read a dialogue of {"from", "value"}; what was never answered at its end is left out."""
    row = line.row
    value = row["conversations"] if "conversations" in row else row.get("conversation")
    messages = parse_turns(value, first(row, SYSTEM))
    yield Instruction(messages=answered(messages, context.notes), **line.facts(context.license))


def read_self_instruct(line: Line, context: Context) -> Iterator[Instruction]:
    """Read a task; each of its instances makes a record: "task_7:0", "task_7:1"."""
    row, facts = line.row, line.facts(context.license)
    instances = row["instances"]
    if not isinstance(instances, list) or not all(isinstance(one, dict) for one in instances):
        raise ValueError("instances must be a list of {input, output} objects")
    if not instances:
        raise ValueError("instances is empty: nobody answers the instruction")
    for place, instance in enumerate(instances):
        messages = _messages({**instance, "instruction": row.get("instruction")}, ANSWERS)
        number = f":{place}" if len(instances) > 1 else ""
        yield Instruction(messages=messages, **facts | {"id": facts["id"] + number})


def pair_reader(answers: Sequence[str] = ANSWERS) -> RowReader:
    """Return the reader of plain rows whose answer stands under one of `answers`."""

    def read(line: Line, context: Context) -> Iterator[Instruction]:
        messages = _messages(line.row, answers)
        yield Instruction(messages=messages, **line.facts(context.license))

    return read


def first(row: Mapping[str, Any], names: Sequence[str]) -> Any:
    """Return the first filled text under `names`, None when there is none."""
    return next((row[name] for name in names if filled(row.get(name))), None)


def _messages(row: Mapping[str, Any], answers: Sequence[str]) -> tuple[Message, ...]:
    asked = next((row[name] for name in QUESTIONS if name in row), None)
    if not filled(asked):
        raise ValueError(f"it has neither messages nor text under any of {', '.join(QUESTIONS)}")
    answer = next((row[name] for name in answers if row.get(name)), None)
    given = next((row[name] for name in GIVEN if row.get(name)), "")
    if not isinstance(answer, str) or not isinstance(given, str):
        raise ValueError(f"it has no text under any of {', '.join(answers)}")
    question = "\n\n".join(part for part in (str(asked).strip(), given.strip()) if part)
    return (
        *_before(row),
        Message(role="user", content=question),
        Message(role="assistant", content=answer.strip()),
    )


def _before(row: Mapping[str, Any]) -> Iterator[Message]:
    """Yield the system's words, and the earlier turns of an Alpaca row with `history`."""
    system = first(row, SYSTEM)
    if system:
        yield Message(role="system", content=system.strip())
    for turn in row.get("history") or ():
        question, answer = turn
        yield Message(role="user", content=question)
        yield Message(role="assistant", content=answer)
