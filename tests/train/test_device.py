"""Device, precision, compilation: chosen once, told, and kept on resuming."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from korean_rlhf.errors import SettingsError
from korean_rlhf.settings.optimizer import OptimizerSettings
from korean_rlhf.train import device


def test_a_gpu_that_is_not_there_is_one_sentence_with_the_fix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    with pytest.raises(SettingsError, match=r"finds no GPU here\. Give --device cpu"):
        device.choose_device("cuda")
    assert device.choose_device("auto") == "cpu"


@pytest.mark.parametrize(
    ("fp32", "bf16", "expected"), [(1.0, 0.5, "bf16"), (1.0, 0.95, "fp32"), (0.5, 1.0, "fp32")]
)
def test_bf16_is_taken_only_when_it_saves_time(
    monkeypatch: pytest.MonkeyPatch, fp32: float, bf16: float, expected: str
) -> None:
    monkeypatch.setattr(device, "time_precisions", lambda *_: {"fp32": fp32, "bf16": bf16})

    precision, timing = device.choose_precision("auto", "cpu", lambda: None)

    assert precision == expected
    assert timing == {"fp32": fp32, "bf16": bf16}
    assert device.choose_precision("bf16", "cpu", lambda: None) == ("bf16", {})


def test_both_precisions_are_really_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "TIMING_SECONDS", 0.01)
    seen = []

    timing = device.time_precisions("cpu", lambda: seen.append(torch.is_autocast_enabled("cpu")))

    assert timing.keys() == {"fp32", "bf16"}
    assert seen[:4] == [False, True, False, True]


def test_slow_trials_take_turns_three_times_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    seen: list[bool] = []
    monkeypatch.setattr(device.time, "perf_counter", lambda: now)

    def trial(seconds: float) -> None:
        nonlocal now
        now += seconds
        seen.append(torch.is_autocast_enabled("cpu"))

    timing = device.time_precisions("cpu", lambda: trial(2.0))
    assert seen == [False, True] * 4  # one round warms up
    assert timing == {"fp32": 2.0, "bf16": 2.0}

    seen.clear()
    device.time_precisions("cpu", lambda: trial(60.0))
    assert seen == [False, True] * 2


def test_one_disturbed_trial_does_not_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    lasts = iter([9.0, 9.0, 5.0, 2.0, 1.0, 2.0, 1.0, 2.0])  # fp32 and bf16 in turn
    monkeypatch.setattr(device.time, "perf_counter", lambda: now)

    def trial() -> None:
        nonlocal now
        now += next(lasts)

    assert device.choose_precision("auto", "cpu", trial)[0] == "fp32"


def test_torch_compile_is_not_touched_when_it_was_not_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(torch, "compile")

    assert device.Hardware("cpu", "fp32", False, {}).compile(len) is len


def test_compilation_is_decided_by_the_work_that_is_planned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device, "_has_compiler", lambda: True)
    short, long = (device.training_operations(10_000_000, tokens) for tokens in (10**5, 10**8))

    assert not device.choose_compile("auto", "cpu", short)
    assert device.choose_compile("auto", "cpu", long)
    assert device.choose_compile("on", "cpu", short)
    assert not device.choose_compile("off", "cpu", long)
    monkeypatch.setattr(device, "_has_compiler", lambda: False)
    assert not device.choose_compile("auto", "cpu", long)


def test_a_resumed_stage_keeps_the_choice_of_its_first_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timings = iter([{"fp32": 1.0, "bf16": 0.1}, {"fp32": 0.1, "bf16": 1.0}])
    monkeypatch.setattr(device, "time_precisions", lambda *_: next(timings))

    first, second = (
        device.choose_hardware(
            tmp_path, OptimizerSettings(), device="cpu", trial=lambda: None, operations=0.0
        )
        for _ in range(2)
    )

    assert first == second
    assert first.precision == "bf16"


def test_autocast_follows_the_precision() -> None:
    one = torch.ones(4, 4)
    with device.Hardware("cpu", "bf16", False, {}).autocast():
        assert (one @ one).dtype == torch.bfloat16
    with device.Hardware("cpu", "fp32", False, {}).autocast():
        assert (one @ one).dtype == torch.float32
