"""The check of a folder of prompts, all that is wrong at once: `korean-rlhf prompts check`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from korean_rlhf.errors import BadInput, MissingInput
from korean_rlhf.ngrams import prompt_hash
from korean_rlhf.prompting.near import near_pairs
from korean_rlhf.prompting.problems import Checked, Problem
from korean_rlhf.prompting.questions import GoldQuestion
from korean_rlhf.prompting.register import Levels
from korean_rlhf.prompting.sets import Line, check_record, read_lines
from korean_rlhf.prompting.templatefiles import check_template
from korean_rlhf.prompting.wording import faults

SOURCE = "_source.toml"
SOURCE_KEYS = ("version", "source", "license", "description")


def check_folder(root: Path, levels: Levels) -> Checked:
    """Return all problems of the prompt files and sets in `root`, by file and line.

    Args:
        root: A folder in the layout of prompts/: one folder a kind.
        levels: Tells the speech level of each sentence of a text.

    Raises:
        MissingInput: there is no such folder.
        BadInput: it holds neither prompt files nor sets.
    """
    if not root.is_dir():
        raise MissingInput(root)
    templates = sorted(path for path in root.glob("*/*.toml") if not path.name.startswith("_"))
    sets = sorted(path for path in root.glob("*/*.jsonl") if not path.name.startswith("_"))
    if not templates and not sets:
        raise BadInput(f"{root} holds no prompts: files KIND/NAME.toml or KIND/NAME.jsonl.")
    problems: list[Problem] = []
    for path in templates:
        problems += check_template(path, root)
    lines = [line for path in sets for line in read_lines(path, problems)]
    for line in lines:
        problems += check_record(line, levels)
    problems += [one for folder in _folders(templates, sets) for one in _check_source(folder)]
    problems += _repeated(lines)
    rows = len(lines)
    return Checked(sorted(set(problems)), len(templates), rows)


def _folders(*files: Sequence[Path]) -> list[Path]:
    return sorted({path.parent for group in files for path in group})


def _check_source(folder: Path) -> Iterator[Problem]:
    """Yield what is wrong with the file that says where a folder is from."""
    path = folder / SOURCE
    if not path.is_file():
        yield Problem(path, 1, f"is not there: it states {', '.join(SOURCE_KEYS)}.")
        return
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        yield Problem(path, 1, f"no TOML: {problem}.")
        return
    for key in SOURCE_KEYS:
        if not isinstance(table.get(key), str) or not table[key].strip():
            yield Problem(path, 1, f"has no {key}: every folder states it as text.")
    for _, wrong in faults(str(table.get("description", ""))):
        yield Problem(path, 1, f"description holds {wrong}.")


def _repeated(lines: Sequence[Line]) -> Iterator[Problem]:
    """Yield ids that stand twice, and questions that are asked twice in nearly the same words."""
    first: dict[str, Line] = {}
    for line in lines:
        earlier = first.setdefault(line.record.id, line)
        if earlier is not line:
            yield line.problem(f"its id stands already in {_place(earlier)}.")
    for family in {line.family for line in lines}:
        yield from _asked_twice([line for line in lines if line.family == family])


def _asked_twice(lines: Sequence[Line]) -> Iterator[Problem]:
    """Yield what one family of records asks again.

    Only what opens a dialogue is compared by its words: what follows "계속해 줘." is told by the
    turns before it, and whole dialogues by their hash.
    """
    said: dict[str, Line] = {}
    for line in lines:
        if isinstance(line.record, GoldQuestion):
            continue
        earlier = said.setdefault(prompt_hash(line.record.messages), line)
        if earlier is not line:
            yield line.problem(f"its prompt stands already in {_place(earlier)}.")
    for one, other in near_pairs([line.asked for line in lines]):
        yield lines[other].problem(
            f"it asks nearly what {lines[one].record.id} asks ({_place(lines[one])})."
        )


def _place(line: Line) -> str:
    return f"{line.path}:{line.number}"
