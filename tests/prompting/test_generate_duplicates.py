"""The labelled pairs of near duplicates, and what the filter must see through at its default."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf.assets import asset_dir
from korean_rlhf.ngrams import normalise_for_matching
from korean_rlhf.prompting.generation.neighbours import NEAR, Weights
from korean_rlhf.prompting.generation.tasks import read_seeds

GOLDEN = Path(__file__).parents[1] / "golden"
PROMPTS = asset_dir("prompts")
SURFACE = ("spacing", "ending", "order", "josa")


def pairs(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLDEN / name).read_text(encoding="utf-8").splitlines()]


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a record, without spaces and marks."""
    if isinstance(value, str):
        yield normalise_for_matching(value)
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


FRESH = pairs("generated_duplicates_fresh.jsonl")


def test_the_fresh_pairs_are_balanced_and_each_stands_once():
    assert len(FRESH) >= 160
    assert 0.4 <= sum(row["duplicate"] for row in FRESH) / len(FRESH) <= 0.6
    assert len({frozenset((row["one"], row["two"])) for row in FRESH}) == len(FRESH)
    assert len({row["from"] for row in FRESH}) == len(FRESH)
    assert [
        row
        for row in FRESH
        for text in (row["one"], row["two"])
        if text != unicodedata.normalize("NFC", text)
    ] == []


def test_the_fresh_pairs_hold_no_text_of_the_prompts_or_of_the_first_pairs():
    known = set(texts(pairs("generated_duplicates.jsonl")))
    for path in PROMPTS.rglob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            known |= set(texts(json.loads(line)))

    assert {text for row in FRESH for text in texts([row["one"], row["two"]])} & known == set()


@pytest.mark.parametrize("name", ["generated_duplicates.jsonl", "generated_duplicates_fresh.jsonl"])
def test_the_same_text_with_another_surface_is_found(name: str):
    seeds = read_seeds([PROMPTS / "instructions"], ())
    weights = Weights(seed.instruction for seed in seeds)
    same = [row for row in pairs(name) if row["duplicate"] and row["change"] in SURFACE]
    found = [row for row in same if weights.similarity(row["one"], row["two"]) >= NEAR]

    assert len(same) >= 30
    assert len(found) >= 0.9 * len(same)
