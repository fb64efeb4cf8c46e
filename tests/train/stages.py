"""Stages of training on the tiny world, with a way to break them off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf.rundir import MetricsLog
from korean_rlhf.settings.ppo import PPOSettings
from korean_rlhf.settings.pretrain import PretrainSettings
from korean_rlhf.settings.reward import RewardSettings
from korean_rlhf.settings.sft import SFTSettings
from korean_rlhf.train import state
from korean_rlhf.train.ppo import ppo
from korean_rlhf.train.pretrain import pretrain
from korean_rlhf.train.reward import reward
from korean_rlhf.train.sft import sft
from tests.train.world import World

FIXED: dict[str, Any] = {"device": "cpu", "precision": "fp32", "compile": "off", "warmup": 2}
SHAPE: dict[str, Any] = {"layers": 2, "hidden_size": 32, "heads": 2, "context": 48}


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


def pretrain_settings(**changes: Any) -> PretrainSettings:
    chosen = {"steps": 12, "batch_rows": 4, "evaluate_every": 4, "learning_rate": 3e-3}
    return PretrainSettings(**(FIXED | SHAPE | chosen | changes))


def run_pretrain(world: World, out: Path, **changes: Any) -> None:
    pretrain(world.tokens, world.tokenizer, out, pretrain_settings(**changes))


def run_sft(world: World, out: Path, model: Path | None = None, **changes: Any) -> None:
    chosen = {"epochs": 2, "batch_size": 8, "evaluate_every": 3, "learning_rate": 3e-3}
    settings = SFTSettings(**(FIXED | chosen | changes))
    sft([world.instructions], model or world.base, out, settings)


def run_reward(world: World, out: Path, model: Path | None = None, **changes: Any) -> None:
    chosen = {"epochs": 2, "batch_prompts": 6, "evaluate_every": 3, "learning_rate": 1e-3}
    settings = RewardSettings(**(FIXED | chosen | changes))
    reward(
        [world.comparisons], model or world.base, out, settings, demonstrations=world.instructions
    )


def run_ppo(world: World, out: Path, policy: Path, judge: Path, **changes: Any) -> None:
    chosen = {
        "updates": 6,
        "rollouts": 12,
        "minibatches": 3,
        "accumulate": 2,
        "response_tokens": 8,
        "evaluate_every": 2,
        "evaluate_prompts": 6,
        "learning_rate": 1e-3,
        "value_learning_rate": 1e-3,
    }
    ppo([world.prompts], policy, judge, out, PPOSettings(**(FIXED | chosen | changes)))


def killed_after(
    rows: int, monkeypatch: pytest.MonkeyPatch, run: Callable[[], None], *, torn: bool = False
) -> None:
    """Run a stage and break it off: after that many metrics rows, or in its next checkpoint."""
    written = 0
    write, publish = MetricsLog.write, state.atomic_write_text

    def counted(log: MetricsLog, row: dict[str, Any]) -> None:
        nonlocal written
        write(log, row)
        written += 1
        if written == rows and not torn:
            raise Killed

    def torn_off(path: Path, text: str) -> None:
        if torn and written >= rows and path.parent.name.startswith("step-"):
            raise Killed  # weights and state are there, the manifest is not
        publish(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(MetricsLog, "write", counted)
        patched.setattr(state, "atomic_write_text", torn_off)
        with pytest.raises(Killed):
            run()


def learned(out: Path) -> list[tuple[int, Any, Any]]:
    """Return what must not depend on an interruption: each row's numbers but times."""
    rows = MetricsLog(out).rows()
    return [
        (row["step"], row.get("loss", row.get("policy_loss")), _without_times(row)) for row in rows
    ]


def _without_times(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("seconds")}
