"""Write docs/en/reference/commands.md from the code: python docs/reference.py."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from korean_rlhf.cli.main import COMMANDS

PAGE = Path(__file__).parent / "en" / "reference" / "commands.md"
HEAD = """# Commands

Written by `python docs/reference.py` from the code; a test compares. Every flag is also a key of
the TOML file given with `--settings` when it is a setting of the stage (second table).
"""


def page() -> str:
    """Return the whole page as Markdown."""
    parts = [HEAD]
    for name, text in COMMANDS.items():
        parts.append(f"\n## {name}\n\n{text[0].upper()}{text[1:]}.\n")
        module = import_module(f"korean_rlhf.cli.{name}")
        for each in (module, *group_of(module)):
            for kind in argument_classes(each):
                parts.append(table(kind))
    return "".join(parts)


def group_of(module: Any) -> list[Any]:
    """Return the modules that hold further commands of a group: prompts generate."""
    return [import_module(f"korean_rlhf.cli.{part}") for part in getattr(module, "PARTS", ())]


def argument_classes(module: Any) -> list[type[Any]]:
    """Return the dataclasses of flags that a command module defines, and their settings."""
    own = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and dataclasses.is_dataclass(value)
        and value.__module__ == module.__name__
    ]
    found: list[type[Any]] = []
    for kind in own:
        found.append(kind)
        found += [inner for inner in nested(kind) if inner not in found]
    return found


def nested(kind: type[Any]) -> list[type[Any]]:
    """Return the settings dataclasses among the fields of `kind`."""
    inner = (plain(hint) for hint in get_type_hints(kind, include_extras=True).values())
    return [hint for hint in inner if isinstance(hint, type) and dataclasses.is_dataclass(hint)]


def plain(hint: Any) -> Any:
    """Return a type without its markers."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def table(kind: type[Any]) -> str:
    """Return the fields of one dataclass as a Markdown table."""
    docs = field_docs(kind)
    rows = []
    for field in dataclasses.fields(kind):
        if plain(get_type_hints(kind, include_extras=True)[field.name]) in nested(kind):
            continue
        flag = field.name.replace("_", "-")
        text = docs.get(field.name, "").replace("|", "\\|")
        rows.append(f"| `{flag}` | {default(field)} | {text} |\n")
    if not rows:
        return ""
    head = f"\n| {kind.__name__} | default | |\n|---|---|---|\n"
    return head + "".join(rows)


def default(field: dataclasses.Field[Any]) -> str:
    """Return the default of a field as it is typed, "required" when there is none."""
    if field.default is not dataclasses.MISSING:
        value = field.default
    elif field.default_factory is not dataclasses.MISSING:
        value = field.default_factory()
    else:
        return "required"
    return f"`{value}`" if value not in ("", (), None) else ""


def field_docs(kind: type[Any]) -> dict[str, str]:
    """Return the string under each field, those of base classes included."""
    docs: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if not dataclasses.is_dataclass(base):
            continue
        body = ast.parse(inspect.cleandoc(inspect.getsource(base))).body[0].body  # type: ignore[attr-defined]
        for field, text in itertools.pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                docs[field.target.id] = " ".join(ast.literal_eval(text.value).split())  # type: ignore[union-attr]
    return docs


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
