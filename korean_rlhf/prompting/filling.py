"""Values for a prompt: from the command line, from files, from the rows of a set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from korean_rlhf.errors import BadInput, BadRecord, MissingInput, SettingsError, UnknownName
from korean_rlhf.promptfiles import PromptFile, list_prompts, load_prompt
from korean_rlhf.prompting.shots import choose_examples
from korean_rlhf.records import Message
from korean_rlhf.tables import rows, shards

TEMPLATES = "templates"
"""The kind of a prompt that is named without one."""


def find_prompt(name: str, folder: Path | None = None) -> PromptFile:
    """Return the prompt that NAME (of templates/), KIND/NAME or FILE.toml stands for.

    Raises:
        UnknownName: there is no such prompt; the message names the nearest.
        MissingInput: there is no such file.
        BadInput: it is broken.
    """
    if name.endswith(".toml"):
        path = Path(name).resolve()
        if not path.is_file():
            raise MissingInput(Path(name))
        return load_prompt(path.parent.name, path.stem, path.parent.parent)
    kind, _, own = name.rpartition("/")
    if kind and kind not in {known for known, _ in list_prompts(folder=folder)}:
        raise UnknownName("kind of prompt", kind, {known for known, _ in list_prompts("", folder)})
    return load_prompt(kind or TEMPLATES, own, folder)


def given_values(pairs: Sequence[str], files: Sequence[str]) -> dict[str, str]:
    """Return the values of `name=value` and `name=FILE`, the text of the file as it stands.

    Raises:
        SettingsError: a word is no pair, or a name is given twice.
        MissingInput: a file is not there.
        BadInput: it is not UTF-8.
    """
    found: dict[str, str] = {}
    for flag, words in (("--set", pairs), ("--set-file", files)):
        for word in words:
            name, equals, value = word.partition("=")
            if not equals or not name.isidentifier():
                raise SettingsError(f"{flag} {word!r} is no NAME=VALUE.")
            if name in found:
                raise SettingsError(f"{flag} gives {name} a second value.")
            found[name] = value if flag == "--set" else _content(Path(value))
    return found


def rows_of_values(path: Path, prompt: PromptFile) -> Iterator[dict[str, Any]]:
    """Yield the rows of a set as values for `prompt`: what the file brings itself, no row changes.

    Raises:
        MissingInput: nothing is there.
        BadRecord: a line is no JSON object.
    """
    for shard in shards(path):
        for _, row in rows(shard):
            yield prompt.asked(row)


def render(
    prompt: PromptFile, values: Mapping[str, Any], *, shots: int | None = None, seed: int = 1
) -> tuple[Message, ...]:
    """Return the messages of a prompt; `values` win over what the file brings itself.

    Args:
        prompt: The prompt file.
        values: By name; what the words do not use is not looked at.
        shots: Worked examples to show, None for all of the file as they stand.
        seed: Of the draw.

    Raises:
        BadInput: a value is missing; the message names all that are.
    """
    known = prompt.filled() | dict(values)
    if "examples" in prompt.brought() and "examples" not in values:
        known["examples"] = choose_examples(prompt, shots, seed)
    if missing := sorted(prompt.used() - known.keys()):
        raise BadInput(
            f"{prompt.path} wants {', '.join(missing)}: give "
            f"{' '.join(f'--set {name}=...' for name in missing)}, or rows that hold them."
        )
    return prompt.messages(**known)


def shown(messages: Sequence[Message]) -> str:
    """Return messages as people read them: a single one bare, several under their roles."""
    if len(messages) == 1:
        return messages[0].content
    return "\n\n".join(f"[{one.role}]\n{one.content.strip()}" for one in messages)


def rendered_line(row: Mapping[str, Any], messages: Sequence[Message]) -> str:
    """Return the messages that a row gave as a line of JSON, with its id where it has one."""
    named = {"id": row["id"]} if "id" in row else {}
    turns = [{"role": one.role, "content": one.content} for one in messages]
    return json.dumps({**named, "messages": turns}, ensure_ascii=False)


def _content(path: Path) -> str:
    if not path.is_file():
        raise MissingInput(path)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadRecord(path, 1, f"not UTF-8 at byte {problem.start}. Convert it.") from None
