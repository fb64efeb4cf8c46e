"""The reward model: rows 11 and 12, the split, the bias, what is dropped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from korean_rlhf.errors import BadInput, Overlap
from korean_rlhf.model.checkpoint import load_model
from korean_rlhf.model.heads import RewardModel, load_reward
from korean_rlhf.records import Comparison, Instruction
from korean_rlhf.rundir import chosen_step, read_manifest
from korean_rlhf.settings.reward import RewardSettings
from korean_rlhf.tables import DroppedRecords, read, write_jsonl
from korean_rlhf.train.examples import encode_instructions, encode_response
from korean_rlhf.train.ranked import Packing, Ranking, encode_comparisons, ranked_rows, right_padded
from korean_rlhf.train.reward import backbone, ranked_loss, reward
from tests.train.stages import FIXED, run_reward, run_sft
from tests.train.world import World, answer, ask, comparison, instruction


def rankings(world: World) -> list[Ranking]:
    records = [comparison(number) for number in range(5)]
    return encode_comparisons(records, world.chat, 48, DroppedRecords())[1]


def packing(world: World) -> Packing:
    return Packing(world.chat.pad_id, context=48, hidden_size=32)


class Counter(nn.Module):
    """Counts the rows and calls of a decoder."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner, self.calls, self.rows = inner, 0, 0
        self.config = inner.config

    def forward(self, ids: torch.Tensor, **options: Any) -> Any:
        self.calls, self.rows = self.calls + 1, self.rows + len(ids)
        return self.inner(ids, **options)


def test_row_11_each_prompt_is_read_once_for_all_its_completions(world: World) -> None:
    counter = Counter(backbone(load_model(world.base)))
    network = RewardModel(counter)  # type: ignore[arg-type]

    ranked_loss(network.score_at, "cpu")(ranked_rows(rankings(world), packing(world)))

    assert (counter.calls, counter.rows) == (1, 5)


def test_row_11_the_loss_of_a_batch_is_the_sum_over_its_prompts(world: World) -> None:
    network = RewardModel(backbone(load_model(world.base)))
    loss, shared = ranked_loss(network.score_at, "cpu"), packing(world)

    together = loss(ranked_rows(rankings(world), shared))
    alone = sum(loss(ranked_rows([one], shared)) for one in rankings(world))

    torch.testing.assert_close(together, alone)


def test_row_11_one_epoch_is_the_default() -> None:
    assert RewardSettings().epochs == 1.0


def test_row_12_demonstrations_score_zero_on_average_after_reloading(
    world: World, judge: Path
) -> None:
    network, chat = load_reward(chosen_step(judge)), world.chat
    shown = [instruction(number) for number in range(60)]
    _, examples = encode_instructions(shown, chat, 48, DroppedRecords())
    rows, lengths = right_padded([one.tokens for one in examples], chat.pad_id)

    with torch.no_grad():
        scores = network.score(rows, lengths)

    assert network.head.bias.item() != 0.0
    assert scores.std().item() > 1e-3
    assert abs(scores.mean().item()) < 1e-4


def test_the_reward_model_learns_the_order_and_reports_it(world: World, tmp_path: Path) -> None:
    run_reward(world, tmp_path / "reward", epochs=6, evaluate_every=12, learning_rate=5e-3)
    manifest = read_manifest(tmp_path / "reward")
    validation = manifest["validation"]

    assert validation["accuracy"] > 0.8
    assert validation["interval"][0] <= validation["accuracy"] <= validation["interval"][1]
    assert validation["questions"] == validation["comparisons"] == 4
    assert "by_score_gap" not in validation
    assert validation["pairs"] == 24
    assert validation["by_gap"].keys() == {"1", "2", "3"}
    assert 0.0 <= validation["length_baseline"] <= 1.0
    assert manifest["best_validation_loss"] < 0.69
    assert manifest["prompts_shared"] is True


def test_reading_a_comparison_is_reading_what_sft_writes(world: World) -> None:
    shown = instruction(3)
    tokens, _ = world.chat.encode_training(shown.messages)

    assert encode_response(world.chat, shown.messages[:1], shown.messages[1].content) == tokens
    assert tokens[-1] == world.chat.end_id


def test_a_response_that_does_not_fit_is_left_out_whole(world: World) -> None:
    long = "사과 " * 60
    three = Comparison(messages=(ask(1, "둘"),), responses=("하나", long, "셋"), ranks=(1, 2, 3))
    two = Comparison(messages=(ask(2, "둘"),), responses=("하나", long), ranks=(1, 2))
    tied = Comparison(messages=(ask(3, "둘"),), responses=("하나", "둘"), ranks=(2, 2))
    dropped = DroppedRecords()

    kept, found = encode_comparisons([three, two, tied], world.chat, 48, dropped)

    assert kept == [three]
    assert found[0].ranks == (1, 3)
    assert dropped.reasons == {
        "response-longer-than-context": 2,
        "fewer-than-two-responses": 1,
        "all-tied": 1,
    }


def test_comparisons_of_prompts_that_sft_saw_are_refused(world: World, tmp_path: Path) -> None:
    run_sft(world, tmp_path / "sft", epochs=1)
    seen = [
        Comparison(messages=one.messages[:1], responses=("빨간색", "1"), ranks=(1, 2), id=one.id)
        for one in read(world.instructions, Instruction)
    ]
    mixed = [comparison(number) for number in range(40)] + seen[:2]
    write_jsonl(tmp_path / "mixed.jsonl", mixed)
    settings = RewardSettings(**FIXED)

    with pytest.raises(Overlap, match="2 of 42 prompts"):
        reward([tmp_path / "mixed.jsonl"], tmp_path / "sft", tmp_path / "dropped", settings)
    reward(  # in the same folder, as the sentence advises
        [tmp_path / "mixed.jsonl"],
        tmp_path / "sft",
        tmp_path / "dropped",
        RewardSettings(**FIXED, drop_overlap=True),
    )
    counts = read_manifest(tmp_path / "dropped")["counts"]
    rows = (tmp_path / "dropped" / "dropped.jsonl").read_text(encoding="utf-8").splitlines()

    assert counts == {"in": 42, "out": 40, "dropped": {"prompt-seen-before": 2}}
    assert {json.loads(row)["id"] for row in rows} == {"i0", "i1"}


def test_comparisons_without_an_order_are_an_error(world: World, tmp_path: Path) -> None:
    tied = Comparison(messages=(ask(1, "둘"),), responses=("하나", "둘"), ranks=(1, 1))
    write_jsonl(tmp_path / "tied.jsonl", [tied])

    with pytest.raises(BadInput, match="None of 1 comparisons"):
        reward([tmp_path / "tied.jsonl"], world.base, tmp_path / "out", RewardSettings(**FIXED))


def test_empty_answers_can_be_ranked(world: World) -> None:
    assert encode_response(world.chat, (ask(1, "둘"),), "")[-1] == world.chat.end_id
    assert answer("").content == ""
