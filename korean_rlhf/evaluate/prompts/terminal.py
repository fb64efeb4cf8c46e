"""The result of a comparison for a terminal: a table, and what may be said of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from korean_rlhf.evaluate import labels

NAMES = {
    "acc": "accuracy",
    "f1_gold": "macro-F1",
    "extract_failed": "unread",
    "chrf": "chrF",
    "char_f1_plain": "character F1",
    "exact_match_plain": "exact match",
}


def table(result: Mapping[str, Any]) -> str:
    """Return the scores of each template with intervals, and the difference to the first."""
    metric = result["headline"]
    gained = {one["template"]: one for one in result["differences"]}
    names = list(next(iter(result["scores"].values())))
    heads = ["template", *(NAMES.get(name, name) for name in names), "to the first", "p"]
    rows = [heads]
    for template, scores in result["scores"].items():
        cells = [_score(name, scores[name], with_bounds=name == metric) for name in names]
        rows.append([template, *cells, *_gain(gained.get(template), metric)])
    return "\n".join([*_aligned(rows), "", *remarks(result)])


def remarks(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield what may be said: which template is better, and what these questions cannot show."""
    metric, found = result["headline"], result["differences"]
    name, n = NAMES.get(metric, metric), result["questions"]["n"]
    for one in found:
        if one["significant"]:
            word = "better" if one["mean"] > 0 else "worse"
            size = labels.size(metric, abs(one["mean"]))
            yield f"{one['template']} is {word} than {one['against']} by {size} of {name}."
    if found and not any(one["significant"] for one in found):
        tests = "1 test" if len(found) == 1 else f"{len(found)} tests, Holm"
        yield f"No difference is significant ({n} questions, {tests})."
    if smallest := [one["detectable"] for one in found if one["detectable"]]:
        yield (
            f"A difference of {labels.size(metric, max(smallest))} would be found 4 times of 5 "
            f"with {n} questions."
        )
    if "commonest" in result:
        guess = labels.percent(result["commonest"])
        yield f"Always answering the commonest label would score {guess}."
    if result.get("cut"):
        yield f"{result['cut']} prompts were longer than the model reads and lost their beginning."


def _score(name: str, figure: Mapping[str, Any], *, with_bounds: bool) -> str:
    said = "–" if figure["value"] is None else labels.score(name, float(figure["value"]))
    if not with_bounds or figure["low"] is None:
        return said
    return f"{said} {labels.bounds(name, figure['low'], figure['high'])}"


def _gain(one: Mapping[str, Any] | None, metric: str) -> list[str]:
    if one is None:
        return ["", ""]
    said = labels.gain(metric, one["mean"])
    bounds = labels.gain_bounds(metric, one["low"], one["high"])
    mark = " *" if one["significant"] else ""
    return [f"{said} {bounds}", labels.p_value(one["adjusted_p"]) + mark]


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Return the columns that a terminal gives a text: a Hangul syllable takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
