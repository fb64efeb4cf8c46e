"""SFT: the mask, the split, the minimum."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from korean_rlhf.errors import BadInput, Overlap, SettingsError, UnknownName
from korean_rlhf.model.checkpoint import load_model
from korean_rlhf.model.generate import generate
from korean_rlhf.ngrams import dialogue_hashes, prompt_hash
from korean_rlhf.records import Drop, Instruction, Message
from korean_rlhf.rundir import MetricsLog, chosen_step, read_manifest
from korean_rlhf.settings.loading import load
from korean_rlhf.settings.sft import SFTSettings
from korean_rlhf.tables import DroppedRecords, write_jsonl
from korean_rlhf.train.batches import padded_rows
from korean_rlhf.train.examples import encode_instructions
from korean_rlhf.train.losses import IGNORE
from korean_rlhf.train.prompts import (
    read_prompt_hashes,
    split_by_prompt,
    without_overlap,
)
from korean_rlhf.train.sft import SFTData, sft
from tests.train.stages import run_ppo, run_reward, run_sft
from tests.train.world import World, answer, ask


def test_row_3_the_learned_tokens_are_every_answer_with_its_end(world: World) -> None:
    dialogue = Instruction(
        messages=(
            Message(role="system", content="짧게 답합니다."),
            ask(1, "하나"),
            answer("빨간색입니다."),
            Message(role="user", content="바나나는?"),
            answer("노란색입니다."),
        )
    )
    _, examples = encode_instructions([dialogue], world.chat, 200, DroppedRecords())
    targets = padded_rows(examples, world.chat.pad_id).targets[0]
    learned = targets[targets != IGNORE].tolist()

    assert world.chat.pad_id != world.chat.end_id
    assert learned.count(world.chat.end_id) == 2
    assert world.chat.decode(learned) == "빨간색입니다.노란색입니다."


def test_row_3_a_small_model_learns_to_end_every_answer(world: World, tmp_path: Path) -> None:
    run_sft(world, tmp_path / "sft", epochs=8, evaluate_every=28, learning_rate=1e-2)
    model, chat = load_model(chosen_step(tmp_path / "sft")), world.chat
    prompts = [chat.encode_chat([ask(number, "하나")]) for number in range(60, 100)]

    found = generate(
        model,
        prompts,
        max_new_tokens=16,
        generator=torch.Generator().manual_seed(0),
        end_id=chat.end_id,
        pad_id=chat.pad_id,
    )

    assert found.ended.all()


def test_the_manifest_names_the_step_of_the_validation_minimum(
    world: World, tmp_path: Path
) -> None:
    run_sft(world, tmp_path / "sft", epochs=40, evaluate_every=4, learning_rate=2e-2, patience=2)
    manifest = read_manifest(tmp_path / "sft")
    measured = [row for row in MetricsLog(tmp_path / "sft").rows() if "validation_loss" in row]
    lowest = min(measured, key=lambda row: row["validation_loss"])

    assert manifest["best"] == f"step-{lowest['step']:06d}"
    assert manifest["best_validation_loss"] == lowest["validation_loss"]
    assert (tmp_path / "sft" / manifest["best"] / "model.safetensors").is_file()
    assert len(measured) < 35, "patience should have ended the run"
    assert measured[-1]["step"] - lowest["step"] == 8


def test_a_dialogue_longer_than_the_context_is_kept_beside_with_its_reason(
    world: World, tmp_path: Path
) -> None:
    long = Instruction(messages=(ask(1, "하나"), answer("사과 " * 60)), id="long")
    write_jsonl(tmp_path / "more.jsonl", [long])
    settings = SFTSettings(epochs=1, precision="fp32", device="cpu")
    sft([world.instructions, tmp_path / "more.jsonl"], world.base, tmp_path / "out", settings)
    manifest = read_manifest(tmp_path / "out")
    dropped = (tmp_path / "out" / "dropped.jsonl").read_text(encoding="utf-8").splitlines()

    assert manifest["counts"] == {"in": 61, "out": 60, "dropped": {"longer-than-context": 1}}
    assert json.loads(dropped[0])["id"] == "long"
    assert json.loads(dropped[0])["reason"] == "longer-than-context"


def test_nothing_that_fits_is_an_error_with_the_numbers(world: World, tmp_path: Path) -> None:
    long = Instruction(messages=(ask(1, "하나"), answer("사과 " * 60)))
    write_jsonl(tmp_path / "long.jsonl", [long])
    with pytest.raises(BadInput, match="None of 1 instructions fits a context of 48"):
        sft([tmp_path / "long.jsonl"], world.base, tmp_path / "out", SFTSettings())
    with pytest.raises(SettingsError, match="Name at least one"):
        sft([], world.base, tmp_path / "none", SFTSettings())


def test_no_prompt_stands_on_both_sides_of_the_split() -> None:
    hashes = [str(number % 20) for number in range(100)]
    training, aside = split_by_prompt(hashes, share=0.25, most=100, seed=1)

    assert sorted(training + aside) == list(range(100))
    assert not {hashes[place] for place in training} & {hashes[place] for place in aside}
    assert len({hashes[place] for place in aside}) == 5
    with pytest.raises(SettingsError, match="too few"):
        split_by_prompt(["a", "a"], share=0.5, most=9, seed=1)


def test_the_split_does_not_depend_on_the_order_of_the_records() -> None:
    hashes = [str(number) for number in range(50)]
    _, aside = split_by_prompt(hashes, share=0.2, most=100, seed=3)
    _, turned = split_by_prompt(hashes[::-1], share=0.2, most=100, seed=3)

    assert {hashes[place] for place in aside} == {hashes[::-1][place] for place in turned}


def dialogue(*contents: str) -> tuple[Message, ...]:
    roles = ("user", "assistant")
    return tuple(Message(role=roles[n % 2], content=text) for n, text in enumerate(contents))


def test_dialogues_that_go_on_from_one_question_stand_on_one_side_of_the_split(
    world: World, tmp_path: Path
) -> None:
    records = [Instruction(messages=dialogue(f"질문 {n}", "답")) for n in range(20)]
    records += [
        Instruction(messages=dialogue(f"질문 {n}", "답", "더 짧게", f"{n}")) for n in range(20)
    ]
    write_jsonl(tmp_path / "some.jsonl", records)
    settings = SFTSettings(validation_share=0.3)
    data = SFTData([tmp_path / "some.jsonl"], world.chat, 48, settings)
    questions = [record.messages[0].content for record in records]
    aside = set(range(40)) - set(data.training)

    assert len(aside) == 12
    assert not {questions[place] for place in data.training} & {questions[p] for p in aside}


@pytest.mark.parametrize(
    ("learned", "asked"),
    [
        (("A", "a"), ("A", "a", "B")),
        (("A", "a", "B", "b"), ("A",)),
        (("A", "a", "B", "b"), ("A", "a", "B")),
        (("A", "a", "B", "b"), ("A", "other", "C")),
    ],
)
def test_an_earlier_or_later_turn_of_a_dialogue_that_was_learned_is_an_overlap(
    learned: tuple[str, ...], asked: tuple[str, ...]
) -> None:
    seen = set(dialogue_hashes(dialogue(*learned)))

    def refuse(turns: tuple[Message, ...]) -> list[tuple[Message, ...]]:
        return without_overlap(
            [turns],
            lambda record: record,
            seen,
            seen_by="x",
            drop_overlap=True,
            drop=lambda record, drop: None,
        )

    assert refuse(dialogue(*asked)) == []
    assert refuse(dialogue("B")) != []


def test_a_stage_remembers_the_prompts_of_the_stages_before_it(
    world: World, judge: Path, tmp_path: Path
) -> None:
    run_sft(world, tmp_path / "one", epochs=1)
    again = [Instruction(messages=dialogue(f"새 질문 {n}", "답")) for n in range(20)]
    write_jsonl(tmp_path / "more.jsonl", again)
    settings = SFTSettings(epochs=1, precision="fp32", device="cpu")
    sft([tmp_path / "more.jsonl"], tmp_path / "one", tmp_path / "two", settings)
    run_reward(world, tmp_path / "reward", tmp_path / "two", epochs=1)
    run_ppo(world, tmp_path / "ppo", tmp_path / "two", tmp_path / "reward", updates=1)
    first, second, third, fourth = (
        read_prompt_hashes(tmp_path / name) for name in ("one", "two", "reward", "ppo")
    )

    assert len(first) == 60
    assert len(second - first) == 20
    assert first < second < third < fourth


def test_overlap_is_refused_with_count_and_example_or_dropped_when_asked() -> None:
    records = [(ask(number, "하나"),) for number in range(4)]
    seen = {prompt_hash(record) for record in records[:3]}
    dropped: list[Drop] = []

    def run(drop_overlap: bool) -> list[tuple[Message, ...]]:
        return without_overlap(
            records,
            lambda record: record,
            seen,
            seen_by="the policy",
            drop_overlap=drop_overlap,
            drop=lambda record, drop: dropped.append(drop),
        )

    with pytest.raises(Overlap, match=r"3 of 4 prompts .* the policy.*하나 0번 .*--drop-overlap"):
        run(False)
    assert run(True) == records[3:]
    assert [drop.reason for drop in dropped] == ["prompt-seen-before"] * 3


def test_a_setting_that_does_not_exist_names_its_neighbour() -> None:
    with pytest.raises(UnknownName, match="batch_size"):
        load(SFTSettings, None, {"batch_sise": 3})
    with pytest.raises(SettingsError, match="epochs must be above 0"):
        SFTSettings(epochs=0)
