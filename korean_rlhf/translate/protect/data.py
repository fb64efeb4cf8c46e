"""Data that stands in a text, JSON values and rows of CSV or TSV: kept whole, as code is."""

from __future__ import annotations

import csv
import json
import re

from korean_rlhf.translate.protect.lines import Line, line_at

_JSON = re.compile(r"\{\s*+[\"}]|\[\s*+[\"{\[\d\]tfn-]")
_REST = re.compile(r"[ \t]*+[,;.]?[ \t]*+(?:\n|\Z)")
FIELDS = 3
"""Least fields of a row of CSV: two words with a comma are prose."""


class JsonReader:
    """Reads JSON values out of one text; a torn value is read once and not again from within."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._torn_to = 0
        self._decoder = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)

    def block_end(self, place: int) -> int | None:
        """Return where the JSON value at `place` ends, if its last line holds nothing else."""
        end = self.value_end(place)
        if end is None or ("\n" not in self._text[place:end] and not _REST.match(self._text, end)):
            return None
        return end

    def value_end(self, place: int) -> int | None:
        """Return where the JSON object or list at `place` ends, None when it is none."""
        if place < self._torn_to or not _JSON.match(self._text, place):
            return None
        try:
            return self._decoder.raw_decode(self._text, place)[1]
        except json.JSONDecodeError as problem:
            self._torn_to = problem.pos
        except (ValueError, RecursionError):
            self._torn_to = len(self._text)
        return None


def table_end(text: str, line: Line) -> int | None:
    """Return where the rows of CSV or TSV that begin on `line` end; two rows make a table.

    Prose has a space behind its commas, so a field that begins with one is no field.
    """
    for separator in (",", "\t"):
        if text.count(separator, line.body, line.end) < FIELDS - 1:
            continue
        fields = _fields(text[line.body : line.end], separator)
        end, below = line.end, line
        while fields and below.end < len(text):
            below = line_at(text, below.end + 1)
            if _fields(text[below.start : below.end], separator) != fields:
                break
            end = below.end
        if end > line.end:
            return end
    return None


def _fields(row: str, separator: str) -> int:
    """Return how many fields a row has, 0 when it is none."""
    if row.count(separator) < FIELDS - 1:
        return 0
    try:
        fields = next(csv.reader([row], delimiter=separator, strict=True))
    except (csv.Error, StopIteration):
        return 0
    if len(fields) < FIELDS or any(field.startswith(" ") for field in fields):
        return 0
    return len(fields)
