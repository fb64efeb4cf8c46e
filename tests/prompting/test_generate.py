from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf import tables
from korean_rlhf.cli import prompts as command
from korean_rlhf.cli.generate import borrow, shipped_fingerprints
from korean_rlhf.errors import BadInput, OtherRun, SettingsError, UnknownName
from korean_rlhf.prompting.generation.run import generate
from korean_rlhf.records import Instruction
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.generate import GenerateSettings
from tests.prompting.generator import FAULTS, Generator, serving

SETTINGS = GenerateSettings(
    model="fake", license="CC-BY-4.0", count=30, requests_per_round=5, evolve_share=0.3
)
SEEDS = [
    ("stories", "바닷가 마을을 배경으로 짧은 이야기를 써 줘."),
    ("stories", "'첫눈'을 글감으로 시를 지어 주세요."),
    ("cooking", "된장찌개를 처음 끓이는데 무엇부터 넣나요?"),
    ("cooking", "남은 밥으로 만들 만한 간식 있을까?"),
    ("travel", "경주를 하루 동안 걸어서 둘러보는 길을 짜 주세요."),
    ("travel", "배낭 하나로 사흘 다녀올 때 뭘 챙겨야 해?"),
]


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    rows = [
        {"id": f"{kind}-{n:03}", "prompt": text, "source": "test", "license": "CC0-1.0"}
        for n, (kind, text) in enumerate(SEEDS)
    ]
    path = tmp_path / "seeds.jsonl"
    tables.write_lines(path, [json.dumps(row, ensure_ascii=False) + "\n" for row in rows])
    return path


BORROWED = replace(borrow(shipped_fingerprints(), 0.5), levels=lambda text: ["haeyo"])


def made(
    seeds: Path, out: Path, settings: GenerateSettings = SETTINGS, *, borrowed: Any = BORROWED,
    cache: Path | None = None, **server: Any,
) -> tuple[Path, Any]:  # fmt: skip
    with serving(**server) as (address, ledger):
        endpoint = EndpointSettings(endpoint=address, cache=cache)
        generate([seeds], out, settings, endpoint, borrowed)
    return out, ledger


def manifest(out: Path) -> dict[str, Any]:
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_instructions_come_with_answers_kinds_and_where_they_are_from(seeds: Path, tmp_path: Path):
    out, ledger = made(seeds, tmp_path / "out", replace(SETTINGS, evolve_share=0.6))

    rows = lines(out / "instructions.jsonl")
    records = list(tables.read(out, Instruction))
    assert len(rows) == len(records) >= 30
    assert {record.source for record in records} == {"generated:fake"}
    assert {record.license for record in records} == {"CC-BY-4.0"}
    assert {record.register for record in records} == {"haeyo"}
    assert {row["kind"] for row in rows} == {"stories", "cooking", "travel"}
    known = {row["id"] for row in rows} | {f"{kind}-{n:03}" for n, (kind, _) in enumerate(SEEDS)}
    dropped = {row.get("id") for row in lines(out / "dropped.jsonl")}
    for row in rows:
        where = row["provenance"]
        assert set(where["parents"]) <= known | dropped
        assert where["prompt"].startswith("generate/")
        assert where["round"] >= 1
    operations = {row["provenance"]["operation"] for row in rows}
    assert "self-instruct" in operations
    assert len(operations) > 2
    assert max(ledger.requests.values()) == 1


def test_every_loss_is_counted_and_kept_with_its_reason(seeds: Path, tmp_path: Path):
    out, ledger = made(seeds, tmp_path / "out", fault_rate=0.5)

    counts = manifest(out)["counts"]
    dropped = lines(out / "dropped.jsonl")
    assert counts["in"] == counts["out"] + len(dropped)
    assert Counter(row["reason"] for row in dropped) == counts["dropped"]
    assert set(FAULTS) <= counts["dropped"].keys()
    assert {"refused", "truncated", "loops", "answer-chatter"} <= counts["dropped"].keys()
    assert all(ledger.faults[name] <= counts["dropped"][name] for name in FAULTS)
    assert all(row["instruction"] or row["said"] for row in dropped)


def test_no_kind_takes_more_than_its_share_and_the_rarest_comes_first(seeds: Path, tmp_path: Path):
    out, _ = made(seeds, tmp_path / "out")

    kinds = Counter(row["kind"] for row in lines(out / "instructions.jsonl"))
    assert max(kinds.values()) - min(kinds.values()) <= SETTINGS.tasks_per_request + 1


def test_no_two_kept_instructions_are_near_duplicates(seeds: Path, tmp_path: Path):
    out, _ = made(seeds, tmp_path / "out")

    rows = lines(out / "instructions.jsonl")
    assert max(row["provenance"]["similarity"] for row in rows) < SETTINGS.near
    assert manifest(out)["counts"]["dropped"]["near-duplicate"] > 0


def test_the_same_seed_makes_the_same_set_and_another_seed_another(seeds: Path, tmp_path: Path):
    one, _ = made(seeds, tmp_path / "one")
    two, _ = made(seeds, tmp_path / "two")
    other, _ = made(seeds, tmp_path / "three", replace(SETTINGS, seed=1))

    digests = [manifest(out)["digest"] for out in (one, two, other)]
    assert digests[0] == digests[1] != digests[2]


def test_a_second_run_on_the_same_cache_pays_nothing(seeds: Path, tmp_path: Path):
    made(seeds, tmp_path / "one", cache=tmp_path / "cache.sqlite", fault_rate=0.3)
    out, ledger = made(seeds, tmp_path / "two", cache=tmp_path / "cache.sqlite", fault_rate=0.3)

    assert not ledger.requests
    assert manifest(out)["digest"] == manifest(tmp_path / "one")["digest"]
    assert manifest(out)["requests"].get("paid", 0) == 0


def test_the_judge_and_the_screen_drop_what_they_dislike(seeds: Path, tmp_path: Path):
    settings = replace(SETTINGS, judge_model="judge", screen_model="screen", min_score=7.0)
    out, ledger = made(seeds, tmp_path / "out", settings)

    rows = lines(out / "instructions.jsonl")
    assert min(row["provenance"]["score"] for row in rows) >= 7.0
    dropped = manifest(out)["counts"]["dropped"]
    assert dropped["low-score"] > 0
    assert dropped["unfit"] > 0
    assert ledger.models["screen"] > ledger.models["judge"] > 0


def test_what_a_model_thinks_is_neither_an_instruction_nor_an_answer(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    thought, tasks, said = "생각한 대로 답하면 될까요?", Generator._tasks, Generator._said

    def thinking_tasks(self: Any, user: str, draw: random.Random) -> str:
        draft = tasks(self, user, draw)
        return f"<think>{draft}" + (f"</think>{draft}" if draw.random() < 0.5 else "</think>")

    def thinking(self: Any, draw: random.Random) -> tuple[str, str]:
        answer, reason = said(self, draw)
        end = draw.choice(["", "</think>", f"</think>\n{answer}"])
        return f"<think>{thought}{end}", reason

    monkeypatch.setattr(Generator, "_tasks", thinking_tasks)
    monkeypatch.setattr(Generator, "_said", thinking)
    out, _ = made(seeds, tmp_path / "out", replace(SETTINGS, count=10))

    assert {"empty-answer", "unreadable-reply"} <= manifest(out)["counts"]["dropped"].keys()
    assert lines(out / "instructions.jsonl")
    assert thought not in (out / "instructions.jsonl").read_text(encoding="utf-8")


def test_answers_in_another_register_are_dropped(seeds: Path, tmp_path: Path):
    borrowed = replace(BORROWED, levels=lambda text: ["haera" if "서두" in text else "haeyo"])
    wanted = replace(SETTINGS, register="haeyo")
    out, _ = made(seeds, tmp_path / "out", wanted, borrowed=borrowed)

    assert manifest(out)["counts"]["dropped"]["register-other"] > 0
    assert all(
        "서두" not in row["messages"][1]["content"] for row in lines(out / "instructions.jsonl")
    )


def test_benchmark_questions_are_not_made_again(seeds: Path, tmp_path: Path):
    borrowed = replace(BORROWED, contaminated=lambda text: "set:1" if "축제" in text else "")
    out, _ = made(seeds, tmp_path / "out", borrowed=borrowed)

    assert manifest(out)["counts"]["dropped"]["contaminated"] > 0


def test_the_fingerprints_that_are_shipped_find_their_own_questions():
    asked = json.loads(
        Path("evals/open/questions.jsonl").read_text(encoding="utf-8").splitlines()[0]
    )
    text = next(value for value in asked["turns"])

    assert BORROWED.contaminated(text).startswith("open")
    assert BORROWED.contaminated("배낭 하나로 사흘 다녀올 때 챙길 것을 적어 주세요.") == ""


def test_the_page_shows_what_models_wrote_as_text(seeds: Path, tmp_path: Path):
    name = "<script>alert(1)</script>"
    out, _ = made(seeds, tmp_path / "out", replace(SETTINGS, model=name))

    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "near-duplicate" in page


def test_work_that_brings_nothing_new_ends(seeds: Path, tmp_path: Path):
    settings = replace(SETTINGS, min_hangul=1.0, min_characters=1999, patience=2)
    out, _ = made(seeds, tmp_path / "out", settings)

    assert manifest(out)["generation"]["rounds"] == 2
    assert manifest(out)["counts"]["out"] == 0


def test_other_settings_are_other_work(seeds: Path, tmp_path: Path):
    out, _ = made(seeds, tmp_path / "out")

    with pytest.raises(OtherRun, match="seed"):
        made(seeds, out, replace(SETTINGS, seed=5))


def test_what_is_missing_is_said(seeds: Path, tmp_path: Path):
    with pytest.raises(SettingsError, match="--model"):
        made(seeds, tmp_path / "out", replace(SETTINGS, model=""))
    with pytest.raises(SettingsError, match="--license"):
        made(seeds, tmp_path / "out", replace(SETTINGS, license=""))
    with pytest.raises(BadInput, match="poems"):
        made(seeds, tmp_path / "out", replace(SETTINGS, kinds=("poems",)))
    with pytest.raises(UnknownName, match="deepen"):
        made(seeds, tmp_path / "out", replace(SETTINGS, operations=("deepn",)))


def test_killed_and_run_again_it_ends_where_an_unbroken_run_ends(seeds: Path, tmp_path: Path):
    whole, _ = made(seeds, tmp_path / "whole", fault_rate=0.2)
    with serving(fault_rate=0.2, seconds=0.01) as (address, ledger):
        argv = [
            *("prompts", "generate", "--seeds", str(seeds), "--out", str(tmp_path / "killed")),
            *("--endpoint", address, "--model", "fake", "--license", "CC-BY-4.0"),
            *("--count", "30", "--requests-per-round", "5", "--evolve-share", "0.3"),
        ]
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "korean_rlhf", *argv], env=os.environ, stderr=-3
        )
        until = time.monotonic() + 60
        while len(ledger.requests) < 12 and time.monotonic() < until:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert not (tmp_path / "killed" / "manifest.json").exists()
        assert command.run(argv[1:]) == 0

    paid_twice = [count for count in ledger.requests.values() if count > 1]
    assert len(paid_twice) <= EndpointSettings().concurrency  # those under way at the kill
    texts = [
        [row["messages"] for row in lines(folder / "instructions.jsonl")]
        for folder in (whole, tmp_path / "killed")
    ]
    assert texts[0] == texts[1]
