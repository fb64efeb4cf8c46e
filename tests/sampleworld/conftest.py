"""One small sample world for all tests of the room."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from korean_rlhf.sampleworld.make import make
from korean_rlhf.settings.sampleworld import SampleworldSettings

SMALL = SampleworldSettings(
    seed=5,
    prose_megabytes=0.5,
    heldout_kilobytes=10,
    instructions=700,
    comparisons=150,
    prompts=300,
    to_rank=80,
    questions=250,
    choices=60,
    twins=60,
)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    make(folder, SMALL)
    return folder


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
