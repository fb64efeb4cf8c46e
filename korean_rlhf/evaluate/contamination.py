"""Which items of the tasks stand in a training corpus, and the scores without them.

An item counts as seen when one document holds at least half of its n-grams: the measure and the
threshold of `dedup --decontaminate`, on the text that models were asked.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from korean_rlhf.dedup.contamination import Fingerprints, find_hits
from korean_rlhf.dedup.fingerprints import NGRAM, SUFFIX, build
from korean_rlhf.dedup.grams import fold
from korean_rlhf.errors import MissingInput
from korean_rlhf.evaluate import metrics, scores
from korean_rlhf.evaluate.compare import Stored
from korean_rlhf.evaluate.statistics import Estimate
from korean_rlhf.progress import say, track
from korean_rlhf.records import Document
from korean_rlhf.rundir import atomic_write_text, input_digest
from korean_rlhf.settings.dedup import DedupSettings
from korean_rlhf.tables import read, write_lines

RESULT = "contamination.json"
FINGERPRINTS = "fingerprints"
DOCUMENTS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Overlap:
    """Of the items of one task, those that a corpus holds."""

    items: int
    short: int
    """Items with too little text to tell."""
    seen: tuple[str, ...]
    """The `doc` of each item that the corpus holds."""


def measure(evals: Path, corpus: Path) -> None:
    """Look for every item that was asked in `corpus`, and write contamination.json.

    The same questions are not looked for in the same corpus again.

    Raises:
        MissingInput: nothing was asked yet.
        BadInput, BadRecord: the corpus holds no documents.
    """
    asked = sorted((evals / scores.QUESTIONS).glob("*.jsonl"))
    if not asked:
        raise MissingInput(evals / scores.QUESTIONS, "korean-rlhf eval RUN, without --corpus")
    share = DedupSettings().contaminated_share
    key = scores.score_key(
        corpus=input_digest(corpus), asked=[path.name for path in asked], n=NGRAM, share=share
    )
    if scores.read_scores(evals / RESULT).get("key") == key:
        return
    overlaps = _overlaps(evals, asked, corpus, share)
    record = {
        "key": key,
        "corpus": str(corpus),
        "ngram": NGRAM,
        "share": share,
        "tasks": {name: asdict(one) for name, one in overlaps.items()},
    }
    atomic_write_text(evals / RESULT, json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    seen = sum(len(one.seen) for one in overlaps.values())
    items = sum(one.items for one in overlaps.values())
    say(f"contamination: {corpus} holds {seen:,} of {items:,} items.")


def _overlaps(evals: Path, asked: Sequence[Path], corpus: Path, share: float) -> dict[str, Overlap]:
    prints = [_fingerprints(path, evals / FINGERPRINTS) for path in asked]
    found = _search(corpus, [path for path, _ in prints], share)
    return {
        path.name: _overlap(path, rows, short)
        for path, rows, (_, short) in zip(asked, found, prints, strict=True)
    }


def _fingerprints(asked: Path, folder: Path) -> tuple[Path, int]:
    """Write the fingerprints of a file of questions; return its path and how many are too short."""
    out = folder / (asked.stem + SUFFIX)
    with tempfile.TemporaryDirectory() as scratch:
        texts = Path(scratch) / asked.name
        write_lines(texts, (json.dumps(row) + "\n" for row in _texts(asked)))
        return out, build([texts], out, fields=("text", "choices")).short


def _texts(asked: Path) -> list[dict[str, Any]]:
    """Return the text of each item without what all prompts have in common."""
    rows = scores.read_items(asked)
    prompts = without_frame([str(row["prompt"]) for row in rows])
    choices = [row.get("choices", []) for row in rows]
    own = any(one != choices[0] for one in choices)  # 예 and 아니오 say nothing of an item
    return [
        {"text": prompt, "choices": given if own else []}
        for prompt, given in zip(prompts, choices, strict=True)
    ]


def without_frame(prompts: Sequence[str]) -> list[str]:
    """Return prompts without the beginning and the end that all of them share.

    >>> without_frame(["문장: 비가 온다. 긍부정:", "문장: 눈이 왔다. 긍부정:"])
    ['비가 온', '눈이 왔']
    """
    if len(set(prompts)) < 2:
        return list(prompts)
    head = _shared(prompts)
    rest = [prompt[head:] for prompt in prompts]
    tail = _shared([text[::-1] for text in rest])
    return [text[: len(text) - tail] for text in rest]


def _shared(texts: Sequence[str]) -> int:
    """Return how many characters all texts begin with: as many as the first and last in order."""
    first, last = min(texts), max(texts)
    pairs = enumerate(zip(first, last, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(first), len(last)))


def _search(corpus: Path, prints: Sequence[Path], share: float) -> list[set[int]]:
    """Return for each file of fingerprints the rows (from 1) that some document holds."""
    marks = Fingerprints.of(prints)
    found: list[set[int]] = [set() for _ in prints]
    if marks is None:
        return found
    with track(None, f"{corpus.name}", "documents") as advance:
        for texts in _batches(corpus):
            hits = find_hits(fold(texts), marks, share)
            pairs = zip(hits["benchmark"].to_pylist(), hits["item"].to_pylist(), strict=True)
            for number, item in set(pairs):
                found[number].add(int(marks.files[number].places[item][1]))
            advance(len(texts))
    return found


def _batches(corpus: Path) -> Iterator[list[str]]:
    texts = (document.text for document in read(corpus, Document))
    while batch := list(islice(texts, DOCUMENTS_AT_ONCE)):
        yield batch


def _overlap(asked: Path, rows: set[int], short: int) -> Overlap:
    docs = [str(row["doc"]) for row in scores.read_items(asked)]
    return Overlap(len(docs), short, tuple(docs[row - 1] for row in sorted(rows)))


@dataclass(frozen=True, slots=True)
class CleanScores:
    """One task with and without the items that the corpus holds."""

    task: str
    overlap: Overlap
    clean: dict[str, Estimate]
    """By checkpoint: the headline without them; none where nothing is left or nothing goes."""


def clean_scores(evals: Path, scored: Sequence[Stored]) -> list[CleanScores]:
    """Return what contamination.json says of the tasks of some checkpoints; [] without it."""
    told: Mapping[str, Any] = scores.read_scores(evals / RESULT).get("tasks", {})
    found: dict[str, CleanScores] = {}
    for one in scored:
        for task, entry in sorted(one.tasks.items()):
            name = Path(str(entry.get("questions", ""))).name
            if name not in told:
                continue
            overlap = Overlap(**{**told[name], "seen": tuple(told[name]["seen"])})
            kept = found.setdefault(task, CleanScores(task, overlap, {}))
            clean = _without(one.folder / str(entry["items"]), entry["headline"], overlap)
            if clean is not None:
                kept.clean[one.checkpoint] = clean
    return [found[task] for task in sorted(found)]


def _without(items: Path, metric: str, overlap: Overlap) -> Estimate | None:
    seen = set(overlap.seen)
    kept = [row for row in scores.read_items(items) if row["doc"] not in seen]
    if not seen or not kept:
        return None
    values = [row["metrics"][metric] for row in kept]
    return metrics.estimate(metric, values, metrics.clusters_of(kept))
