"""PPO as a whole: rows 8, 9, 14, 19-21, 25, 27, 33, 34 and 37 of the checklist."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from korean_rlhf.errors import Overlap, SettingsError
from korean_rlhf.model.checkpoint import build_model
from korean_rlhf.model.heads import RewardModel
from korean_rlhf.model.passes import TOKENS_AT_ONCE
from korean_rlhf.records import Message, Prompt
from korean_rlhf.rundir import MetricsLog, Stage, chosen_step, finished_steps, read_manifest
from korean_rlhf.settings.ppo import PPOSettings
from korean_rlhf.tables import write_jsonl
from korean_rlhf.train import ppo as ppo_stage
from korean_rlhf.train.advantage import masked_moments
from korean_rlhf.train.answers import log_probabilities, sample_answers
from korean_rlhf.train.device import Hardware
from korean_rlhf.train.experience import (
    Networks,
    final_scores,
    judge,
    judge_together,
    prepare,
    shared_out,
)
from korean_rlhf.train.ppo import ppo, without_dropout
from korean_rlhf.train.ppo_run import PPORun
from korean_rlhf.train.stages import weights_digest
from tests.train.stages import learned, run_ppo, run_sft
from tests.train.world import TINY, World

FP32 = Hardware("cpu", "fp32", False, {})
END, PAD, VOCABULARY = 2, 0, 24
PROMPTS = [[1, 4, 6 + number, 5] for number in range(12)]


def networks() -> Networks:
    critic = [RewardModel(build_model(TINY, VOCABULARY, 6).base_model, seed=3) for _ in range(2)]
    critic[1].load_state_dict(critic[0].state_dict())
    policies = [build_model(TINY, VOCABULARY, 5) for _ in range(2)]
    for network in (*policies, *critic):
        without_dropout(network)
    return Networks(policies[0], policies[1], critic[0], critic[1])


def parts_of(four: Networks, temperature: float = 1.0):
    answers = sample_answers(
        four.policy,
        PROMPTS,
        new_tokens=6,
        temperature=temperature,
        generator=torch.Generator().manual_seed(1),
        end_id=END,
        pad_id=PAD,
    )
    batches = shared_out(answers, minibatches=3, accumulate=2, seed=(1, 0))
    return [part for batch in batches for part in batch]


@pytest.mark.parametrize(
    ("score", "ended", "clip", "expected"),
    [
        (0.5, True, None, 0.5),
        (0.5, False, None, -0.5),
        (9.0, True, 5.0, 5.0),
        (-9.0, False, 5.0, -6.0),
    ],
)
def test_row_8_an_answer_without_an_end_pays(
    score: float, ended: bool, clip: float | None, expected: float
) -> None:
    settings = PPOSettings(score_clip=clip)

    found = final_scores(torch.tensor([score]), torch.tensor([ended]), settings)

    assert found.item() == pytest.approx(expected)


def test_row_9_two_training_passes_are_identical() -> None:
    four = networks()
    answers = parts_of(four)[0]

    first, second = (log_probabilities(four.policy, answers, 1.0) for _ in range(2))

    assert first.requires_grad
    assert torch.equal(first, second)
    assert not any(module.training for module in four.policy.modules())


def test_row_14_the_divergence_is_exactly_zero_at_the_start() -> None:
    four = networks()
    judged = judge(four, parts_of(four), FP32, 1.0)

    assert all(torch.equal(one.kl, torch.zeros(len(one.kl))) for one in judged)


def test_row_19_advantages_are_whitened_over_the_whole_update() -> None:
    four = networks()
    parts = parts_of(four)
    experience = prepare(parts, judge(four, parts, FP32, 1.0), PPOSettings())
    moments = masked_moments(
        torch.cat([one.advantages.flatten() for one in experience]),
        torch.cat([one.answers.mask.flatten() for one in experience]),
    )
    single = masked_moments(experience[0].advantages, experience[0].answers.mask)

    assert moments.mean == pytest.approx(0.0, abs=1e-6)
    assert moments.variance == pytest.approx(1.0, abs=1e-4)
    assert abs(single.mean) > 1e-3, "a part has a mean of its own"


@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_row_21_the_first_ratio_is_exactly_one(temperature: float) -> None:
    four = networks()
    parts = parts_of(four, temperature)
    seen = judge(four, parts, FP32, temperature)

    for answers, one in zip(parts, seen, strict=True):
        new = log_probabilities(four.policy, answers, temperature)
        assert torch.equal(new.detach(), one.log_probabilities)


def test_rows_20_24_25_and_27_the_defaults_are_the_papers() -> None:
    settings = PPOSettings()
    expected = {
        "policy_clip": 0.2,
        "value_clip": 0.2,
        "value_weight": 0.1,
        "kl_coefficient": 0.02,
        "epsilon": 1e-5,
        "beta1": 0.9,
        "beta2": 0.95,
        "gamma": 1.0,
        "smoothing": 0.95,
        "temperature": 1.0,
        "inner_epochs": 1,
        "minibatches": 8,
        "rollouts": 512,
        "schedule": "constant",
        "warmup": 10,
        "weight_decay": 0.0,
        "no_end_penalty": 1.0,
        "kl_max": 20.0,
    }

    assert {name: getattr(settings, name) for name in expected} == expected


def test_a_minibatch_count_that_does_not_divide_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match="Nearest: rollouts = 496"):
        PPOSettings(rollouts=500)


def test_every_answer_is_in_one_part_and_parts_are_sorted_by_length() -> None:
    four = networks()
    parts = parts_of(four)
    seen = sorted(row[2] for part in parts for row in part.tokens.tolist())

    assert len(parts) == 6
    assert seen == sorted(prompt[2] for prompt in PROMPTS)
    for short, long in zip(parts[::2], parts[1::2], strict=True):
        longest = (short.prompt_lengths + short.lengths).max()
        assert longest <= (long.prompt_lengths + long.lengths).min()


def test_a_minibatch_is_split_further_where_padding_would_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(TOKENS_AT_ONCE, "cpu", 10)
    parts = parts_of(networks())

    assert len(parts) > 6
    assert all(part.tokens.numel() <= 10 for part in parts)
    assert sum(len(part.lengths) for part in parts) == len(PROMPTS)


def test_a_minibatch_split_further_gives_the_same_gradient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = []
    for tokens in (1024, 10):
        monkeypatch.setitem(TOKENS_AT_ONCE, "cpu", tokens)
        four = networks()
        for part in parts_of(four):
            log_probabilities(four.policy, part, 1.0).square().sum().backward()
        found.append(torch.cat([one.grad.flatten() for one in four.policy.parameters()]))

    torch.testing.assert_close(found[1], found[0], atol=1e-4, rtol=1e-5)


def test_answers_judged_in_passes_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    four = networks()
    answers = sample_answers(
        four.policy, [*PROMPTS, [1, 4, 6, 7, 8, 5], [1, 5]], new_tokens=6, temperature=1.0,
        generator=torch.Generator().manual_seed(2), end_id=END, pad_id=PAD,
    )  # fmt: skip
    whole = judge(four, [answers], FP32, 1.0)[0]
    monkeypatch.setitem(TOKENS_AT_ONCE, "cpu", 10)
    found = judge_together(four, answers, FP32, 1.0)

    for name in ("log_probabilities", "entropy", "reference", "scores"):
        torch.testing.assert_close(getattr(found, name), getattr(whole, name))
    torch.testing.assert_close(found.values * answers.mask, whole.values * answers.mask)


def test_row_33_every_update_logs_what_must_be_watched(
    world: World, judge: Path, tmp_path: Path
) -> None:
    run_ppo(world, tmp_path / "ppo", world.base, judge, updates=2, inner_epochs=2)
    rows = MetricsLog(tmp_path / "ppo").rows()
    manifest = read_manifest(tmp_path / "ppo")
    wanted = {
        "kl", "ratio_mean", "ratio_max", "clip_fraction", "entropy", "length", "end_rate", "score",
        "explained_variance", "distinct_answers", "policy_loss", "value_loss", "first_ratio_max",
    }  # fmt: skip

    assert rows[0]["step"] == 0
    assert rows[0]["held_out_kl"] == 0.0
    assert rows[1]["kl"] == 0.0
    assert all(wanted <= row.keys() for row in rows[1:])
    assert all(row["first_ratio_max"] == pytest.approx(1.0, abs=1e-6) for row in rows[1:])
    assert rows[-1]["step"] == manifest["steps"] == 2
    assert {"precision", "tokens_per_second", "compiled", "best_objective"} <= manifest.keys()


def test_row_14_the_reference_and_the_reward_model_stay_as_they_are(
    world: World, judge: Path, tmp_path: Path
) -> None:
    before = weights_digest(world.base), weights_digest(chosen_step(judge))
    run_ppo(world, tmp_path / "ppo", world.base, judge, updates=2)

    assert (weights_digest(world.base), weights_digest(chosen_step(judge))) == before
    assert learned(tmp_path / "ppo")[-1][0] == 2


def test_row_34_the_run_stops_at_its_limit_and_keeps_the_best_below_it(
    world: World, judge: Path, tmp_path: Path
) -> None:
    run_ppo(
        world, tmp_path / "ppo", world.base, judge,
        updates=30, learning_rate=2e-2, kl_max=1.0, evaluate_every=30,
    )  # fmt: skip
    manifest = read_manifest(tmp_path / "ppo")
    best = read_manifest(tmp_path / "ppo" / manifest["best"])

    assert manifest["stopped"] == "kl_max"
    assert manifest["steps"] < 30
    assert best["held_out_kl"] <= 1.0
    assert len(finished_steps(tmp_path / "ppo")) <= 2


def tensors_of(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def same_tensors(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def loaded(world: World, judge: Path, folder: Path) -> Networks:
    stage = Stage(folder, "ppo", {}, finished=False)
    return ppo_stage._networks(stage, world.base, chosen_step(judge), "cpu")


def test_rows_9_and_13_the_networks_that_ppo_loads_are_copies_without_dropout(
    world: World, judge: Path, tmp_path: Path
) -> None:
    four = loaded(world, judge, tmp_path)

    assert same_tensors(tensors_of(four.policy), tensors_of(four.reference))
    assert same_tensors(tensors_of(four.values), tensors_of(four.reward))
    assert four.values is not four.reward
    for network in (four.policy, four.reference, four.reward, four.values):
        assert not any(module.training for module in network.modules())


def test_row_14_only_policy_and_values_change_in_memory(
    world: World, judge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Networks] = []
    load = ppo_stage._networks

    def watched(*arguments: Any) -> Networks:
        kept.append(load(*arguments))
        return kept[0]

    monkeypatch.setattr(ppo_stage, "_networks", watched)
    fresh = loaded(world, judge, tmp_path / "other")
    kept.clear()
    run_ppo(world, tmp_path / "ppo", world.base, judge, updates=2)
    after = kept[0]

    assert same_tensors(tensors_of(after.reference), tensors_of(fresh.reference))
    assert same_tensors(tensors_of(after.reward), tensors_of(fresh.reward))
    assert not same_tensors(tensors_of(after.policy), tensors_of(fresh.policy))
    assert not same_tensors(tensors_of(after.values), tensors_of(fresh.values))


def test_row_28_more_parts_of_a_minibatch_change_nothing_in_ppo(
    world: World, judge: Path, tmp_path: Path
) -> None:
    for name, parts in (("one", 1), ("four", 4)):
        run_ppo(world, tmp_path / name, world.base, judge, updates=2, accumulate=parts)
    one, four = (MetricsLog(tmp_path / name).rows() for name in ("one", "four"))

    for key in ("score", "policy_loss", "value_loss", "policy_gradient_norm", "held_out_score"):
        found = [[row[key] for row in rows if key in row] for rows in (one, four)]
        assert len(found[0]) == 2
        assert found[1] == pytest.approx(found[0], rel=1e-3, abs=1e-5)


def test_the_value_network_learns_at_its_peak_from_the_start(tmp_path: Path) -> None:
    settings = PPOSettings(warmup=10, updates=30, value_only_updates=2, floor=1.0)
    stage = Stage(tmp_path, "ppo", {}, finished=False)
    run = PPORun(stage, settings, networks(), Always(), TinyChat(), FP32, tmp_path)
    updates = (0, 1, 2, 12)
    policy, values = [], []
    for update in updates:
        policy.append(run._set_learning_rates(update))
        values.append(run.value_optimizer.param_groups[0]["lr"])
    peak = settings.learning_rate

    assert values == [settings.value_learning_rate] * 4
    assert policy == pytest.approx([0.0, 0.0, 0.1 * peak, peak])


def test_at_first_only_the_value_network_learns_when_asked(
    world: World, judge: Path, tmp_path: Path
) -> None:
    run_ppo(
        world, tmp_path / "ppo", world.base, judge,
        updates=3, value_only_updates=2, evaluate_every=1, keep_last=9, min_distinct=0.0,
    )  # fmt: skip
    rows = MetricsLog(tmp_path / "ppo").rows()
    digests = [weights_digest(step) for step in finished_steps(tmp_path / "ppo")]

    assert [row["kl"] for row in rows[1:]] == [0.0, 0.0, 0.0]
    assert [row.get("learning_rate") for row in rows[1:3]] == [0.0, 0.0]
    assert ["policy_loss" in row for row in rows[1:]] == [False, False, True]
    assert all(row["value_gradient_norm"] > 0 for row in rows[1:])
    assert digests[0] == digests[1] == digests[2] != digests[3]


def test_the_place_of_a_score_after_the_end_does_not_depend_on_the_parts() -> None:
    four, settings = networks(), PPOSettings(score_after_end=True)
    answers = sample_answers(
        four.policy, PROMPTS, new_tokens=6, temperature=1.0,
        generator=torch.Generator().manual_seed(1), end_id=END, pad_id=PAD,
    ).with_spare_column(PAD)  # fmt: skip

    def returns(size: int) -> list[Tensor]:
        parts = [answers.rows(some) for some in torch.arange(len(PROMPTS)).split(size)]
        found = prepare(parts, judge(four, parts, FP32, 1.0), settings)
        for one in found:
            assert torch.equal(one.value_mask.sum(1), one.answers.lengths + 1)
        rows = [zip(one.returns, one.value_mask, strict=True) for one in found]
        return [row[seen] for part in rows for row, seen in part]

    for alone, together in zip(returns(1), returns(len(PROMPTS)), strict=True):
        torch.testing.assert_close(alone, together, atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rollouts": 8, "minibatches": 4, "accumulate": 3}, r"accumulate \(3\).*= 2"),
        ({"updates": 5, "value_only_updates": 5}, "below updates"),
        ({"evaluate_samples": 0}, "above 0"),
        ({"min_distinct": 1.5}, "within 0 and 1"),
    ],
)
def test_settings_of_ppo_that_cannot_work_are_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        PPOSettings(**changes)


def test_prompts_that_policy_or_judge_saw_are_refused(
    world: World, judge: Path, tmp_path: Path
) -> None:
    run_sft(world, tmp_path / "sft", epochs=1)
    seen = Prompt(messages=(Message(role="user", content="둘 3번 광주 딸기의 색은?"),))
    fresh = [Prompt(messages=(Message(role="user", content=f"넷 {n}번?"),)) for n in range(20)]
    write_jsonl(tmp_path / "prompts.jsonl", [*fresh, seen])
    settings = PPOSettings(rollouts=8, minibatches=2, response_tokens=8, updates=1)

    with pytest.raises(Overlap, match=r"1 of 21 prompts .* the reward model"):
        ppo([tmp_path / "prompts.jsonl"], tmp_path / "sft", judge, tmp_path / "out", settings)


def test_a_prompt_without_room_for_an_answer_is_dropped_with_its_reason(
    world: World, judge: Path, tmp_path: Path
) -> None:
    long = Prompt(messages=(Message(role="user", content="사과 " * 60),), id="long")
    write_jsonl(tmp_path / "long.jsonl", [long])
    settings = PPOSettings(
        rollouts=8, minibatches=2, response_tokens=8, updates=1, evaluate_prompts=4, device="cpu",
        precision="fp32",
    )  # fmt: skip
    ppo([world.prompts, tmp_path / "long.jsonl"], world.base, judge, tmp_path / "out", settings)
    counts = read_manifest(tmp_path / "out")["counts"]

    assert counts == {"in": 41, "out": 40, "dropped": {"prompt-leaves-no-room-to-answer": 1}}


def test_compilation_on_demand_is_refused_for_ppo(
    world: World, judge: Path, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="does not suit ppo"):
        run_ppo(world, tmp_path / "ppo", world.base, judge, compile="on")


def test_torchrun_is_refused_before_anything_is_read(
    world: World, judge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")

    with pytest.raises(SettingsError, match="one process"):
        run_ppo(world, tmp_path / "ppo", world.base, judge)
    assert not (tmp_path / "ppo").exists()


class LikesToken(nn.Module):
    """Stands for a reward model: 1 if the answer holds a token, else 0."""

    def __init__(self, token: int) -> None:
        super().__init__()
        self.token = token

    def score(self, ids: Tensor, lengths: Tensor) -> Tensor:
        return (ids[:, 4:] == self.token).any(1).float()


class Always:
    held_out = PROMPTS[:4]

    def at(self, update: int) -> list[list[int]]:
        return [PROMPTS[place % len(PROMPTS)] for place in range(64)]


class TinyChat:
    end_id, pad_id = END, PAD


def toy_run(folder: Path, updates: int, kl_coefficient: float) -> list[float]:
    four = dataclasses.replace(networks(), reward=LikesToken(17))
    settings = PPOSettings(
        updates=updates, rollouts=64, minibatches=4, response_tokens=5, learning_rate=1e-2,
        value_learning_rate=1e-2, warmup=1, kl_coefficient=kl_coefficient, no_end_penalty=0.0,
        kl_max=1e9,
    )  # fmt: skip
    stage = Stage(folder, "ppo", {}, finished=False)
    run = PPORun(stage, settings, four, Always(), TinyChat(), FP32, folder)
    return [run.update(update)["score"] for update in range(updates)]


def test_row_37_ppo_finds_a_rewarded_token(tmp_path: Path) -> None:
    found = toy_run(tmp_path, 20, kl_coefficient=0.0)

    assert found[0] < 0.4
    assert max(found[-5:]) > 0.9


def test_row_37_a_high_price_of_divergence_keeps_the_policy_where_it_was(tmp_path: Path) -> None:
    found = toy_run(tmp_path, 10, kl_coefficient=10.0)

    assert sum(found[-5:]) / 5 < 0.5
