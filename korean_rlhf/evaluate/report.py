"""The report of a run: report.html, report.md and report.json, all from the run's files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from korean_rlhf.errors import BadInput
from korean_rlhf.evaluate import markdown, page
from korean_rlhf.evaluate.gather import gather
from korean_rlhf.evaluate.summary import summarise
from korean_rlhf.progress import say
from korean_rlhf.rundir import atomic_write_text, no_space_named

REPORTS = ("report.json", "report.md", "report.html")


def report(run: Path, references: Sequence[Path] = ()) -> Path:
    """Write the three reports of `run` and return the path of the page.

    Args:
        run: The folder.
        references: Other scored runs, whose scores stand beside.

    Raises:
        MissingInput: there is no such run, or a reference has no score.
        BadInput: the folder holds something else, whose files the report could overwrite.
    """
    facts = gather(run, references)
    if not (facts.stages or facts.metrics or facts.scores or facts.judged or facts.true_reward):
        _refuse_foreign(run)
    with no_space_named(run):
        summary = json.dumps(summarise(facts), ensure_ascii=False, indent=2) + "\n"
        atomic_write_text(run / "report.json", summary)
        atomic_write_text(run / "report.md", markdown.render(facts))
        atomic_write_text(run / "report.html", page.render(facts))
    say(f"report: {run / 'report.html'}")
    return run / "report.html"


def _refuse_foreign(run: Path) -> None:
    """Refuse a folder without any trace of a run, unless it is empty or holds only our reports."""
    if any(not path.name.startswith(".") and path.name not in REPORTS for path in run.iterdir()):
        raise BadInput(f"{run} is no run: it holds no stage and no score. Name the run's folder.")
