"""What prompts there are, and one of them as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import BadInput, MissingInput, UnknownName
from korean_rlhf.promptfiles import WORDS, PromptFile, list_prompts, load_prompt
from korean_rlhf.settings.loading import read_toml
from korean_rlhf.tables import rows

SOURCE = "_source.toml"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the library."""

    kind: str
    name: str
    version: str
    license: str
    count: int
    """Worked examples of a prompt file, records of a set."""
    is_set: bool


def entries(kind: str = "", folder: Path | None = None) -> list[Entry]:
    """Return the prompt files and sets in a folder like prompts/, by kind and name.

    Raises:
        MissingInput: there is no such folder.
        UnknownName: there is no such kind.
        BadInput: a file is broken.
    """
    root = folder or asset_dir("prompts")
    if not root.is_dir():
        raise MissingInput(root)
    kinds = sorted(path.name for path in root.iterdir() if path.is_dir())
    if kind and kind not in kinds:
        raise UnknownName(f"kind of prompt in {root}", kind, kinds)
    found = [_of_file(load_prompt(own, name, root)) for own, name in list_prompts(kind, root)]
    found += [_of_set(path) for path in sorted(root.glob(f"{kind or '*'}/[!_]*.jsonl"))]
    return sorted(found, key=lambda one: (one.kind, one.name, one.is_set))


def _of_file(prompt: PromptFile) -> Entry:
    count = len(prompt.examples)
    return Entry(prompt.kind, prompt.name, prompt.version, prompt.license, count, is_set=False)


def _of_set(path: Path) -> Entry:
    facts = _facts(path.parent)
    count = sum(1 for _ in rows(path))
    version, license = str(facts.get("version", "")), str(facts.get("license", ""))
    return Entry(path.parent.name, path.stem, version, license, count, is_set=True)


def _facts(folder: Path) -> dict[str, Any]:
    path = folder / SOURCE
    return read_toml(path) if path.is_file() else {}


def table(found: Sequence[Entry]) -> Iterator[str]:
    """Yield the lines of a table for a terminal."""
    heads = ("prompt", "version", "license", "count")
    lines = [heads] + [
        (
            f"{one.kind}/{one.name}",
            one.version,
            one.license,
            f"{one.count} {'records' if one.is_set else 'examples'}" if one.count else "",
        )
        for one in found
    ]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join(padded).rstrip()


def described(prompt: PromptFile) -> Iterator[str]:
    """Yield the lines of a prompt as people read it: what it is, its words, its examples."""
    yield f"{prompt.kind}/{prompt.name}  version {prompt.version}  {prompt.license}"
    if text := prompt.facts.get("description"):
        yield str(text)
    if prompt.values:
        yield f"values: {', '.join(prompt.values)}"
    if prompt.labels:
        pairs = zip(prompt.labels, prompt.label_words, strict=True)
        yield "labels: " + ", ".join(a if a == b else f"{a} ({b})" for a, b in pairs)
    for key in WORDS:
        if text := getattr(prompt, key):
            yield f"\n[{key}]\n{text.strip()}"
    for number, example in enumerate(prompt.examples, start=1):
        yield f"\n[example {number}]"
        yield from (f"{name}: {text}" for name, text in example.items())


def find_set(name: str, folder: Path | None = None) -> Path | None:
    """Return the set called KIND/NAME, None when there is none."""
    kind, _, own = name.rpartition("/")
    path = (folder or asset_dir("prompts")) / kind / f"{own}.jsonl"
    inside = kind.isidentifier() and not own.startswith(("_", "."))
    return path if inside and path.is_file() else None


def require_words(prompt: PromptFile) -> None:
    """Refuse a prompt that has only a system message: nothing would be asked.

    Raises:
        BadInput: it has neither `user` nor `template`.
    """
    if not (prompt.user or prompt.template):
        raise BadInput(f"{prompt.path} has neither user nor template: it asks nothing.")
