"""What a constraint may be asked with, and whether it is asked so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from korean_rlhf.errors import KoreanRLHFError

Parameters: TypeAlias = Mapping[str, Any]
Kind: TypeAlias = Literal["number", "numbers", "flag", "text", "texts"]


class BadParameters(KoreanRLHFError):
    """A constraint is asked with parameters that it does not take."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that a constraint is told: 셋 이상 is a number, 《》 one of several texts."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    """The only texts that it may be; () for any."""
    required: bool = True


BOUNDS = (
    Parameter("exactly", "number", required=False),
    Parameter("at_least", "number", required=False),
    Parameter("at_most", "number", required=False),
)


def within(count: int, parameters: Parameters) -> bool:
    """Whether `count` is as many as `exactly`, `at_least` and `at_most` ask.

    >>> within(3, {"at_least": 2, "at_most": 3}), within(3, {"exactly": 4})
    (True, False)
    """
    low = parameters.get("exactly", parameters.get("at_least", 0))
    high = parameters.get("exactly", parameters.get("at_most", count))
    return bool(low <= count <= high)


def validate(name: str, takes: Sequence[Parameter], parameters: Parameters) -> None:
    """Check that the constraint `name`, which `takes` these, is asked with `parameters`.

    Raises:
        BadParameters: one is missing, unknown, of another kind, or the bounds exclude each other.
    """
    known = {parameter.name: parameter for parameter in takes}
    for given in parameters:
        if given not in known:
            names = ", ".join(known) or "none"
            raise BadParameters(f"{name} takes no parameter {given!r}. It takes: {names}.")
    for parameter in takes:
        if parameter.name in parameters:
            _check_value(name, parameter, parameters[parameter.name])
        elif parameter.required:
            raise BadParameters(f"{name} needs the parameter {parameter.name!r}.")
    if set(BOUNDS) <= set(takes):
        _check_bounds(name, parameters)


def _check_value(name: str, parameter: Parameter, value: Any) -> None:
    if not _is_of_kind(parameter.kind, value):
        asked = _ASKED[parameter.kind]
        raise BadParameters(f"{name}: {parameter.name} is {value!r}, but must be {asked}.")
    if parameter.choices and value not in parameter.choices:
        choices = ", ".join(parameter.choices)
        raise BadParameters(f"{name}: {parameter.name} is {value!r}, but must be one of {choices}.")


_ASKED: dict[Kind, str] = {
    "number": "a whole number from 0",
    "numbers": "a list of whole numbers from 0",
    "flag": "true or false",
    "text": "text",
    "texts": "a list of texts",
}


def _is_of_kind(kind: Kind, value: Any) -> bool:
    if kind in ("numbers", "texts"):
        single: Kind = "number" if kind == "numbers" else "text"
        return (
            isinstance(value, list) and bool(value) and all(_is_of_kind(single, v) for v in value)
        )
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, str) and bool(value.strip())


def _check_bounds(name: str, parameters: Parameters) -> None:
    given = {bound.name for bound in BOUNDS} & parameters.keys()
    if not given or ("exactly" in given and len(given) > 1):
        raise BadParameters(f"{name} needs either exactly, or at_least, at_most or both of them.")
    if len(given) == 2 and parameters["at_least"] > parameters["at_most"]:
        raise BadParameters(f"{name}: at_least is more than at_most, so nothing can satisfy it.")
    if parameters.get("at_least") == 0:
        raise BadParameters(f"{name}: every answer has at_least 0. Ask for 1 or more.")
