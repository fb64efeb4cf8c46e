"""The optimiser loop: what does not change what is learned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from korean_rlhf.errors import Diverged
from korean_rlhf.model.checkpoint import build_model
from korean_rlhf.settings.optimizer import OptimizerSettings
from korean_rlhf.settings.pretrain import PretrainSettings
from korean_rlhf.train import next_token
from korean_rlhf.train.batches import Rows
from korean_rlhf.train.loop import Objective, Progress, optimise, train
from korean_rlhf.train.losses import IGNORE, next_token_loss
from korean_rlhf.train.next_token import packed_loss
from korean_rlhf.train.optim import inner_matrices, make_optimizer, set_learning_rate
from korean_rlhf.train.state import fill_optimizer, optimizer_tensors
from tests.train.stages import run_ppo, run_pretrain, run_reward, run_sft
from tests.train.world import World


class Tiny(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.embedding, self.norm, self.head = nn.Embedding(7, 8), nn.LayerNorm(8), nn.Linear(8, 7)

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.norm(self.embedding(ids)))


def objective(model: nn.Module) -> Objective[Rows]:
    return Objective(
        loss=lambda part: next_token_loss(model(part.inputs), part.targets),
        weigh=lambda part: part.learned,
    )


def uneven_rows() -> Rows:
    torch.manual_seed(2)
    inputs, targets = torch.randint(7, (8, 6)), torch.randint(7, (8, 6))
    targets[:3, 1:] = IGNORE  # unequal numbers of learned tokens in the parts
    targets[5, :] = IGNORE
    return Rows(inputs, targets)


def one_step(parts: list[Rows]) -> tuple[float, dict[str, Tensor]]:
    model = Tiny()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    loss, _, _ = optimise(parts, objective(model), optimizer, clip=1e9)
    return loss, model.state_dict()


@pytest.mark.parametrize("count", [2, 4, 8])
def test_row_28_splitting_a_batch_changes_nothing(count: int) -> None:
    rows = uneven_rows()
    pieces = zip(rows.inputs.chunk(count), rows.targets.chunk(count), strict=True)

    whole, weights = one_step([rows])
    split, weights_split = one_step([Rows(*piece) for piece in pieces])

    assert split == pytest.approx(whole, rel=1e-6)
    for name, tensor in weights.items():
        torch.testing.assert_close(weights_split[name], tensor, atol=1e-6, rtol=1e-6)


def test_row_28_a_step_with_nothing_to_learn_is_refused() -> None:
    nothing = Rows(torch.zeros(1, 2, dtype=torch.long), torch.full((1, 2), IGNORE))

    with pytest.raises(ValueError, match="anything to learn"):
        one_step([nothing])


def test_weight_decay_is_for_matrices_only() -> None:
    settings = OptimizerSettings(weight_decay=0.3)
    optimizer = make_optimizer({"model": (Tiny(), 1e-3)}, settings)

    for group in optimizer.param_groups:
        for parameter in group["params"]:
            assert group["weight_decay"] == (0.3 if parameter.dim() >= 2 else 0.0)
    assert optimizer.param_groups[0]["betas"] == (0.9, 0.95)


def small_gpt() -> Any:
    sizes = PretrainSettings(layers=2, hidden_size=32, heads=2, context=16)
    return build_model(sizes, vocabulary_size=60, seed=1)


def take_a_step(model: Any, optimizer: torch.optim.Optimizer, seed: int) -> None:
    tokens = torch.randint(0, 60, (4, 9), generator=torch.Generator().manual_seed(seed))
    rows = Rows(tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous())
    goal = Objective(loss=packed_loss(model), weigh=lambda part: part.targets.numel())
    optimise([rows], goal, optimizer, clip=1.0)


def test_muon_turns_every_inner_matrix_by_nearly_the_same_in_all_directions() -> None:
    model = small_gpt()
    before = {name: one.detach().clone() for name, one in model.named_parameters()}
    settings = OptimizerSettings(optimizer="muon", weight_decay=0.0)
    take_a_step(model, make_optimizer({"model": (model, 1e-2)}, settings), seed=1)

    inner = [name for name, one in model.named_parameters() if one in inner_matrices(model)]
    assert len(inner) == 2 * 7  # q, k, v, o, gate, up, down of two layers; no embedding, no norm
    for name, parameter in model.named_parameters():
        moved = parameter.detach() - before[name]
        assert moved.abs().max() > 0
        if name in inner:
            sizes = torch.linalg.svdvals(moved) / (1e-2 * 0.2 * max(moved.shape) ** 0.5)
            assert 0.2 < sizes.median() < 1.5
            assert sizes.max() < 1.5


def test_muon_goes_on_from_its_saved_state_to_the_bit() -> None:
    settings = OptimizerSettings(optimizer="muon")
    whole, resumed = small_gpt(), small_gpt()
    first = make_optimizer({"model": (whole, 1e-2)}, settings)
    take_a_step(whole, first, seed=1)
    resumed.load_state_dict(whole.state_dict())
    second = make_optimizer({"model": (resumed, 1e-2)}, settings)
    saved = optimizer_tensors(first, {"model": whole})
    kept = {name: tensor.clone() for name, tensor in saved.items()}
    fill_optimizer(second, {"model": resumed}, kept)
    take_a_step(whole, first, seed=2)
    take_a_step(resumed, second, seed=2)

    for one, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other)


def test_each_group_follows_its_own_peak() -> None:
    optimizer = make_optimizer({"a": (Tiny(), 1.0), "b": (Tiny(), 0.1)}, OptimizerSettings())

    assert set_learning_rate(optimizer, 0.5) == 0.5
    assert {group["lr"] for group in optimizer.param_groups} == {0.5, 0.05}


def test_a_long_gradient_is_reported_whole_and_then_clipped() -> None:
    model = Tiny()
    before = [parameter.clone() for parameter in model.parameters()]
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)

    _, norm, _ = optimise([uneven_rows()], objective(model), optimizer, clip=1e-3)
    moved = sum(
        float(((after.detach() - old.detach()) ** 2).sum())
        for after, old in zip(model.parameters(), before, strict=True)
    )

    assert norm > 1e-2
    assert moved**0.5 == pytest.approx(1e-3, rel=1e-3)


def test_the_loop_counts_steps_from_where_it_starts_and_stops_when_told() -> None:
    model, seen = Tiny(), []

    def report(done: Progress) -> bool:
        seen.append(done.step)
        return done.step == 5

    train(
        lambda step: [uneven_rows()],
        objective(model),
        make_optimizer({"model": (model, 1e-3)}, OptimizerSettings()),
        factor=lambda step: 1.0,
        start=3,
        steps=100,
        clip=1.0,
        seed=1,
        report=report,
    )

    assert seen == [4, 5]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_step_that_is_not_finite_is_an_error_and_changes_no_weight(wrong: float) -> None:
    model = Tiny()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    of = objective(model)
    broken = Objective(loss=lambda part: of.loss(part) * wrong, weigh=of.weigh)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)

    with pytest.raises(
        Diverged, match=r"at step 8: the loss is (nan|inf).*Lower the learning rate"
    ):
        optimise([uneven_rows()], broken, optimizer, clip=1.0, place="step 8")
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_a_loss_that_is_finite_with_a_gradient_that_is_not_is_an_error_too() -> None:
    model = Tiny()
    of = objective(model)
    # The root has no slope at 0.
    steep = Objective(
        loss=lambda part: of.loss(part) + model.head.weight.mul(0).sum().sqrt(), weigh=of.weigh
    )

    with pytest.raises(Diverged, match="gradient norm nan"):
        optimise([uneven_rows()], steep, torch.optim.SGD(model.parameters(), lr=1.0), clip=1.0)


@pytest.mark.parametrize("stage", ["pretrain", "sft", "reward", "ppo"])
def test_every_stage_ends_with_a_sentence_when_it_diverges(
    world: World, judge: Path, tmp_path: Path, stage: str
) -> None:
    run: dict[str, Callable[[], None]] = {
        "pretrain": lambda: run_pretrain(world, tmp_path / "out", learning_rate=1e30),
        "sft": lambda: run_sft(world, tmp_path / "out", learning_rate=1e30),
        "reward": lambda: run_reward(world, tmp_path / "out", learning_rate=1e30),
        "ppo": lambda: run_ppo(world, tmp_path / "out", world.base, judge, learning_rate=1e30),
    }

    with pytest.raises(Diverged, match=r"diverged at (step|update) [1-9]"):
        run[stage]()
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_validation_loss_that_is_no_number_is_an_error(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(next_token, "mean_loss", lambda *_: float("nan"))

    with pytest.raises(Diverged, match="at step 3: the validation loss is nan"):
        run_sft(world, tmp_path / "out")
