"""Which step of PPO is the best, and when a run must end."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from korean_rlhf.errors import Diverged
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.ppo import PPOSettings
from korean_rlhf.train.answers import lay_out
from korean_rlhf.train.experience import Judged
from korean_rlhf.train.held_out import Measured, Memory, clearly_better, measured, remember
from tests.train.stages import run_ppo
from tests.train.world import World

SETTINGS = PPOSettings(patience=None)


def found(by_prompt: list[float], *, distinct: float = 1.0, kl: float = 1.0) -> Measured:
    objective = sum(by_prompt) / len(by_prompt)
    metrics = {"objective": objective, "kl": kl, "distinct_answers": distinct}
    return Measured({f"held_out_{name}": value for name, value in metrics.items()}, by_prompt)


@pytest.mark.parametrize(
    ("new", "old", "better"),
    [
        ([1.0, 1.0, 1.0, 1.0], [0.9, 0.9, 0.9, 0.9], True),
        ([3.0, -1.0, 3.0, -1.0], [0.9, 0.9, 0.9, 0.9], False),  # a higher mean by luck
        ([3.1, -0.9, 3.1, -0.9], [3.0, -1.0, 3.0, -1.0], True),  # noisy, but paired
        ([1.0, 1.0], [1.0, 1.0], False),
        ([1.0], [0.0], True),
        ([1.0], [], True),
    ],
)
def test_a_step_is_better_when_its_gain_exceeds_its_standard_error(
    new: list[float], old: list[float], better: bool
) -> None:
    assert clearly_better(new, old) is better


def test_a_noisy_maximum_does_not_become_the_best_step() -> None:
    memory = Memory()
    draw = torch.Generator().manual_seed(1)
    first = torch.randn(100, generator=draw).tolist()
    remember(memory, 0, found(first), SETTINGS)
    for step in range(1, 5):
        noise = torch.randn(100, generator=draw) + 0.02
        remember(memory, step, found(torch.tensor(first).add(noise).tolist()), SETTINGS)

    assert memory.best_step == 0
    remember(memory, 9, found([value + 0.5 for value in first]), SETTINGS)
    assert (memory.best_step, memory.since_best) == (9, 0)


def test_a_collapsed_policy_is_never_the_best_and_ends_the_run() -> None:
    memory = Memory()
    remember(memory, 0, found([0.0, 0.0], distinct=0.8), SETTINGS)
    remember(memory, 1, found([1.0, 1.0], distinct=0.5), SETTINGS)
    assert (memory.best_step, memory.stopped) == (1, "")

    remember(memory, 2, found([9.0, 9.0], distinct=0.3), SETTINGS)

    assert (memory.best_step, memory.stopped) == (1, "min_distinct")


def test_a_step_beyond_the_limit_of_divergence_is_never_the_best() -> None:
    memory = Memory()
    remember(memory, 0, found([0.0, 0.0]), SETTINGS)
    remember(memory, 1, found([1.0, 1.0], kl=21.0), SETTINGS)

    assert memory.best_step == 0


def test_a_score_that_is_no_number_is_an_error() -> None:
    with pytest.raises(Diverged, match=r"update 3: .*nan"):
        remember(Memory(), 3, found([float("nan"), 0.0]), SETTINGS)


def test_answers_to_one_prompt_may_be_equal_and_prompts_are_averaged() -> None:
    tokens = torch.tensor([[7, 2], [7, 2], [8, 2], [8, 2]])  # two prompts, two answers each
    answers = lay_out([[1, 4], [1, 4], [1, 5], [1, 5]], tokens, end_id=2, pad_id=0)
    zero = torch.zeros(4, 2)
    scores = torch.tensor([0.0, 1.0, 2.0, 4.0])
    judged = [Judged(zero, zero, zero - 0.5, zero, scores)]

    one = measured(answers, [answers], judged, [scores], PPOSettings(kl_coefficient=1.0))

    assert one.distinct == 1.0
    assert one.by_prompt == [0.5 - 1.0, 3.0 - 1.0]
    assert one.metrics["held_out_objective"] == pytest.approx(0.75)


def test_a_run_whose_answers_become_one_stops_and_gives_an_earlier_step(
    world: World, judge: Path, tmp_path: Path
) -> None:
    run_ppo(
        world, tmp_path / "ppo", world.base, judge, updates=40, learning_rate=3e-2,
        response_tokens=3, kl_max=1e9, kl_coefficient=0.0, evaluate_every=1, min_distinct=0.9,
    )  # fmt: skip
    manifest = read_manifest(tmp_path / "ppo")
    best = read_manifest(tmp_path / "ppo" / manifest["best"])
    first = manifest["first"]["held_out_distinct_answers"]

    assert manifest["stopped"] == "min_distinct"
    assert manifest["steps"] < 40
    assert manifest["final"]["held_out_distinct_answers"] < 0.9 * first
    assert best["held_out_distinct_answers"] >= 0.9 * first
