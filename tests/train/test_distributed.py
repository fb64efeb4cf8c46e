"""Two processes learn what one learns."""

from __future__ import annotations

import multiprocessing
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from korean_rlhf.rundir import chosen_step, read_manifest
from korean_rlhf.train import reward as reward_stage
from korean_rlhf.train.advantage import whiten
from korean_rlhf.train.distributed import launched_processes, process_group, process_rank
from tests.train.stages import learned, run_pretrain, run_reward
from tests.train.world import World


def two_processes(run: Callable[[], None]) -> None:
    """Do `run` twice at once, in the environment that torchrun makes for a job of two."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def process(rank: int) -> None:
        os.environ |= {
            "WORLD_SIZE": "2",
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
        }
        run()

    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=process, args=(rank,)) for rank in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0]


def test_row_19_whitening_is_over_the_batches_of_all_processes() -> None:
    values = torch.randn(6, 5, generator=torch.Generator().manual_seed(1))
    mask = torch.rand(6, 5, generator=torch.Generator().manual_seed(2)) > 0.3
    whole = whiten(values, mask)

    def check() -> None:
        with process_group():
            own = slice(0, 2) if process_rank() == 0 else slice(2, 6)
            found = whiten(values[own], mask[own])
        torch.testing.assert_close(found, whole[own], atol=1e-6, rtol=0)

    two_processes(check)


def test_row_28_two_processes_learn_what_one_learns(world: World, tmp_path: Path) -> None:
    def run(name: str) -> None:
        run_pretrain(world, tmp_path / name, steps=6, batch_rows=5, evaluate_every=3)

    run("one")
    two_processes(lambda: run("two"))

    losses = [[row[1] for row in learned(tmp_path / name)] for name in ("one", "two")]
    weights = [
        load_file(chosen_step(tmp_path / name) / "model.safetensors") for name in ("one", "two")
    ]
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)
    for name, tensor in weights[0].items():
        torch.testing.assert_close(weights[1][name], tensor, atol=2e-5, rtol=0)
    assert read_manifest(tmp_path / "two")["processes"] == 2


def test_the_first_process_decides_for_all_when_a_run_ends(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their losses may differ in the last digit; here in the direction."""
    calls = iter(range(100))

    def apart(*arguments: Any) -> dict[str, float]:
        falling = 1.0 / (1 + next(calls))
        return {"validation_loss": falling if process_rank() == 0 else -falling, "validation": {}}

    monkeypatch.setattr(reward_stage, "measure", apart)
    two_processes(
        lambda: run_reward(world, tmp_path / "out", patience=1, evaluate_every=1, epochs=1)
    )

    assert read_manifest(tmp_path / "out")["steps"] == 6


def test_torchrun_is_known_before_the_processes_have_joined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert launched_processes() == 1
    monkeypatch.setenv("WORLD_SIZE", "4")
    assert launched_processes() == 4
