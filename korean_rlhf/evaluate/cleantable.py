"""The table of items that the training corpus holds, with the scores without them."""

from __future__ import annotations

from dataclasses import asdict

from korean_rlhf.evaluate import labels
from korean_rlhf.evaluate.contamination import CleanScores
from korean_rlhf.evaluate.gather import RunFacts, Scores
from korean_rlhf.evaluate.intervals import interval


def clean_table(facts: RunFacts) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows: items seen, and each chosen checkpoint with all items and without."""
    if not facts.clean:
        return [], []
    chosen = [one for one in facts.scores if one.chosen]
    heads = ["과제", "문항", "말뭉치에 있는 문항", "짧아서 모르는 문항"]
    heads += [labels.checkpoint(one.stage, one.step) for one in chosen]
    rows = []
    for found in facts.clean:
        entry, overlap = facts.entries[found.task], found.overlap
        counts = [f"{overlap.items:,}", f"{len(overlap.seen):,}", f"{overlap.short:,}"]
        cells = [_cell(one, found) for one in chosen]
        rows.append([entry["title"], *counts, *cells])
    return heads, rows


def _cell(one: Scores, found: CleanScores) -> str:
    if found.task not in one.tasks:
        return labels.DASH
    entry = one.tasks[found.task]
    metric = entry["headline"]
    whole = labels.score(metric, entry["metrics"][metric]["value"])
    if not found.overlap.seen:
        return whole
    clean = found.clean.get(one.checkpoint)
    if clean is None:  # the corpus holds every item
        return f"{whole} → {labels.DASH}"
    bounds = interval(metric, asdict(clean))
    shown = f"{whole} → {labels.score(metric, clean.value)}"
    return shown if bounds is None else f"{shown} {labels.bounds(metric, *bounds)}"
