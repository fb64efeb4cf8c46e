"""What a judging model said, read strictly: what is no clear verdict is a failure, never a 0."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from korean_rlhf.endpoint import without_thoughts

Choice: TypeAlias = Literal["A", "B", "tie"]

LOWEST, HIGHEST = 0.0, 10.0
"""Scores outside are no scores: a judge that writes 85 has not read its instructions."""

CHOICES: dict[str, Choice] = {
    "a": "A",
    "b": "B",
    "c": "tie",  # FastChat's sign for a tie
    "tie": "tie",
    "무승부": "tie",
    "비김": "tie",
}
WRITTEN_SCORE = re.compile(
    r"(?:점수|평점|score|rating)[\"'*\s]*[::][\"'*\s\[]*"
    r"(?P<value>-?\d+(?:\.\d+)?)(?P<rest>[^\n]{0,8})",
    re.IGNORECASE,
)
WRITTEN_CHOICE = re.compile(
    r"(?:승자|winner)[\"'*\s]*[::][\"'*\s\[]*(?P<value>[A-C](?![A-Za-z])|tie|무승부|비김)"
    r"|\[\[(?P<marked>[A-C])\]\]",
    re.IGNORECASE,
)
GOES_ON = re.compile(r"\s*(?:[~\-–]\s*\d|/(?!\s*10(?!\d)))")
"""After a number: a range (7~8), or another scale than ten (3/5)."""
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Score:
    """A judge's score of one answer."""

    value: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Preference:
    """A judge's choice between two answers, by the places where they stood."""

    choice: Choice
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """There is no verdict."""

    why: str
    """A short kebab-case word; reports count failures by it."""
    said: str = ""
    """What came instead."""


def parse_score(text: str) -> Score | Failure:
    """Return the score that a judge wrote: {"score": 7} or "점수: 7".

    Several that differ, none, or one outside of 0 to 10 is a failure.

    >>> parse_score('{"reason": "정확하다.", "score": 8}')
    Score(value=8.0, reason='정확하다.')
    >>> parse_score("점수: 7/10").value
    7.0
    >>> parse_score("점수: 7~8").why
    'no-verdict'
    """
    found = _verdict(text, "score", _number, WRITTEN_SCORE, _written_number)
    if isinstance(found, Failure):
        return found
    value, reason = found
    if not LOWEST <= value <= HIGHEST:
        return Failure("out-of-range", text)
    return Score(value, reason)


def parse_preference(text: str) -> Preference | Failure:
    """Return the choice that a judge wrote: {"winner": "A"}, "승자: B" or "[[C]]" (a tie).

    >>> parse_preference('{"reason": "더 정확하다.", "winner": "B"}').choice
    'B'
    >>> parse_preference("승자: A 또는 승자: B").why
    'contradiction'
    """
    found = _verdict(text, "winner", _choice, WRITTEN_CHOICE, _written_choice)
    if isinstance(found, Failure):
        return found
    return Preference(*found)


def _verdict(
    text: str,
    key: str,
    read: Callable[[Any], Any],
    pattern: re.Pattern[str],
    read_written: Callable[[re.Match[str]], Any],
) -> tuple[Any, str] | Failure:
    """Return the one value in `text` with its reason: of its JSON objects, else of its words."""
    said = without_thoughts(text)
    if said is None:
        return Failure("cut-off", text)
    stated = [one for one in _json_objects(said) if key in one]
    values = [read(one[key]) for one in stated] or [
        read_written(match) for match in pattern.finditer(said)
    ]
    if not values or None in values:
        return Failure("no-verdict", text)
    if len(set(values)) > 1:
        return Failure("contradiction", text)
    return values[0], str(stated[0].get("reason", "")) if stated else ""


def _json_objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the outermost JSON objects in `text`; line breaks inside strings are forgiven."""
    decoder = json.JSONDecoder(strict=False)
    start = text.find("{")
    while start >= 0:
        try:
            found, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            if isinstance(found, dict):
                yield found
        start = text.find("{", end)


def _number(value: Any) -> float | None:
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def _written_number(match: re.Match[str]) -> float | None:
    return None if GOES_ON.match(match["rest"]) else float(match["value"])


def _choice(value: Any) -> Choice | None:
    return CHOICES.get(str(value).strip().lower())


def _written_choice(match: re.Match[str]) -> Choice | None:
    return _choice(match["value"] or match["marked"])
