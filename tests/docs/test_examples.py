"""What the pages show is run or parsed: Python, command lines, TOML, JSON, names of fields."""

import dataclasses
import doctest
import json
import re
import shlex
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from korean_rlhf import records
from korean_rlhf.cli import arguments
from korean_rlhf.cli.main import COMMANDS
from korean_rlhf.settings.recipe import read_recipe

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "evals" / "README.md"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
IN_TEXT = re.compile(r"`(korean-rlhf [^`\n]+)`")
RECORDS = (
    records.Document,
    records.Message,
    records.Instruction,
    records.Prompt,
    records.Candidates,
    records.Comparison,
    records.Drop,
)


ENGLISH_ONLY = {"explanation/design.md", "reference/commands.md"}
"""The contract of the builders, and what is written from the code."""


def blocks(page, language):
    text = page.read_text(encoding="utf-8")
    return [body for name, body in FENCE.findall(text) if name == language]


def named(page):
    return page.relative_to(ROOT).as_posix()


def command_lines(page):
    """Yield the command lines of a page: in fences, continued lines joined, and in the text."""
    text = page.read_text(encoding="utf-8")
    for _, body in FENCE.findall(text):
        for line in body.replace("\\\n", " ").splitlines():
            line = line.removeprefix("$ ").partition(" # ")[0]
            if line.startswith("korean-rlhf ") and not line.startswith("korean-rlhf -"):
                yield line
    in_text = IN_TEXT.findall(FENCE.sub("", text))
    yield from (line for line in in_text if " --" in line and line.split()[1] in COMMANDS)


EVERY_LINE = sorted({line for page in PAGES for line in command_lines(page)})


def test_every_page_is_there_in_both_languages():
    english, korean = (
        {path.relative_to(folder).as_posix() for path in folder.rglob("*.md")}
        for folder in (ROOT / "docs/en", ROOT / "docs/ko")
    )
    assert english - ENGLISH_ONLY == korean - {"CONTRIBUTING.md", "CHANGELOG.md"}


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=named)
def test_python_in_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "page"}
    for body in blocks(page, "python"):
        if ">>>" in body:
            test = doctest.DocTestParser().get_doctest(body, names, named(page), None, 0)
            runner = doctest.DocTestRunner(verbose=False)
            runner.run(test, clear_globs=False)
            assert runner.summarize(verbose=False).failed == 0
            names = test.globs
        else:
            exec(compile(body, named(page), "exec"), names)


def test_the_pages_hold_command_lines():
    assert len(EVERY_LINE) > 40


@pytest.mark.parametrize("line", EVERY_LINE)
def test_a_command_line_in_a_page_parses(line, monkeypatch):
    """By the parser of the command itself, so that a flag that is gone or required is seen."""
    name, *rest = shlex.split(line.replace("…", "..."))[1:]
    assert name in COMMANDS
    module = import_module(f"korean_rlhf.cli.{name}")
    kind, rest = chosen(module, name, rest)
    if kind is None or "--help" in rest:
        return
    if "..." in rest:  # an abbreviated line: its flags must exist, nothing more
        known = arguments._flags(kind)
        assert [word for word in rest if word.startswith("--") and word not in known] == []
        return
    monkeypatch.setattr(arguments, "read_toml", lambda path: {})  # --settings of the reader's own
    arguments.parse(kind, rest, command=name)


def chosen(module, name, rest):
    """Return the dataclass that parses this line, and what it parses."""
    if name == "crawl" and rest:
        return module.arguments_of(rest[0]), rest[1:]
    if name == "sampleworld" and rest:
        return getattr(module, f"{rest[0].capitalize()}Arguments"), rest[1:]
    if name == "prompts" and rest:
        parts = [import_module(f"korean_rlhf.cli.{part}") for part in getattr(module, "PARTS", ())]
        kind = f"{rest[0].capitalize()}Arguments"
        return next(getattr(one, kind) for one in (module, *parts) if hasattr(one, kind)), rest[1:]
    return getattr(module, "Arguments", None), rest


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "toml")], ids=named)
def test_toml_in_a_page_is_a_recipe_or_a_data_file(page, tmp_path):
    for number, body in enumerate(blocks(page, "toml")):
        table = tomllib.loads(body)
        if "stage" in table:
            path = tmp_path / f"{number}.toml"
            path.write_text(body, encoding="utf-8")
            for stage in read_recipe(path).stages:
                assert stage.command[0] in COMMANDS
        else:
            from korean_rlhf.cli.inputs import KEYS

            assert all(row.keys() <= KEYS for row in table.values())


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "json")], ids=named)
def test_json_in_a_page_is_json(page):
    for body in blocks(page, "json"):
        for line in body.splitlines():
            json.loads(line)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_every_field_of_a_record_is_explained(kind, language):
    text = (ROOT / "docs" / language / "reference" / "files.md").read_text(encoding="utf-8")
    section = text[text.index(f"**{kind.__name__}**") :]
    own = section[: section.find("\n\n")]
    shared = {"messages", "id", "source", "license"} if kind in (
        records.Candidates,
        records.Comparison,
    ) else set()  # fmt: skip
    missing = [
        field.name
        for field in dataclasses.fields(kind)
        if f"`{field.name}`" not in own and field.name not in shared
    ]
    assert missing == []


def test_the_glossary_has_one_word_for_one_meaning():
    rows = glossary("en")
    for column in (0, 1):
        words = [row[column] for row in rows]
        assert sorted(words) == sorted(set(words))


def test_the_korean_glossary_has_the_same_words():
    assert sorted(row[:2] for row in glossary("en")) == sorted(
        [row[1], row[0]] for row in glossary("ko")
    )


def glossary(language):
    page = ROOT / "docs" / language / "reference" / "glossary.md"
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] not in ("English", "한국어") and "---" not in row[0]]
