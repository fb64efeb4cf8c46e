"""A recipe: the list of stage commands that makes one model, read from TOML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from korean_rlhf.errors import SettingsError, UnknownName
from korean_rlhf.settings.loading import read_toml

PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)?)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeStage:
    """One command line of a recipe, started as its own process."""

    name: str
    """Name of the stage in the report; unique in the recipe."""

    command: tuple[str, ...]
    """What a person would type after `korean-rlhf`, with placeholders in braces."""

    out: str = ""
    """Folder that the stage writes, given as --out; "" when the command has none."""

    server: tuple[str, ...] = ()
    """A `korean-rlhf` command that serves on loopback while the stage runs: its address is
    {server}."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the stage, given as flags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What `korean-rlhf run` does, stage by stage."""

    name: str
    """Name of the run: its folder is runs/<name>."""

    stages: tuple[RecipeStage, ...]
    """In order; a stage reads what earlier ones wrote."""

    description: str = ""
    """One sentence for `korean-rlhf run`."""

    inputs: tuple[str, ...] = ()
    """Names of the inputs that the file given with --data must say."""

    after: tuple[str, ...] = ()
    """Command lines to suggest when the run is done."""


STAGE_KEYS = {"name", "command", "out", "server", "settings"}
RECIPE_KEYS = {"name", "description", "inputs", "after", "stage"}


def read_recipe(path: Path) -> Recipe:
    """Return the recipe in the TOML file at `path`.

    Raises:
        UnknownName: a key is misspelt.
        SettingsError: a stage lacks its name or command, or two have one name.
    """
    table = read_toml(path)
    _require_known(table, RECIPE_KEYS, path)
    stages = tuple(_stage(row, path) for row in table.get("stage", []))
    names = [stage.name for stage in stages]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"{path}: two stages are called {name!r}. Rename one.")
    return Recipe(
        name=table.get("name", path.stem),
        stages=stages,
        description=table.get("description", ""),
        inputs=tuple(table.get("inputs", ())),
        after=tuple(table.get("after", ())),
    )


def _stage(row: dict[str, Any], path: Path) -> RecipeStage:
    _require_known(row, STAGE_KEYS, path)
    if not row.get("command"):
        raise SettingsError(
            f'{path}: the stage {row.get("name", "?")!r} lacks a command = ["..."].'
        )
    return RecipeStage(
        name=row.get("name", row["command"][0]),
        command=tuple(map(str, row["command"])),
        out=row.get("out", ""),
        server=tuple(map(str, row.get("server", ()))),
        settings=row.get("settings", {}),
    )


def _require_known(table: Mapping[str, Any], known: set[str], path: Path) -> None:
    for key in table.keys() - known:
        raise UnknownName(f"key of a recipe in {path}", key, known)


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with every {name} replaced.

    >>> fill_placeholders("{data}/clean/{name}", {"data": "data", "name": "nano"})
    'data/clean/nano'
    """

    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise UnknownName("placeholder", found[1], values)
        return values[found[1]]

    return PLACEHOLDER.sub(value, text)


def as_flags(settings: Mapping[str, Any]) -> list[str]:
    """Return settings as the flags that a person would type.

    >>> as_flags({"learning_rate": 0.001, "packed": True, "parts": [1, 2]})
    ['--learning-rate', '0.001', '--packed', '--parts', '1', '2']
    """
    flags: list[str] = []
    for key, value in settings.items():
        flag = key.replace("_", "-")
        if isinstance(value, bool):
            flags.append(f"--{flag}" if value else f"--no-{flag}")
        elif isinstance(value, list):
            flags += [f"--{flag}", *map(str, value)]
        else:
            flags += [f"--{flag}", str(value)]
    return flags
