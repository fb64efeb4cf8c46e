"""Load and render the prompts in prompts/<kind>/<name>.toml.

A prompt file has version, source and license, and its words: `system`, `user` or `template`. The
words are Jinja2 templates in a sandbox. Values are only ever inserted, never rendered, so braces
in data stay data; a value that the template names and the caller forgot is an error.

`values` names what the caller gives. Worked examples stand in the file, `[[examples]]` with each
of the values and an `answer`; `examples_of = "NAME"` takes those of another file of the folder, so
that two wordings can be compared with the same ones. `labels` are the answers that there are, and
`verbalizers` the words that a model shall write for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import BadInput, UnknownName
from korean_rlhf.records import Message, Role
from korean_rlhf.settings.loading import read_toml

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

NEEDED = ("version", "source", "license")
WORDS = ("system", "user", "template")
FILLED = ("examples", "labels", "verbalizers")
"""Names in a template that the file itself fills; all others are the caller's."""

Example: TypeAlias = Mapping[str, str]
"""The values of one question, and its `answer`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """One prompt file as it stands on disk."""

    kind: str
    """The folder it is in: translate, judge, templates, ..."""
    name: str
    version: str
    """Raised whenever its words change, so that a cache never mixes two wordings."""
    source: str
    license: str
    system: str = ""
    user: str = ""
    template: str = ""
    path: Path
    facts: dict[str, Any]
    """The other keys of the file."""

    @property
    def examples(self) -> Sequence[Example]:
        """The worked examples, in the order of the file."""
        return tuple(self.facts.get("examples", ()))

    @property
    def labels(self) -> Sequence[str]:
        """The answers that there are; none where any text may be one."""
        return tuple(self.facts.get("labels", ()))

    @property
    def label_words(self) -> Sequence[str]:
        """What a model writes for each label: its verbalizer, else the label itself."""
        said = self.facts.get("verbalizers", {})
        return tuple(said.get(label, label) for label in self.labels)

    @property
    def values(self) -> Sequence[str]:
        """The names of what the caller gives, as the file declares them."""
        return tuple(self.facts.get("values", ()))

    def filled(self) -> dict[str, Any]:
        """Return the values that the file brings itself."""
        return {name: self.facts[name] for name in FILLED if name in self.facts}

    def brought(self) -> set[str]:
        """Return the names that are the file's to fill: `values` may claim one for the caller."""
        return set(FILLED) - set(self.values)

    def asked(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row of data without what is the file's to fill: its `labels` are other ones."""
        own = self.brought()
        return {name: value for name, value in row.items() if name not in own}

    def used(self) -> set[str]:
        """Return the names of all values that the words use.

        Raises:
            BadInput: a template is broken.
        """
        return {name for text in (self.system, self.user, self.template) for name in self._in(text)}

    def _in(self, text: str) -> frozenset[str]:
        from jinja2 import TemplateSyntaxError

        try:
            return _names_in(text)
        except (TemplateSyntaxError, RecursionError) as problem:
            raise BadInput(f"{self.path}: {_sentence(problem)}") from None

    def render(self, **values: Any) -> str:
        """Return `template`, or `user` where there is none, filled with `values`.

        Raises:
            BadInput: a value is missing, or the template is broken.
        """
        return self._fill(self.template or self.user, values)

    def messages(self, **values: Any) -> tuple[Message, ...]:
        """Return the system and the user message, filled with `values`; an empty one is left out.

        Raises:
            BadInput: a value is missing, or a template is broken.
        """
        words: tuple[tuple[Role, str], ...] = (
            ("system", self.system),
            ("user", self.user or self.template),
        )
        return tuple(
            Message(role=role, content=self._fill(text, values)) for role, text in words if text
        )

    def _fill(self, text: str, values: dict[str, Any]) -> str:
        from jinja2 import TemplateError

        try:
            return _compiled(text).render(values)
        except (
            TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError,
            RecursionError, MemoryError,
        ) as problem:  # fmt: skip
            raise BadInput(f"{self.path}: {_sentence(problem)}") from None


def _sentence(problem: BaseException) -> str:
    """Return what a template did wrong, in one line."""
    said = str(problem).partition("\n")[0].strip() or type(problem).__name__
    return said if said.endswith(".") else f"{said}."


@lru_cache(maxsize=64)  # parsed anew it took half a millisecond of each row
def _names_in(text: str) -> frozenset[str]:
    from jinja2.meta import find_undeclared_variables

    return frozenset(find_undeclared_variables(sandbox().parse(text)))


@lru_cache(maxsize=64)  # compiled anew it took a third of the time of a request
def _compiled(text: str) -> Template:
    return sandbox().from_string(text)


def sandbox() -> ImmutableSandboxedEnvironment:
    """Return the environment of all our templates: no attribute of Python can be reached.

    >>> sandbox().from_string("{{ text }}").render(text="{{ 1 + 1 }} {% raw")
    '{{ 1 + 1 }} {% raw'
    """
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True
    )


def list_prompts(kind: str = "", folder: Path | None = None) -> list[tuple[str, str]]:
    """Return (kind, name) of every prompt file, or of those of one kind, in order.

    A name that begins with "_" is no prompt: _source.toml says where the files beside it are from.
    """
    root = folder or asset_dir("prompts")
    paths = root.glob(f"{kind or '*'}/[!_]*.toml")
    return sorted((path.parent.name, path.stem) for path in paths)


def load_prompt(kind: str, name: str, folder: Path | None = None) -> PromptFile:
    """Read prompts/<kind>/<name>.toml; `folder` stands for prompts/ when given.

    Raises:
        UnknownName: there is no such file.
        BadInput: it is no TOML, or lacks a key; the message names the file.
    """
    root = folder or asset_dir("prompts")
    if (kind, name) not in list_prompts(folder=root):
        known = [name for _, name in list_prompts(kind, root)]
        raise UnknownName(f"prompt in {root / kind}", name, known)
    path = root / kind / f"{name}.toml"
    values = read_toml(path)
    for _, _, said in shape_faults(values):
        raise BadInput(f"{path}: {said}")
    if "examples_of" in values:
        values = _borrowed(path, root, kind, values)
    return PromptFile(
        kind=kind,
        name=name,
        path=path,
        **{key: values.pop(key) for key in NEEDED},
        **{key: values.pop(key, "") for key in WORDS},
        facts=values,
    )


def shape_faults(table: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    """Yield (key, which table of that name, what is wrong) of what a prompt file must state."""
    for key in NEEDED:
        if not isinstance(table.get(key), str) or not table[key].strip():
            yield key, 1, f"has no {key}: every prompt file states it as text."
    if not any(table.get(key) for key in WORDS):
        yield "template", 1, f"has none of {', '.join(WORDS)}: it says nothing."
    for key in ("description", "examples_of", *WORDS):
        if not isinstance(table.get(key, ""), str):
            yield key, 1, f"{key} must be text."
    for key in ("values", "labels"):
        names = table.get(key, [])
        if not isinstance(names, list) or not all(isinstance(one, str) and one for one in names):
            yield key, 1, f"{key} must be a list of texts."
    if not _is_texts(table.get("verbalizers", {})):
        yield "verbalizers", 1, 'verbalizers are a table of label = "word".'
    examples = table.get("examples", [])
    if not isinstance(examples, list):
        yield "examples", 1, "examples are tables: [[examples]]."
        return
    for number, example in enumerate(examples, start=1):
        if not _is_texts(example):
            yield "examples", number, f"example {number} must be a table of texts."


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _borrowed(path: Path, root: Path, kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of a file with the examples, and by default the labels, of another one."""
    name = values["examples_of"]
    if "examples" in values or name == path.stem:
        raise BadInput(f"{path}: examples_of stands beside examples, or names the file itself.")
    other = load_prompt(kind, str(name), root)
    if not other.examples or "examples_of" in other.facts:
        raise BadInput(f"{path}: examples_of = {name!r}, but that file has no examples of its own.")
    lent = {key: other.facts[key] for key in ("examples", "labels") if key in other.facts}
    return lent | values
