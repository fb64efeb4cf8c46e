"""A model that transformers made and we did not, with dropout and learned positions: GPT-2."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    BloomConfig,
    BloomForCausalLM,
    Gemma3Config,
    GPT2Config,
    GPT2LMHeadModel,
    MptConfig,
)

from korean_rlhf.errors import BadInput
from korean_rlhf.model.config import context_of
from korean_rlhf.model.heads import RewardModel, load_reward
from korean_rlhf.records import Instruction
from korean_rlhf.rundir import chosen_step, read_manifest
from korean_rlhf.settings.reward import RewardSettings
from korean_rlhf.tables import DroppedRecords, read, write_jsonl
from korean_rlhf.train.batches import padded_width
from korean_rlhf.train.examples import encode_instructions
from korean_rlhf.train.ranked import right_padded
from korean_rlhf.train.reward import backbone, centre, reward
from tests.train.stages import FIXED, run_ppo, run_reward, run_sft
from tests.train.world import World, answer, ask, instruction

CONTEXT = 39
"""Just above the longest dialogue, and no multiple of what rows are padded to."""


@pytest.fixture(scope="module")
def gpt2(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the hub has it: GPT-2 with dropout, and the tokenizer of the world."""
    folder = tmp_path_factory.mktemp("gpt2")
    torch.manual_seed(1)
    config = GPT2Config(
        vocab_size=world.chat.vocabulary_size, n_positions=CONTEXT, n_embd=32, n_layer=2, n_head=2,
        bos_token_id=1, eos_token_id=2, pad_token_id=0, initializer_range=0.2,
    )  # fmt: skip
    GPT2LMHeadModel(config).save_pretrained(folder)
    for file in world.tokenizer.iterdir():
        shutil.copy(file, folder)
    return folder


def scores_of(folder: Path, world: World) -> torch.Tensor:
    shown = [instruction(number) for number in range(60)]
    _, examples = encode_instructions(shown, world.chat, CONTEXT, DroppedRecords())
    rows, lengths = right_padded([one.tokens for one in examples], world.chat.pad_id, CONTEXT)
    with torch.no_grad():
        return load_reward(folder).score(rows, lengths)


def test_gpt_2_goes_through_sft_reward_and_ppo(world: World, gpt2: Path, tmp_path: Path) -> None:
    sft, judge, ppo = (tmp_path / name for name in ("sft", "reward", "ppo"))
    run_sft(world, sft, gpt2)
    run_reward(world, judge, sft)
    run_ppo(world, ppo, sft, judge, updates=2)
    found = read_manifest(ppo)

    assert read_manifest(sft)["counts"]["dropped"] == {}
    assert found["final"]["first_ratio_max"] == pytest.approx(1.0, abs=1e-5)
    assert isinstance(AutoModelForCausalLM.from_pretrained(chosen_step(ppo)), GPT2LMHeadModel)
    # The bias is that of the model as it is used, without dropout.
    assert scores_of(chosen_step(judge), world).mean().item() == pytest.approx(0.0, abs=1e-4)


def test_the_bias_is_found_without_dropout_and_training_goes_on_with_it(gpt2: Path) -> None:
    network = RewardModel(backbone(AutoModelForCausalLM.from_pretrained(gpt2))).train()
    shown = [[1, 5, 9, 11, 2], [1, 7, 2]] * 4
    rows, lengths = right_padded(shown, 0, CONTEXT)

    centre(network, shown, 0)

    assert network.training
    assert all(module.training for module in network.modules())
    with torch.no_grad():
        mean = network.eval().score(rows, lengths).mean().item()
    assert mean == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("longest", "context", "width"), [(17, None, 32), (17, 20, 20), (17, 64, 32), (16, 16, 16)]
)
def test_rows_are_never_padded_beyond_the_context(
    longest: int, context: int | None, width: int
) -> None:
    assert padded_width(longest, context) == width


def test_models_that_say_their_context_elsewhere_or_not_at_all_have_one() -> None:
    assert context_of(GPT2Config(n_positions=99)) == 99
    assert context_of(MptConfig(max_seq_len=77)) == 77
    assert context_of(BloomConfig()) == 2048
    assert context_of(Gemma3Config()) == Gemma3Config().text_config.max_position_embeddings


def test_a_decoder_without_position_limit_can_be_a_reward_model() -> None:
    decoder = BloomForCausalLM(BloomConfig(vocab_size=50, hidden_size=16, n_layer=1, n_head=2))

    assert RewardModel(decoder.base_model).head.in_features == 16


def test_demonstrations_too_long_are_counted_and_kept_beside(world: World, tmp_path: Path) -> None:
    long = Instruction(messages=(ask(1, "하나"), answer("사과 " * 60)), id="long")
    shown = [*read(world.instructions, Instruction), long]
    write_jsonl(tmp_path / "shown.jsonl", shown)
    reward(
        [world.comparisons], world.base, tmp_path / "out", RewardSettings(**FIXED),
        demonstrations=tmp_path / "shown.jsonl",
    )  # fmt: skip
    manifest = read_manifest(tmp_path / "out")

    assert manifest["counts"]["dropped"] == {"demonstration-longer-than-context": 1}
    assert manifest["demonstrations"] == 60
    assert '"long"' in (tmp_path / "out" / "dropped.jsonl").read_text(encoding="utf-8")


def test_demonstrations_none_of_which_fits_are_an_error(world: World, tmp_path: Path) -> None:
    long = Instruction(messages=(ask(1, "하나"), answer("사과 " * 60)))
    write_jsonl(tmp_path / "shown.jsonl", [long])

    with pytest.raises(BadInput, match=r"None of 1 demonstrations .* fits 48 tokens"):
        reward(
            [world.comparisons], world.base, tmp_path / "out", RewardSettings(**FIXED),
            demonstrations=tmp_path / "shown.jsonl",
        )  # fmt: skip
