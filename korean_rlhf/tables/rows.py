"""Rows of plain files to records and back; widely used column names are understood."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from korean_rlhf.errors import BadRecord
from korean_rlhf.records import (
    Candidates,
    Comparison,
    Document,
    Drop,
    Instruction,
    Message,
    Prompt,
    parse_messages,
)
from korean_rlhf.tables.plain import require_some, rows, shards, write_lines

R = TypeVar("R", Document, Instruction, Prompt, Comparison, Candidates)
DOCUMENT_FIELDS = tuple(field.name for field in dataclasses.fields(Document))


def read(path: Path, kind: type[R], *, license: str = "") -> Iterator[R]:
    """Yield the records in `path`, a stage folder or a plain .jsonl[.zst], .parquet, .csv file.

    A plain document needs only `text`; `license` speaks for records that name none.

    Raises:
        MissingInput: nothing is there.
        BadInput: it holds no record at all.
        BadRecord: a line is torn, is not UTF-8 or does not fit `kind`; with file and line.
    """
    make = _MAKERS[kind]
    count = 0
    for shard in _of_kind(shards(path), kind):
        for number, row in rows(shard):
            if license and not row.get("license"):
                row["license"] = license
            yield _made(make, row, shard, number, kind)
            count += 1
    require_some(path, count)


SETS: dict[str, type[Any]] = {"instructions.jsonl": Instruction, "comparisons.jsonl": Comparison}
"""Files of a stage that writes both kinds."""


def _of_kind(found: list[Path], kind: type[Any]) -> list[Path]:
    """Leave out the set of the other kind, where a folder holds one of each."""
    fitting = [shard for shard in found if SETS.get(shard.name, kind) is kind]
    return fitting or found


def _made(
    make: Callable[[dict[str, Any]], R],
    row: dict[str, Any],
    shard: Path,
    number: int,
    kind: type[R],
) -> R:
    row.setdefault("id", f"{shard.name.partition('.')[0]}:{number}")
    if row["id"] is None or row["id"] == "":
        row["id"] = f"{shard.name.partition('.')[0]}:{number}"
    try:
        return make(row)
    except (ValueError, TypeError, KeyError) as problem:
        text = f"lacks {problem}" if isinstance(problem, KeyError) else str(problem)
        said = f"not {_a(kind)}: {text}.{_looks_like(row, kind)}"
        raise BadRecord(shard, number, said) from None


def _a(kind: type[Any]) -> str:
    return f"an {kind.__name__}" if kind is Instruction else f"a {kind.__name__}"


def _looks_like(row: dict[str, Any], kind: type[Any]) -> str:
    """Return what the row is instead, which tells a mixed up file from a mistake in it."""
    guess = guess_kind(row)
    if guess is not None and guess is not kind:
        return f" It looks like {_a(guess)}; give a file of {kind.__name__} records."
    fields = ", ".join(sorted(map(str, row.keys() - {"id"})))
    return f" Its fields are: {fields}. Mend or delete it."


def to_json(record: Any) -> dict[str, Any]:
    """Return a record as a JSON object, empty optional fields left out."""
    names = [field.name for field in dataclasses.fields(record)]
    values = ((name, getattr(record, name)) for name in names)
    # Not dataclasses.asdict: it copies deeply, and took a tenth of the time of making a data set.
    return {name: _json_value(value) for name, value in values if value not in ("", ())}


def _json_value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_json_value(item) for item in value]
    return _message(value) if isinstance(value, Message) else value


def _message(message: Message) -> dict[str, str]:
    """Return one turn as a JSON object; an empty one keeps its content."""
    return {"role": message.role, "content": message.content}


def json_line(record: Any) -> str:
    """Return a record as one line of JSONL."""
    return json.dumps(to_json(record), ensure_ascii=False) + "\n"


def dropped_line(record: Any, drop: Drop) -> str:
    """Return a dropped record with its reason as one line of JSONL."""
    row = to_json(record) | {"reason": drop.reason, "detail": drop.detail}
    return json.dumps(row, ensure_ascii=False) + "\n"


def write_jsonl(path: Path, records: Iterable[Any]) -> int:
    """Write records one a line, whole or not at all; return how many. `.zst` compresses."""
    lines = [json_line(record) for record in records]
    write_lines(path, lines)
    return len(lines)


def _document(row: dict[str, Any]) -> Document:
    if "text" not in row:
        raise KeyError("text")
    if not isinstance(row["text"], str):
        raise ValueError(f"text must be text, got {type(row['text']).__name__}")
    known: dict[str, Any] = _texts(row, *DOCUMENT_FIELDS)
    return Document(**known)


def _texts(row: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: str(row[name]) for name in names if row.get(name) is not None}


def _instruction(row: dict[str, Any]) -> Instruction:
    return Instruction(
        messages=_instruction_messages(row),
        **_texts(row, "id", "source", "license", "register"),
    )


PAIRS = (
    ("instruction", "output"),
    ("question", "answer"),
    ("Q", "A"),
    ("prompt", "response"),
    ("prompt", "completion"),
)
"""Columns that widely used instruction sets have instead of messages."""


def _instruction_messages(row: dict[str, Any]) -> Any:
    if "messages" in row:
        return parse_messages(row["messages"])
    for asked, answered in PAIRS:
        if isinstance(row.get(asked), str) and isinstance(row.get(answered), str):
            parts = [row[asked], row.get("input") or ""]
            question = "\n\n".join(part for part in parts if part.strip())
            turns = [("user", question), ("assistant", row[answered])]
            return parse_messages([{"role": role, "content": text} for role, text in turns])
    names = ", ".join("+".join(pair) for pair in PAIRS)
    raise ValueError(f"needs messages, or one of the pairs {names}")


def _prompt(row: dict[str, Any]) -> Prompt:
    return Prompt(messages=_prompt_messages(row), **_texts(row, "id", "source", "license"))


def _prompt_messages(row: dict[str, Any]) -> Any:
    """Return the messages of a prompt; a plain file may say only {"prompt": text}."""
    if "messages" not in row and isinstance(row.get("prompt"), str):
        return parse_messages([{"role": "user", "content": row["prompt"]}])
    return parse_messages(row["messages"])


def _responses(row: dict[str, Any]) -> tuple[str, ...]:
    found = row["responses"]
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise ValueError("responses must be a list of texts")
    return tuple(found)


def _candidates(row: dict[str, Any]) -> Candidates:
    return Candidates(
        messages=_prompt_messages(row),
        responses=_responses(row),
        **_texts(row, "id", "source", "license"),
    )


def _comparison(row: dict[str, Any]) -> Comparison:
    texts = _texts(row, "id", "ranked_by", "source", "license")
    return Comparison(
        messages=_prompt_messages(row),
        responses=_responses(row),
        ranks=tuple(row["ranks"]),
        scores=tuple(map(float, row.get("scores") or ())),
        **texts,
    )


_MAKERS: dict[type[Any], Callable[[dict[str, Any]], Any]] = {
    Document: _document,
    Instruction: _instruction,
    Prompt: _prompt,
    Candidates: _candidates,
    Comparison: _comparison,
}


def guess_kind(row: dict[str, Any]) -> type[Any] | None:
    """Return the record type whose fields `row` has, None when it fits none."""
    if "ranks" in row:
        return Comparison
    if "responses" in row:
        return Candidates
    if "messages" in row or "prompt" in row:
        messages = row.get("messages") or [{"role": "user"}]
        last = messages[-1].get("role") if isinstance(messages[-1], dict) else None
        return Instruction if last == "assistant" else Prompt
    return Document if "text" in row else None
