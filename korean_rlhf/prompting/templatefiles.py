"""The check of one prompt file: its keys, its templates, its examples, its Korean."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from korean_rlhf.errors import BadInput
from korean_rlhf.promptfiles import (
    FILLED,
    NEEDED,
    WORDS,
    Example,
    PromptFile,
    load_prompt,
    sandbox,
    shape_faults,
)
from korean_rlhf.prompting.problems import Problem
from korean_rlhf.prompting.wording import faults

KEYS = frozenset({*NEEDED, *WORDS, *FILLED, "description", "values", "examples_of"})
LINE_IN_ERROR = re.compile(r"\bline (\d+)")
PROBE = "{{ 가 }}{% 나 %}"
"""Stands for a value when a template is tried: it must come out as it went in."""


def check_template(path: Path, root: Path) -> Iterator[Problem]:
    """Yield what is wrong with the prompt file `path` in the folder `root`, line by line."""
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found = LINE_IN_ERROR.search(str(problem))
        last = text.count("\n") + 1
        yield Problem(path, int(found[1]) if found else last, f"no TOML: {problem}.")
        return
    at = Lines(path, text)
    for key in sorted(table.keys() - KEYS):
        near = difflib.get_close_matches(key, KEYS, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(sorted(KEYS))}."
        yield at.problem(key, f"no key of a prompt file is called {key!r}. {hint}")
    yield from _wording(table, at)
    shaped = list(_shapes(table, at))
    yield from shaped
    if shaped:
        return
    try:
        prompt = load_prompt(path.parent.name, path.stem, root)
        used = prompt.used()
    except BadInput as problem:
        yield _broken(str(problem), table, at)
        return
    yield from _values(prompt, used, at)
    yield from _examples(prompt, used, at)


class Lines:
    """Where in a TOML file a key or a piece of text stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self._lines = path, text.splitlines()

    def of_key(self, key: str, number: int = 1) -> int:
        """Return the line of a key, or of the `number`-th table of that name; 1 for none."""
        is_it = re.compile(rf"\s*(?:\[\[?\s*)?[\"']?{re.escape(key)}[\"']?\s*(?:=|\])")
        found = [at for at, line in enumerate(self._lines, start=1) if is_it.match(line)]
        return found[number - 1] if number <= len(found) else (found or [1])[-1]

    def of_text(self, piece: str, key: str) -> int:
        """Return the line that holds `piece`, from the line of `key` on."""
        begin = self.of_key(key)
        first = piece.split("\n")[0]
        for at in range(begin, len(self._lines) + 1):
            if first and first in self._lines[at - 1]:
                return at
        return begin

    def opens_below(self, key: str) -> bool:
        """Whether the text of `key` begins on the line after its quotes, as TOML allows."""
        line = self._lines[self.of_key(key) - 1].rstrip()
        return line.endswith(("'''", '"""')) and line.count(line[-3:]) == 1

    def problem(self, key: str, text: str, number: int = 1) -> Problem:
        """Return a problem at a key."""
        return Problem(self.path, self.of_key(key, number), text)


def _wording(table: Mapping[str, Any], at: Lines) -> Iterator[Problem]:
    """Yield what is wrong with any text of the file."""
    for key, value in table.items():
        for text in _texts(value):
            for piece, wrong in faults(text):
                yield Problem(at.path, at.of_text(piece, key), f"{key} holds {wrong}.")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))


def _shapes(table: Mapping[str, Any], at: Lines) -> Iterator[Problem]:
    """Yield the keys that are missing or hold a value of another kind."""
    broken: set[str] = set()
    for key, number, said in shape_faults(table):
        broken.add(key)
        yield at.problem(key, said, number)
    for key in {"values", "labels"} - broken:
        names = table.get(key, [])
        if len(set(names)) < len(names):
            yield at.problem(key, f"{key} names one of them twice.")
    if "verbalizers" not in broken:
        yield from _verbalizers(table, at)


def _verbalizers(table: Mapping[str, Any], at: Lines) -> Iterator[Problem]:
    said, known = table.get("verbalizers", {}), table.get("labels", [])
    if isinstance(known, list) and "labels" in table:
        for label in said.keys() - set(map(str, known)):
            yield at.problem("verbalizers", f"verbalizers name {label!r}, which is no label.")
    if len(set(said.values())) < len(said):
        yield at.problem("verbalizers", "two labels have the same word.")


def _broken(said: str, table: Mapping[str, Any], at: Lines) -> Problem:
    """Return where a template cannot be parsed: its line in the file, not in the template."""
    from jinja2 import TemplateSyntaxError

    for key in WORDS:
        try:
            sandbox().parse(table.get(key, ""))
        except RecursionError:
            return at.problem(key, f"{key} is no template: its brackets are too deep.")
        except TemplateSyntaxError as problem:
            line = at.of_key(key) + problem.lineno - 1 + at.opens_below(key)
            return Problem(
                at.path, line, f"{key} is no template: {str(problem.message).rstrip('.')}."
            )
    return Problem(at.path, at.of_key("examples_of"), said.removeprefix(f"{at.path}: "))


def _values(prompt: PromptFile, used: set[str], at: Lines) -> Iterator[Problem]:
    """Yield names that the words use and the file does not declare, or the other way round."""
    declared = set(prompt.values)
    asked = used - prompt.brought()
    for name in sorted(asked - declared):
        said = f"uses {name!r}, which `values` does not name: values = {sorted(asked)}."
        yield Problem(at.path, at.of_text(name, _key_with(prompt, name)), said)
    for name in sorted(declared - asked):
        yield at.problem("values", f"values names {name!r}, which no template uses.")
    if asked != declared or _walked(prompt):
        return
    try:
        messages = prompt.messages(**dict.fromkeys(asked, PROBE), **prompt.filled())
    except BadInput as problem:
        said = str(problem).removeprefix(f"{at.path}: ")
        yield at.problem("template", f"cannot be filled: {said}")
        return
    if asked and not any(PROBE in message.content for message in messages):
        yield at.problem("values", "shows none of its values as they are given.")


def _walked(prompt: PromptFile) -> set[str]:
    """Return the values of the caller that a template walks through: a text does not stand in."""
    from jinja2 import nodes

    trees = [sandbox().parse(text) for text in (prompt.system, prompt.user, prompt.template)]
    loops = [loop for tree in trees for loop in tree.find_all(nodes.For)]
    names = {name.name for loop in loops for name in loop.iter.find_all(nodes.Name)}
    names |= {loop.iter.name for loop in loops if isinstance(loop.iter, nodes.Name)}
    return names & set(prompt.values)


def _key_with(prompt: PromptFile, name: str) -> str:
    texts = {"system": prompt.system, "user": prompt.user, "template": prompt.template}
    return next((key for key, text in texts.items() if name in text), "values")


def _examples(prompt: PromptFile, used: set[str], at: Lines) -> Iterator[Problem]:
    """Yield examples that lack a value, repeat a question or answer with no label."""
    if "examples" in used & prompt.brought() and not prompt.examples:
        yield at.problem("examples", "the template shows examples, but the file has none.")
    if "examples_of" in prompt.facts:
        return  # they are checked in their own file
    if prompt.examples and "examples" not in used & prompt.brought():
        yield at.problem("examples", "the file has examples that no template shows.")
    wanted = (used - prompt.brought()) | {"answer"}
    seen: set[tuple[str, ...]] = set()
    for number, example in enumerate(prompt.examples, start=1):
        for said in _faults_of_example(example, wanted, prompt, seen):
            yield at.problem("examples", f"example {number} {said}", number)


def _faults_of_example(
    example: Example, wanted: set[str], prompt: PromptFile, seen: set[tuple[str, ...]]
) -> Iterator[str]:
    if example.keys() != wanted:
        yield f"must hold exactly {', '.join(sorted(wanted))}; it has {', '.join(example)}."
        return
    if any(not text.strip() for text in example.values()):
        yield "holds an empty text."
    if prompt.labels and example["answer"] not in prompt.labels:
        yield f"answers {example['answer']!r}, which is none of the labels."
    asked = tuple(example[name] for name in sorted(wanted - {"answer"}))
    if asked in seen:
        yield "asks what an earlier one asks."
    seen.add(asked)
