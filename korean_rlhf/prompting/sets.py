"""The check of one set of records: instructions, red-team prompts, comparisons, questions."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from korean_rlhf.errors import BadInput
from korean_rlhf.prompting.problems import Problem
from korean_rlhf.prompting.questions import NO_VALUES, GoldQuestion
from korean_rlhf.prompting.register import Levels, register_fault
from korean_rlhf.prompting.wording import faults, loose_blanks
from korean_rlhf.records import Comparison, Instruction, Message, Prompt, parse_messages
from korean_rlhf.tables import numbered_lines

Record: TypeAlias = Instruction | Prompt | Comparison | GoldQuestion
KINDS: dict[str, type[Any]] = {
    "instructions": Instruction,
    "redteam": Instruction,
    "comparisons": Comparison,
    "questions": GoldQuestion,
}
"""What the folders of prompts/ hold; elsewhere a row says by its keys what it is."""


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One record that could be read, with its place."""

    path: Path
    number: int
    record: Record

    @property
    def texts(self) -> list[str]:
        """Every text of it that people read."""
        if isinstance(self.record, GoldQuestion):
            return [*self.record.values.values(), *self.record.answers]
        said = [message.content for message in self.record.messages]
        return [*said, *(self.record.responses if isinstance(self.record, Comparison) else ())]

    @property
    def asked(self) -> str:
        """What is asked first."""
        if isinstance(self.record, GoldQuestion):
            return "\n".join(self.record.values.values())
        return next((one.content for one in self.record.messages if one.role == "user"), "")

    @property
    def family(self) -> str:
        """Records of one family must not ask the same; a comparison may rank what a set asks."""
        return type(self.record).__name__ if isinstance(self.record, Comparison) else "asked"

    def problem(self, text: str) -> Problem:
        """Return a problem of this record."""
        return Problem(self.path, self.number, f"{self.record.id}: {text}")


def read_lines(path: Path, problems: list[Problem]) -> Iterator[Line]:
    """Yield the records of a JSONL file; a line that is none goes to `problems`."""
    kind = KINDS.get(path.parent.name)
    try:
        for number, line in numbered_lines(path):
            if not line.strip():
                problems.append(Problem(path, number, "an empty line: delete it."))
                continue
            try:
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise ValueError("one JSON object a line is expected")
                yield Line(path, number, record(row, kind or _guess(row)))
            except (ValueError, TypeError, RecursionError) as problem:
                problems.append(Problem(path, number, f"{problem}."))
    except BadInput as problem:
        problems.append(_placed(path, str(problem)))


def record(row: Mapping[str, Any], kind: type[Any]) -> Record:
    """Return the record in a row of our own layout, nothing renamed and nothing left over.

    Raises:
        ValueError: a key is missing, unknown, or holds something else.
    """
    for key in ("id", "source", "license"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise ValueError(f"it has no {key}, which every record states as text")
    if kind is GoldQuestion:
        return GoldQuestion.of(row)
    names = {field.name for field in dataclasses.fields(kind)}
    if unknown := sorted(row.keys() - names):
        raise ValueError(f"{', '.join(unknown)} is no key of a {kind.__name__}")
    needed = {"messages", *(("responses", "ranks") if kind is Comparison else ())}
    if missing := sorted(needed - row.keys()):
        raise ValueError(f"it lacks {', '.join(missing)}")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    made: Record = kind(**values | {"messages": parse_messages(row["messages"])})
    return made


def check_record(line: Line, levels: Levels) -> Iterator[Problem]:
    """Yield what is wrong with one record beside others'."""
    for text in line.texts:
        for _, wrong in (*faults(text), *loose_blanks(text)):
            yield line.problem(f"it holds {wrong}.")
    found = line.record
    if isinstance(found, GoldQuestion):
        return
    yield from (line.problem(said) for said in _faults_of_turns(found.messages))
    if isinstance(found, Comparison):
        yield from (line.problem(said) for said in _faults_of_ranks(found))
    if isinstance(found, Instruction) and (
        said := register_fault(found.register, found.messages, levels)
    ):
        yield line.problem(f"{said}.")


def _faults_of_turns(messages: tuple[Message, ...]) -> Iterator[str]:
    roles = [message.role for message in messages]
    spoken = [role for role in roles if role != "system"]
    if spoken != ["user" if turn % 2 == 0 else "assistant" for turn in range(len(spoken))]:
        yield "user and assistant do not take turns, the user first."
    if "system" in roles[1:]:
        yield "a system message stands behind the first place."


def _faults_of_ranks(found: Comparison) -> Iterator[str]:
    if not all(isinstance(text, str) for text in found.responses):
        yield "responses must be texts."
        return
    if sorted(set(found.ranks)) != list(range(1, max(found.ranks) + 1)):
        yield "ranks leave a gap: they count from 1 (best) without one."
    elif max(found.ranks) == 1:
        yield "all answers are tied, which says nothing."
    if len(set(found.responses)) < len(found.responses):
        yield "two of its answers are the same."


def _guess(row: Mapping[str, Any]) -> type[Any]:
    if "responses" in row:
        return Comparison
    if "messages" not in row and row.keys() & {"answer", "answers"} <= NO_VALUES:
        return GoldQuestion
    turns = row.get("messages")
    ends = turns[-1].get("role") if isinstance(turns, list) and turns else ""
    return Prompt if ends == "user" else Instruction


def _placed(path: Path, said: str) -> Problem:
    """Return an error of reading, which names file and line itself, as a problem."""
    rest = said.removeprefix(f"{path}:").strip()
    number, _, text = rest.partition(":")
    return Problem(path, int(number), text.strip()) if number.isdigit() else Problem(path, 1, rest)
