"""Settings from TOML and back: strict about names and types, checked once."""

from __future__ import annotations

import dataclasses
import tomllib
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from korean_rlhf.errors import BadInput, MissingInput, SettingsError, UnknownName

T = TypeVar("T")


def read_toml(path: Path) -> dict[str, Any]:
    """Return the table in the TOML file at `path`.

    Raises:
        MissingInput: there is no such file.
        BadInput: it is no TOML in UTF-8; the message has file and line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, IsADirectoryError):
        raise MissingInput(path) from None
    except UnicodeDecodeError as problem:
        raise BadInput(f"{path}: not UTF-8 at byte {problem.start}. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as problem:
        raise BadInput(f"{path}: not TOML: {problem}.") from None


def load(kind: type[T], path: Path | None = None, overrides: Mapping[str, Any] | None = None) -> T:
    """Fill the dataclass `kind` from the TOML file at `path`; a value in `overrides` wins.

    Raises:
        UnknownName: a key is no field of `kind`.
        SettingsError: a value has the wrong type, or the settings contradict each other.
    """
    values = {**(read_toml(path) if path else {}), **(overrides or {})}
    return fill(kind, values, where=str(path) if path else "the settings")


def fill(kind: type[T], values: Mapping[str, Any], *, where: str) -> T:
    """Build `kind` from `values`; `where` names their origin in an error."""
    hints = get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    converted = {}
    for key, value in values.items():
        name = key.replace("-", "_")
        if name not in fields:
            raise UnknownName(f"setting in {where}", key, fields)
        converted[name] = _convert(value, hints[name], f"{where}: {name}")
    for name, field in fields.items():
        required = field.default is field.default_factory is dataclasses.MISSING
        if required and name not in converted:
            raise SettingsError(f"{where} has no {name!r}. Add a line like: {name} = ...")
    return kind(**converted)


def to_dict(settings: Any) -> dict[str, Any]:
    """Return the fields of a settings object as plain JSON values, None left out.

    Settings inside it give their fields as if they were its own, as they do among its flags.
    """
    values: dict[str, Any] = {}
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if dataclasses.is_dataclass(value):
            values.update(to_dict(value))
        elif value is not None:
            values[field.name] = _plain(value)
    return values


def merged(first: Any, *others: Any) -> Any:
    """Return one settings object with all fields of `first`, and those of `others` that were set.

    A setting left at its default is left out, so that a new one makes no finished work foreign.

    >>> @dataclasses.dataclass(frozen=True)
    ... class One:
    ...     steps: int = 3
    >>> @dataclasses.dataclass(frozen=True)
    ... class Two:
    ...     name: str = ""
    ...     size: int = 5
    >>> to_dict(merged(One(), Two(size=7)))
    {'steps': 3, 'size': 7}
    """
    values = {each.name: getattr(first, each.name) for each in dataclasses.fields(first)}
    for settings in others:
        for each in dataclasses.fields(settings):
            value = getattr(settings, each.name)
            if value != each.default:
                values[each.name] = value
    kind = dataclasses.make_dataclass("Merged", values, frozen=True)
    return kind(**values)


def to_toml(settings: Any) -> str:
    """Return `settings` as TOML that `load` reads back to an equal object.

    >>> @dataclasses.dataclass(frozen=True)
    ... class Example:
    ...     steps: int = 3
    ...     name: str = "가"
    >>> print(to_toml(Example()), end="")
    steps = 3
    name = "가"
    """
    return "".join(f"{key} = {toml_value(value)}\n" for key, value in to_dict(settings).items())


def toml_value(value: Any) -> str:
    """Return one plain value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped.replace(chr(9), chr(92) + "t")}"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items()) + "}"
    return repr(value)


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _convert(value: Any, hint: Any, where: str) -> Any:
    """Return `value` as the type `hint`, or raise SettingsError; an int may stand for a float."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        choices = [part for part in parts if part is not type(None)]
        return None if value is None else _convert(value, choices[0], where)
    if origin is Literal:
        if value not in parts:
            raise SettingsError(
                f"{where} is {value!r}; it must be one of {', '.join(map(repr, parts))}."
            )
        return value
    if origin in (tuple, list):
        if not isinstance(value, (list, tuple)):
            raise SettingsError(f"{where} must be a list, got {value!r}.")
        return origin(_convert(item, parts[0], where) for item in value)
    if hint is Path and isinstance(value, (str, Path)):
        return Path(value)
    if hint is float and type(value) is int:
        return float(value)
    if isinstance(hint, type) and (
        type(value) is hint or (isinstance(value, hint) and hint is not int)
    ):
        return value
    raise SettingsError(f"{where} must be {getattr(hint, '__name__', hint)}, got {value!r}.")
