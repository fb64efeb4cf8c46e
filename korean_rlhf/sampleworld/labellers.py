"""The labellers of the sample world: they rank the answers that a model sampled.

They hold the key of each prompt and order its answers by the true preference, as people would by
their own. What goes on to the reward model is ranks, no reward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from korean_rlhf import tables
from korean_rlhf.errors import BadRecord
from korean_rlhf.progress import say, track
from korean_rlhf.records import Candidates, Comparison, Drop
from korean_rlhf.rundir import file_digest, open_stage
from korean_rlhf.sampleworld.plan import Key
from korean_rlhf.sampleworld.preference import true_reward
from korean_rlhf.sampleworld.sets import RANKED_BY, ranks

COMPARISONS = "comparisons.jsonl"


def rank_candidates(answers: Path, keys: Path, out: Path, *, replace: bool = False) -> None:
    """Write comparisons.jsonl from sampled answers, and dropped.jsonl.

    Args:
        answers: Candidates, as `korean-rlhf sample` writes them.
        keys: to-rank.key.jsonl of the sample world that the prompts are from.
        out: Folder to write.
        replace: Delete what is in `out` and start anew.

    Raises:
        MissingInput: one of the files is not there.
        BadRecord: a line of them is torn, or no record of its kind.
    """
    with open_stage(out, "labels", settings=None, inputs=(answers, keys), replace=replace) as stage:
        if stage.finished:
            return
        dropped = tables.DroppedRecords()
        made = _label(list(tables.read(answers, Candidates)), _read_keys(keys), dropped)
        tables.write_jsonl(out / COMPARISONS, made)
        dropped.write(out)
        counts = dropped.counts(len(made) + len(dropped), len(made))
        stage.finish(counts=counts, digest=file_digest(out / COMPARISONS))
    say(f"{len(made):,} comparisons; {len(dropped):,} prompts left out.")


def _read_keys(path: Path) -> dict[str, Key]:
    keys: dict[str, Key] = {}
    for number, row in tables.rows(path):
        if not row.keys() >= {"id", "key"}:
            reason = "no key of a prompt. Give the to-rank.key.jsonl of the sample world."
            raise BadRecord(path, number, reason)
        keys[row["id"]] = row["key"]
    return keys


def _label(
    asked: Sequence[Candidates], keys: Mapping[str, Key], dropped: tables.DroppedRecords
) -> list[Comparison]:
    made: list[Comparison] = []
    with track(len(asked), "labels", "prompts") as advance:
        for one in asked:
            found = label(one, keys.get(one.id))
            if isinstance(found, Drop):
                dropped(one, found)
            else:
                made.append(found)
            advance()
    return made


def label(asked: Candidates, key: Mapping[str, Any] | None) -> Comparison | Drop:
    """Return the answers with their ranks, each different answer once, or why there are none."""
    if key is None:
        return Drop("no-key", asked.id)
    answers = tuple(dict.fromkeys(text for text in asked.responses if text.strip()))
    if len(answers) < 2:
        return Drop("one-answer", f"{len(asked.responses)} answers, {len(answers)} different")
    return Comparison(
        messages=asked.messages,
        responses=answers,
        ranks=ranks([true_reward(key, text) for text in answers]),
        id=asked.id,
        ranked_by=RANKED_BY,
        source=asked.source,
        license=asked.license,
    )
