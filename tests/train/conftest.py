"""Fixtures of the training tests: one thread, the tiny world, a reward model in it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.train.stages import run_reward
from tests.train.world import World, make_world


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Other tests share the cores, and sums must not depend on how many there are."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The tiny world on disk."""
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def judge(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished reward stage."""
    out = tmp_path_factory.mktemp("judge") / "reward"
    run_reward(world, out)
    return out
