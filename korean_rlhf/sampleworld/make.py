"""Write a whole sample world into a folder; the same seed writes the same bytes."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from korean_rlhf.progress import Advance, track
from korean_rlhf.records import Comparison, Document
from korean_rlhf.rundir import Stage, atomic_write_text, folder_digest, open_stage
from korean_rlhf.sampleworld import sets
from korean_rlhf.sampleworld.dumps import write_dumps
from korean_rlhf.sampleworld.prose import document
from korean_rlhf.sampleworld.site import write_site
from korean_rlhf.sampleworld.twins import twins
from korean_rlhf.settings.sampleworld import SampleworldSettings
from korean_rlhf.tables import write_jsonl, write_lines

DOCUMENT_CHARACTERS = (900, 1800)


def make(out: Path, settings: SampleworldSettings, *, replace: bool = False) -> None:
    """Write the sample world of `settings.seed` into `out`.

    Raises:
        OtherRun: `out` holds another world, and `replace` is false.
    """
    with open_stage(out, "sampleworld", settings=settings, inputs=(), replace=replace) as stage:
        if stage.finished:
            return
        write_site(stage.folder / "site", settings.seed)
        write_dumps(stage.folder / "dumps", settings.seed)
        with track(None, "sample world", "records") as advance:
            facts = _write_sets(stage, settings, advance) | _write_prose(stage, settings, advance)
        counts = {"in": 0, "out": facts.pop("records") + facts["prose"]["documents"], "dropped": {}}
        stage.finish(counts=counts, digest=folder_digest(out, pattern="*.jsonl*"), **facts)


def _write_prose(stage: Stage, settings: SampleworldSettings, advance: Advance) -> dict[str, Any]:
    """Write the corpus and the held-out text, and return their sizes."""
    rng = random.Random(f"{settings.seed} prose")
    texts: list[str] = []
    size = 0
    while size < settings.prose_megabytes * 1e6:
        texts.append(_document(rng))
        size += len(texts[-1].encode())
        advance()
    records = (
        Document(id=f"sample:{place:05d}", text=text, source=sets.SOURCE, license=sets.LICENSE)
        for place, text in enumerate(texts)
    )
    write_jsonl(stage.folder / "prose.jsonl.zst", records)
    atomic_write_text(stage.folder / "heldout.txt", _heldout(settings))
    return {"prose": {"documents": len(texts), "bytes": size}}


def _heldout(settings: SampleworldSettings) -> str:
    """Return prose from a draw of its own, which no stage trains on."""
    rng = random.Random(f"{settings.seed} held-out prose")
    pieces: list[str] = []
    while sum(len(piece.encode()) for piece in pieces) < settings.heldout_kilobytes * 1e3:
        pieces.append(_document(rng))
    return "\n\n".join(pieces) + "\n"


def _document(rng: random.Random) -> str:
    return document(rng, rng.randint(*DOCUMENT_CHARACTERS))


def _write_sets(stage: Stage, settings: SampleworldSettings, advance: Advance) -> dict[str, Any]:
    """Write the task sets, the held-out ones first, and return what they hold."""
    folder = stage.folder
    rng = random.Random(f"{settings.seed} sets")
    tasks = sets.Tasks(rng, advance)
    _write_rows(folder / "questions.jsonl", sets.questions(tasks, settings.questions))
    _write_rows(folder / "choices.jsonl", sets.choices(rng, tasks, settings.choices))
    english, keys = twins(rng, tasks, settings.twins)
    write_jsonl(folder / "twins.en.jsonl", english)
    _write_rows(folder / "twins.key.jsonl", keys)
    shown = list(sets.demonstrations(rng, tasks, settings.instructions))
    write_jsonl(folder / "instructions.jsonl", [one for one, _ in shown])
    compared = list(sets.comparisons(rng, tasks, settings.comparisons))
    write_jsonl(folder / "comparisons.jsonl", compared)
    write_jsonl(folder / "prompts.jsonl", sets.prompts(tasks, settings.prompts))
    to_rank = list(sets.prompts_to_rank(tasks, settings.to_rank))
    write_jsonl(folder / "to-rank.jsonl", [prompt for prompt, _ in to_rank])
    _write_rows(folder / "to-rank.key.jsonl", [key for _, key in to_rank])
    made = (settings.questions, settings.choices, settings.twins, settings.prompts, len(to_rank))
    return {
        "records": sum(made) + len(shown) + len(compared),
        "demonstration_kinds": dict(sorted(Counter(kind for _, kind in shown).items())),
        "longer_is_better": round(longer_is_better(compared), 4),
    }


def _write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    write_lines(path, (json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def longer_is_better(compared: Iterable[Comparison]) -> float:
    """Return how often the longer of two unequal answers is the better one, equal ones half."""
    score = pairs = 0.0
    for one in compared:
        for (text, rank), (other, other_rank) in combinations(
            zip(one.responses, one.ranks, strict=True), 2
        ):
            if rank != other_rank:
                pairs += 1
                better, worse = (text, other) if rank < other_rank else (other, text)
                score += 0.5 if len(better) == len(worse) else float(len(better) > len(worse))
    return score / pairs if pairs else 0.5
