"""Look through the library of prompts, check it, fill, compare and generate prompts.

korean-rlhf prompts check [FOLDER]               every file against its schema; exit 1 if one fails
korean-rlhf prompts list [KIND]                  kind, name, version, licence, count
korean-rlhf prompts show NAME                    a prompt or a set as people read it
korean-rlhf prompts render NAME --set text=...   fill a prompt; --rows FILE fills it with each row
korean-rlhf prompts compare --templates A B --questions FILE --model MODEL --out DIR
                                                 score templates on questions with a known answer
korean-rlhf prompts generate --model MODEL --license LICENSE --out DIR
                                                 new instructions with answers, from seeds

NAME is a prompt of templates/ (sentiment), KIND/NAME (judge/single) or FILE.toml.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from korean_rlhf.cli import generate
from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.errors import SettingsError, UnknownName
from korean_rlhf.settings.endpoint import ServedSettings
from korean_rlhf.settings.prompts import CompareSettings

if TYPE_CHECKING:
    from korean_rlhf.promptfiles import PromptFile
    from korean_rlhf.records import Message


PARTS = ("generate",)
"""Modules of this folder that hold a command of the group, for the reference of commands."""


@dataclass(frozen=True, kw_only=True)
class CheckArguments:
    """What to check."""

    folder: Positional[Path | None] = None
    """A folder in the layout of prompts/, one folder a kind; by default the shipped one."""


@dataclass(frozen=True, kw_only=True)
class ListArguments:
    """What to list."""

    kind: Positional[str] = ""
    """templates, judge, instructions, ...; by default all."""

    prompts: Path | None = None
    """A folder in the layout of prompts/ that stands for the shipped one."""


@dataclass(frozen=True, kw_only=True)
class ShowArguments:
    """What to show."""

    name: Positional[str]
    """NAME of templates/, KIND/NAME, or FILE.toml."""

    prompts: Path | None = None
    """A folder in the layout of prompts/ that stands for the shipped one."""


@dataclass(frozen=True, kw_only=True)
class RenderArguments:
    """What to fill, and with what."""

    name: Positional[str]
    """NAME of templates/, KIND/NAME, or FILE.toml."""

    set: Annotated[tuple[str, ...], tyro.conf.UseAppendAction] = ()
    """A value, as NAME=TEXT; once for each value. Braces in it stay as they are."""

    set_file: Annotated[tuple[str, ...], tyro.conf.UseAppendAction] = ()
    """A value from a text file, as NAME=FILE; once for each value."""

    rows: Path | None = None
    """Fill the prompt with each row of this set: one line of JSON with messages a row."""

    shots: int | None = None
    """Worked examples to show, drawn from the file; by default all of it, in its order."""

    seed: int = 1
    """Of the draw."""

    prompts: Path | None = None
    """A folder in the layout of prompts/ that stands for the shipped one."""


@dataclass(frozen=True, kw_only=True)
class CompareArguments:
    """Which templates, on which questions, with which model."""

    templates: tuple[str, ...]
    """Prompts to compare: NAME of templates/, KIND/NAME or FILE.toml. The others are held against
    the first."""

    questions: Path
    """Rows with id, answer (or answers) and the values that the templates name."""

    out: Path
    """Folder of the results; the same command goes on in it when it was stopped."""

    model: Path | None = None
    """A run (its last stage), a stage, a step or a model folder. Of a served model, the folder of
    its tokenizer; without one, the server is asked as a chat."""

    stage: Nested[CompareSettings] = field(default_factory=CompareSettings)

    server: Nested[ServedSettings] = field(default_factory=ServedSettings)

    cache: Path | None = None
    """SQLite file of the answers of a server asked as a chat. Not set: in --out."""

    prompts: Path | None = None
    """A folder in the layout of prompts/ that stands for the shipped one."""

    replace: bool = False
    """Overwrite the results of another comparison in --out; answers already had are kept."""


def run(argv: list[str]) -> int:
    """Dispatch to the command named first."""
    if not argv or argv[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    commands = {
        "check": _check,
        "list": _list,
        "show": _show,
        "render": _render,
        "compare": _compare,
        "generate": generate.run,
    }
    if argv[0] not in commands:
        raise UnknownName("prompts command", argv[0], commands)
    return commands[argv[0]](argv[1:])


def _check(argv: list[str]) -> int:
    arguments = parse(CheckArguments, argv, command="prompts check")
    from korean_rlhf.assets import asset_dir
    from korean_rlhf.progress import say
    from korean_rlhf.prompting.check import check_folder

    found = check_folder(arguments.folder or asset_dir("prompts"), sentence_levels)
    for problem in found.problems:
        print(problem)
    say(
        f"prompts: {found.templates:,} prompt files and {found.rows:,} records, "
        f"{len(found.problems):,} to mend."
    )
    return 1 if found.problems else 0


def sentence_levels(text: str) -> Iterable[str]:
    """Return the speech level of each sentence; the analyser is loaded at the first one."""
    from korean_rlhf.translate.register import sentences

    return [sentence.level for sentence in sentences(text)]


def _list(argv: list[str]) -> int:
    arguments = parse(ListArguments, argv, command="prompts list")
    from korean_rlhf.prompting.listing import entries, table

    print("\n".join(table(entries(arguments.kind, arguments.prompts))))
    return 0


def _show(argv: list[str]) -> int:
    arguments = parse(ShowArguments, argv, command="prompts show")
    from korean_rlhf.cli import show
    from korean_rlhf.prompting.filling import find_prompt
    from korean_rlhf.prompting.listing import described, find_set

    if (path := find_set(arguments.name, arguments.prompts)) is not None:
        return show.run([str(path)])
    print("\n".join(described(find_prompt(arguments.name, arguments.prompts))))
    return 0


def _render(argv: list[str]) -> int:
    arguments = parse(RenderArguments, argv, command="prompts render")
    from korean_rlhf.prompting import filling

    if arguments.shots is not None and arguments.shots < 0:
        raise SettingsError("--shots must be 0 or more.")
    prompt = filling.find_prompt(arguments.name, arguments.prompts)
    given = filling.given_values(arguments.set, arguments.set_file)
    if arguments.rows is None:
        print(filling.shown(_filled(prompt, given, arguments)))
        return 0
    for row in filling.rows_of_values(arguments.rows, prompt):
        print(filling.rendered_line(row, _filled(prompt, row | given, arguments)))
    return 0


def _filled(
    prompt: PromptFile, values: dict[str, Any], arguments: RenderArguments
) -> tuple[Message, ...]:
    from korean_rlhf.prompting.filling import render

    return render(prompt, values, shots=arguments.shots, seed=arguments.seed)


def _compare(argv: list[str]) -> int:
    arguments = parse(CompareArguments, argv, command="prompts compare")
    from korean_rlhf.evaluate.prompts.run import compare_prompts

    print(
        compare_prompts(
            arguments.templates,
            arguments.questions,
            arguments.out,
            arguments.stage,
            arguments.server,
            model=arguments.model,
            cache=arguments.cache,
            folder=arguments.prompts,
            replace=arguments.replace,
        )
    )
    return 0
