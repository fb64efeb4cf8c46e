"""The JSON in what a model wrote: maybe fenced, wrapped in words, or torn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def json_objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the outermost JSON objects of `text`; of a torn one, those within that are whole.

    Brackets without end are the end.

    >>> list(json_objects('Here: ```json {"a": 1}``` and {"rows": [{"b": 2}, {"c": '))
    [{'a': 1}, {'b': 2}]
    """
    decoder = json.JSONDecoder(strict=False)
    place = text.find("{")
    while place >= 0:
        try:
            value, end = decoder.raw_decode(text, place)
        except RecursionError:
            return  # a model that wrote brackets for ever
        except ValueError:
            place = text.find("{", place + 1)
            continue
        yield value
        place = text.find("{", end)
