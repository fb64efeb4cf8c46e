"""Load and render the prompts in prompts/<kind>/<name>.toml.

A prompt file has version, source and license, and its words: `system`, `user` or `template`. The
words are Jinja2 templates in a sandbox. Values are only ever inserted, never rendered, so braces
in data stay data; a value that the template names and the caller forgot is an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from korean_rlhf.assets import asset_dir
from korean_rlhf.errors import BadInput, UnknownName
from korean_rlhf.records import Message, Role
from korean_rlhf.settings.loading import read_toml

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

NEEDED = ("version", "source", "license")
WORDS = ("system", "user", "template")


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
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as problem:
            raise BadInput(f"{self.path}: {problem}.") from None


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
    missing = [key for key in NEEDED if not values.get(key)]
    if missing:
        raise BadInput(f"{path}: has no {', '.join(missing)}. Every prompt file states them.")
    for key in WORDS:
        if not isinstance(values.get(key, ""), str):
            raise BadInput(f"{path}: {key} must be text.")
    if not any(values.get(key) for key in WORDS):
        raise BadInput(f"{path}: has none of {', '.join(WORDS)}: it says nothing.")
    return PromptFile(
        kind=kind,
        name=name,
        version=str(values.pop("version")),
        source=str(values.pop("source")),
        license=str(values.pop("license")),
        path=path,
        **{key: values.pop(key, "") for key in WORDS},
        facts=values,
    )
