"""Flags from dataclasses, by tyro: the settings of a stage are written down once.

A command describes itself by one frozen dataclass; the settings of its stage are a field of it:

    @dataclass(frozen=True, kw_only=True)
    class Arguments:
        inputs: Positional[tuple[Path, ...]]
        out: Path
        stage: Nested[CleanSettings]
        replace: bool = False
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import tyro
from tyro.conf import OmitArgPrefixes as Nested  # its fields become flags without a prefix
from tyro.conf import Positional

from korean_rlhf.errors import SettingsError, UnknownName
from korean_rlhf.settings.loading import fill, read_toml

__all__ = ["Nested", "Positional", "parse"]

T = TypeVar("T")
SETTINGS = "--settings"


def parse(kind: type[T], argv: Sequence[str], *, command: str) -> T:
    """Return `kind` filled from `argv`; flags win over the TOML file named by --settings.

    Raises:
        UnknownName: a flag is no setting; the message names the nearest.
        SettingsError: a value is missing or wrong.
        SystemExit: --help was asked for and printed.
    """
    rest, settings_file = _take_settings(list(argv))
    default = kind(**_defaults(kind, settings_file))
    found, unknown = _run_tyro(kind, rest, default, f"korean-rlhf {command}")
    if unknown:
        if unknown[0].startswith("--"):
            flag = unknown[0].partition("=")[0]
            raise UnknownName(f"flag of korean-rlhf {command}", flag, _flags(kind))
        raise SettingsError(f"{unknown[0]!r} is one argument too many for {command}. See --help.")
    _require_inputs(found, command)
    return found


def _require_inputs(found: Any, command: str) -> None:
    """Refuse an empty list where a command has no default for it, as in `clean --out DIR`."""
    for field in dataclasses.fields(found):
        has_default = field.default is not field.default_factory
        if not has_default and getattr(found, field.name) == ():
            raise SettingsError(f"{command} needs at least one of its {field.name}. See --help.")


def _run_tyro(kind: type[T], argv: list[str], default: T, program: str) -> tuple[T, list[str]]:
    complaints = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaints):
            found, unknown = tyro.cli(
                kind,
                prog=program,
                description=_description(kind),
                args=argv,
                default=default,
                return_unknown_args=True,
            )
    except SystemExit as stop:
        if stop.code in (0, None):
            raise
        raise SettingsError(_sentence(complaints.getvalue())) from None
    return found, list(unknown)


def _description(kind: type[Any]) -> str:
    said = (sys.modules[kind.__module__].__doc__ or "").strip()
    if not _nested(kind):
        return said
    return f"{said}\n\n{SETTINGS} FILE.toml gives settings from a file; a flag wins over it."


def _take_settings(argv: list[str]) -> tuple[list[str], Path | None]:
    """Split `--settings FILE` from the rest."""
    for place, word in enumerate(argv):
        if word.startswith(f"{SETTINGS}="):
            return argv[:place] + argv[place + 1 :], Path(word.partition("=")[2])
        if word == SETTINGS:
            if place + 1 == len(argv):
                raise SettingsError(f"{SETTINGS} needs the name of a TOML file.")
            return argv[:place] + argv[place + 2 :], Path(argv[place + 1])
    return argv, None


def _defaults(kind: type[Any], settings_file: Path | None) -> dict[str, Any]:
    nested = _nested(kind)
    if settings_file is not None and not nested:
        raise SettingsError(f"This command has no settings: leave {SETTINGS} away.")
    values: dict[str, Any] = _fill_all(nested, settings_file)
    for field in dataclasses.fields(kind):
        if field.name in nested:
            continue
        if field.default is not dataclasses.MISSING:
            values[field.name] = field.default
        elif field.default_factory is not dataclasses.MISSING:
            values[field.name] = field.default_factory()
        else:
            values[field.name] = tyro.MISSING
    return values


def _fill_all(nested: dict[str, type[Any]], settings_file: Path | None) -> dict[str, Any]:
    """Return the settings of a command, filled from one file that may hold the keys of each."""
    table = read_toml(settings_file) if settings_file else {}
    where = str(settings_file) if settings_file else "the settings"
    names = {key: key.replace("-", "_") for key in table}
    known = {
        field: {each.name for each in dataclasses.fields(inner)} for field, inner in nested.items()
    }
    for key, name in names.items():
        if not any(name in fields for fields in known.values()):
            raise UnknownName(f"setting in {where}", key, set().union(*known.values()))
    return {
        field: fill(
            inner,
            {key: table[key] for key, name in names.items() if name in known[field]},
            where=where,
        )
        for field, inner in nested.items()
    }


def _nested(kind: type[Any]) -> dict[str, type[Any]]:
    """Return the fields of `kind` that are settings dataclasses."""
    found = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
        if isinstance(inner, type) and dataclasses.is_dataclass(inner):
            found[name] = inner
    return found


def _flags(kind: type[Any]) -> list[str]:
    nested = _nested(kind)
    names = [field.name for field in dataclasses.fields(kind) if field.name not in nested]
    names += [field.name for inner in nested.values() for field in dataclasses.fields(inner)]
    return [SETTINGS, *("--" + name.replace("_", "-") for name in names)]


def _sentence(box: str) -> str:
    """Return what tyro drew in a box as one line of text."""
    text = re.sub(r"\x1b\[[0-9;]*m|[╭╮╰╯│─┄]", " ", box)
    text = (
        " ".join(text.split())
        .removeprefix("Parsing error")
        .removeprefix("Required options")
        .strip()
    )
    return re.sub(r"\s*For full helptext.*$", "", text) + ". See --help."
