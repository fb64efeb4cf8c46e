"""A stage killed anywhere and run again learns what an unbroken one learns, to the last bit."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from korean_rlhf.rundir import finished_steps, read_manifest
from korean_rlhf.train import state
from korean_rlhf.train.pretrain import pretrain
from korean_rlhf.train.stages import weights_digest
from tests.train.stages import (
    killed_after,
    learned,
    pretrain_settings,
    run_ppo,
    run_pretrain,
    run_reward,
    run_sft,
)
from tests.train.world import World


def same(one: Path, other: Path) -> None:
    """Assert that two stages learned the same and published the same."""
    assert learned(one) == learned(other)
    manifests = [read_manifest(folder) for folder in (one, other)]
    assert manifests[0]["digest"] == manifests[1]["digest"]
    assert manifests[0]["best"] == manifests[1]["best"]
    digests = [[weights_digest(step) for step in finished_steps(folder)] for folder in (one, other)]
    assert digests[0] == digests[1]


@pytest.mark.parametrize(("rows", "torn"), [(2, False), (7, False), (8, True)])
def test_pretrain_resumes_exactly(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, torn: bool
) -> None:
    run_pretrain(world, tmp_path / "whole")
    killed_after(rows, monkeypatch, lambda: run_pretrain(world, tmp_path / "cut"), torn=torn)
    run_pretrain(world, tmp_path / "cut")

    assert len(learned(tmp_path / "whole")) == 12
    same(tmp_path / "whole", tmp_path / "cut")


def test_sft_resumes_exactly_through_two_kills(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sft(world, tmp_path / "whole")
    killed_after(5, monkeypatch, lambda: run_sft(world, tmp_path / "cut"))
    killed_after(4, monkeypatch, lambda: run_sft(world, tmp_path / "cut"), torn=True)
    run_sft(world, tmp_path / "cut")

    same(tmp_path / "whole", tmp_path / "cut")


def test_reward_resumes_exactly(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_reward(world, tmp_path / "whole")
    killed_after(7, monkeypatch, lambda: run_reward(world, tmp_path / "cut"))
    run_reward(world, tmp_path / "cut")

    same(tmp_path / "whole", tmp_path / "cut")


@pytest.mark.parametrize(("rows", "torn"), [(4, False), (3, True)])
def test_row_38_ppo_resumes_exactly(
    world: World,
    judge: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
    torn: bool,
) -> None:
    def run(name: str) -> None:
        run_ppo(world, tmp_path / name, world.base, judge)

    run("whole")
    killed_after(rows, monkeypatch, lambda: run("cut"), torn=torn)
    run("cut")

    assert [row[0] for row in learned(tmp_path / "whole")] == list(range(7))
    same(tmp_path / "whole", tmp_path / "cut")


def test_what_kills_left_behind_is_gone_at_the_end(
    world: World, judge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the last pruning, and with a folder that no resumed run writes again."""

    def run_both() -> None:
        run_sft(world, tmp_path / "sft")
        run_ppo(world, tmp_path / "ppo", world.base, judge, min_distinct=0.0)

    run_both()
    for stage in ("sft", "ppo"):
        folder = tmp_path / stage
        kept = sorted(path.name for path in folder.glob("step-*"))
        notes = read_manifest(folder)
        identity = {key: notes[key] for key in ("stage", "settings", "inputs")}
        (folder / "manifest.json").rename(folder / "started.json")
        (folder / "started.json").write_text(json.dumps(identity), encoding="utf-8")
        for name, finished in (("step-000001", True), ("step-000999", False)):
            shutil.copytree(folder / kept[-1], folder / name)
            if not finished:
                (folder / name / "manifest.json").unlink()
        run_both()

        assert sorted(path.name for path in folder.glob("step-*")) == kept
        assert read_manifest(folder)["best"] == notes["best"]


def test_a_checkpoint_is_on_the_disk_before_its_manifest_says_so(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[set[str]] = []
    fsync = os.fsync

    def counted(descriptor: int) -> None:
        fsync(descriptor)
        synced[-1].add(os.path.realpath(f"/proc/self/fd/{descriptor}"))

    def watched(folder: Path) -> None:
        assert not (folder / "manifest.json").exists()
        synced.append(set())
        monkeypatch.setattr(os, "fsync", counted)
        sync(folder)
        monkeypatch.setattr(os, "fsync", fsync)
        inside = {os.path.realpath(path) for path in folder.rglob("*")}
        assert synced[-1] == inside | {os.path.realpath(folder), os.path.realpath(folder.parent)}
        assert any(path.endswith("model.safetensors") for path in inside)

    sync = state.sync
    monkeypatch.setattr(state, "sync", watched)
    run_pretrain(world, tmp_path / "out", steps=4)

    assert len(synced) == 1


def test_a_real_sigkill_loses_nothing(world: World, tmp_path: Path) -> None:
    settings = pretrain_settings(steps=60, evaluate_every=5)

    def run(name: str) -> None:
        pretrain(world.tokens, world.tokenizer, tmp_path / name, settings)

    child = multiprocessing.get_context("fork").Process(target=run, args=("cut",))
    child.start()
    while not finished_steps(tmp_path / "cut") and child.is_alive():
        time.sleep(0.002)
    child.kill()
    child.join()
    assert child.exitcode == -signal.SIGKILL

    for name in ("cut", "whole"):
        run(name)

    same(tmp_path / "whole", tmp_path / "cut")
