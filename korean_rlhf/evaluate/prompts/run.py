"""The command `prompts compare`: several templates, the same questions, one model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from korean_rlhf import __version__
from korean_rlhf.errors import OtherRun, SettingsError
from korean_rlhf.evaluate.prompts import figures
from korean_rlhf.evaluate.prompts.answers import Answered, answer_all
from korean_rlhf.evaluate.prompts.models import Answering, open_model
from korean_rlhf.evaluate.prompts.page import write_page
from korean_rlhf.evaluate.prompts.terminal import table
from korean_rlhf.evaluate.prompts.variants import Variant, make_variants, require_askable
from korean_rlhf.evaluate.scores import json_text, read_scores, score_key
from korean_rlhf.evaluate.sources import thin
from korean_rlhf.progress import say
from korean_rlhf.prompting.questions import GoldQuestion, read_gold_questions
from korean_rlhf.rundir import LOCK, atomic_write_text, file_digest, locked, no_space_named
from korean_rlhf.settings.endpoint import ServedSettings
from korean_rlhf.settings.loading import to_dict
from korean_rlhf.settings.prompts import CompareSettings

RESULTS, ROWS, PAGE = "results.json", "rows.jsonl", "report.html"
IDENTITY = ("model", "settings", "questions", "templates")
"""What two comparisons that may stand in one folder have in common."""
NO_MATTER = ("device", "batch_tokens")
"""Settings that change no answer."""


def compare_prompts(
    templates: Sequence[str],
    questions: Path,
    out: Path,
    settings: CompareSettings,
    server: ServedSettings,
    *,
    model: Path | None = None,
    cache: Path | None = None,
    folder: Path | None = None,
    replace: bool = False,
) -> str:
    """Answer all questions under all templates, write results, rows and page; return the table.

    Answers are on disk as they come, so that a killed comparison goes on, and one that is run
    again asks nothing.

    Args:
        templates: Names of prompts; the first is what the others are held against.
        questions: Rows with their answers.
        out: Folder of results.json, rows.jsonl, report.html and of the answers.
        settings: How templates are put and answers read.
        server: Of a served model.
        model: A run, a stage, a step or a model folder.
        cache: SQLite file of the answers of a chat server.
        folder: Stands for prompts/.
        replace: Overwrite the results of another comparison.

    Raises:
        OtherRun: `out` holds the results of another comparison.
        SettingsError: the settings do not fit the templates.
        BadInput: a question does not fit a template.
    """
    variants = make_variants(templates, settings, folder)
    if settings.mode == "likelihood" and not variants[0].prompt.labels:
        raise SettingsError(f"{variants[0].prompt.path} has no labels: give --mode generate.")
    asked = thin(read_gold_questions(questions), settings.items)
    require_askable(variants, asked)
    with locked(out, out / LOCK), no_space_named(out):
        with open_model(model, settings, server, out, cache) as answering:
            told = _identity(variants, questions, asked, answering, settings)
            _require_same(out, told, replace)
            found = {one.name: answer_all(one, asked, answering, settings) for one in variants}
            told["cut"] = answering.cut
        result = told | _figures(found, variants)
        _write(out, result, found, variants, asked)
    say(f"prompts: {out / PAGE}")
    return table(result)


def _identity(
    variants: Sequence[Variant],
    path: Path,
    asked: Sequence[GoldQuestion],
    answering: Answering,
    settings: CompareSettings,
) -> dict[str, Any]:
    """Return what decides the answers."""
    own = {key: value for key, value in to_dict(settings).items() if key not in NO_MATTER}
    digest = score_key(ids=[question.id for question in asked], file=file_digest(path))
    return {
        "version": __version__,
        "model": dict(answering.facts),
        "settings": own,
        "questions": {"file": path.name, "n": len(asked), "sha256": digest},
        "templates": {one.name: one.facts() for one in variants},
    }


def _require_same(out: Path, told: Mapping[str, Any], replace: bool) -> None:
    """Refuse to write over the results of another comparison, unless it is asked for."""
    known = read_scores(out / RESULTS)
    wanted = json.loads(json_text(told))
    other = [key for key in IDENTITY if known and known.get(key) != wanted[key]]
    if other and not replace:
        raise OtherRun(out, f"another {' and '.join(other)}")


def _figures(
    found: Mapping[str, Sequence[Answered]], variants: Sequence[Variant]
) -> dict[str, Any]:
    first = variants[0]
    metric = figures.headline(found[first.name])
    result: dict[str, Any] = {
        "headline": metric,
        "scores": {name: figures.scores(answers) for name, answers in found.items()},
        "differences": [one.record(first.name, metric) for one in figures.gains(found)],
    }
    if first.prompt.labels:
        result["labels"] = list(first.prompt.labels)
        result["commonest"] = figures.commonest(found[first.name])
        result["counts"] = {name: figures.counts(answers) for name, answers in found.items()}
    return result


def _write(
    out: Path,
    result: Mapping[str, Any],
    found: Mapping[str, Sequence[Answered]],
    variants: Sequence[Variant],
    asked: Sequence[GoldQuestion],
) -> None:
    rows = [one.row(name) for name, answers in found.items() for one in answers]
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)
    atomic_write_text(out / ROWS, "".join(lines))
    write_page(out / PAGE, result, found, variants, asked)
    atomic_write_text(out / RESULTS, json_text(result))  # last: it says that the others are there
