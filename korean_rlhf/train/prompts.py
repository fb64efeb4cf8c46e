"""Which prompts a stage has seen, so that the next one sees others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from korean_rlhf.errors import Overlap, SettingsError
from korean_rlhf.ngrams import dialogue_hashes
from korean_rlhf.records import Drop, Message
from korean_rlhf.rundir import atomic_write_text

PROMPT_HASHES = "prompt_hashes.txt"
SHOWN = 60
"""Characters of the first example in an error."""
R = TypeVar("R")


def write_prompt_hashes(stage_folder: Path, hashes: Iterable[str]) -> None:
    """Write the prompts that a model was trained on, its earlier stages' too, one hash a line."""
    atomic_write_text(
        stage_folder / PROMPT_HASHES, "".join(f"{one}\n" for one in sorted(set(hashes)))
    )


def read_prompt_hashes(model: Path) -> set[str]:
    """Return the prompts that the stage behind a model folder, or one before it, was trained on.

    `model` is a stage or one of its step folders. A model from elsewhere has no list: empty.
    """
    for folder in (model, model.parent):
        if (folder / PROMPT_HASHES).is_file():
            return set((folder / PROMPT_HASHES).read_text(encoding="utf-8").split())
    return set()


def without_overlap(
    records: Sequence[R],
    messages: Callable[[R], Sequence[Message]],
    seen: set[str],
    *,
    seen_by: str,
    drop_overlap: bool,
    drop: Callable[[R, Drop], None],
) -> list[R]:
    """Return the records none of whose prompts is among `seen`.

    Raises:
        Overlap: some are, and `drop_overlap` is false.
    """
    kept: list[R] = []
    lost: list[R] = []
    for record in records:
        (kept if seen.isdisjoint(dialogue_hashes(messages(record))) else lost).append(record)
    if lost and not drop_overlap:
        example = messages(lost[0])[-1].content.replace("\n", " ")[:SHOWN]
        raise Overlap(
            f"{len(lost)} of {len(records)} prompts were already used to train {seen_by}, such as "
            f"{example!r}. Take them out, or give --drop-overlap to leave them out here."
        )
    for record in lost:
        drop(record, Drop("prompt-seen-before", seen_by))
    return kept


def split_by_prompt(
    hashes: Sequence[str], *, share: float, most: int, seed: int
) -> tuple[list[int], list[int]]:
    """Return the indices to train on and those to validate on; no question is on both sides.

    `hashes` are those of `question_hash`. Which questions are set aside depends on their hash and
    the seed, not on their order.

    Raises:
        SettingsError: there are too few prompts to set one aside.
    """
    prompts = sorted(
        set(hashes), key=lambda one: hashlib.blake2b(f"{seed}:{one}".encode()).digest()
    )
    count = min(most, max(1, round(share * len(prompts))))
    if len(prompts) <= count:
        raise SettingsError(
            f"{len(prompts)} different first questions are too few to set {count} aside for "
            "validation. Give more data."
        )
    aside = set(prompts[:count])
    places = range(len(hashes))
    return (
        [place for place in places if hashes[place] not in aside],
        [place for place in places if hashes[place] in aside],
    )
