from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf import tables
from korean_rlhf.cli import translate as command
from korean_rlhf.endpoint import client
from korean_rlhf.errors import OtherRun, SettingsError
from korean_rlhf.records import Instruction
from korean_rlhf.sampleworld import translator
from korean_rlhf.sampleworld.badtranslations import FAULTS
from korean_rlhf.sampleworld.faultledger import count_faults, fault_table
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.plan import TranslationPlan
from korean_rlhf.translate.run import translate

TWINS = Path(__file__).parent / "twins.jsonl"
SETTINGS = TranslateSettings(model="sample")


def plan(settings: TranslateSettings, server: EndpointSettings) -> TranslationPlan:
    return TranslationPlan(settings=settings, server=server)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(translator, "SLOW_SECONDS", 0.01)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """The twins as the sample world writes them: English, and a key with the Korean."""
    english, key = [], []
    for line in TWINS.read_text(encoding="utf-8").splitlines():
        twin = json.loads(line)
        facts = {"id": twin["id"], "source": "sample", "license": "Apache-2.0"}
        english.append({**facts, "messages": twin["messages"]})
        key.append({"id": twin["id"], "ko_messages": twin["ko_messages"]})
    for name, rows in (("en", english), ("key", key)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / f"twins.{name}.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


@contextmanager
def serving(world: Path, *, fault_rate: float = 0.0, seed: int = 0) -> Iterator[EndpointSettings]:
    server = translator.make_server(
        world / "twins.key.jsonl", world / "ledger.jsonl", fault_rate=fault_rate, seed=seed
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield EndpointSettings(endpoint=f"http://127.0.0.1:{server.server_address[1]}/v1")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run(
    world: Path, name: str = "out", settings: TranslateSettings = SETTINGS, **faults: Any
) -> Path:
    with serving(world, **faults) as endpoint:
        translate([world / "twins.en.jsonl"], world / name, plan(settings, endpoint))
    return world / name


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def kept(folder: Path) -> dict[str, Instruction]:
    return {each.id: each for each in tables.read(folder, Instruction)}


def truths() -> dict[str, list[str]]:
    rows = [json.loads(line) for line in TWINS.read_text(encoding="utf-8").splitlines()]
    return {row["id"]: [message["content"] for message in row["ko_messages"]] for row in rows}


def test_a_truthful_translator_loses_nothing(world: Path):
    out = run(world)

    found = kept(out)
    assert {id: [m.content for m in each.messages] for id, each in found.items()} == truths()
    assert {each.source for each in found.values()} == {"sample + openai:sample"}
    assert {each.license for each in found.values()} == {"Apache-2.0"}
    assert found["twin:0"].register == "haeyo"
    assert found["twin:10"].register == "hapsyo"
    assert manifest(out)["counts"] == {"in": 24, "out": 24, "dropped": {}}
    assert set(manifest(out)["roads"]) == {"marks"}
    assert (out / "dropped.jsonl").read_text() == ""


def test_every_loss_is_counted_and_kept_with_its_reason(world: Path):
    out = run(world, fault_rate=0.6, seed=4)

    counts = manifest(out)["counts"]
    dropped = [json.loads(line) for line in (out / "dropped.jsonl").read_text().splitlines()]
    assert counts["in"] == 24 == counts["out"] + len(dropped)
    assert Counter(row["reason"] for row in dropped) == counts["dropped"]
    assert {row["id"] for row in dropped} | set(kept(out)) == set(truths())
    assert all(row["detail"] and row["messages"] and row["translations"] for row in dropped)


def test_faults_are_caught_and_the_sound_is_kept(world: Path):
    """The matrix of faults and checks, over seeds; what is missed is known by name."""
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for seed in range(10):
        out = run(world, f"out-{seed}", SETTINGS, fault_rate=0.5, seed=seed)
        table = fault_table(world / "ledger.jsonl", out)
        for fault, numbers in table["faults"].items():
            made[fault] += numbers["made"]
            caught[fault] += numbers["caught"]
        assert table["false_alarms"] == 0
        (world / "ledger.jsonl").unlink()

    rates = {fault: caught[fault] / made[fault] for fault in made}
    # One plain sentence alone has no other to differ from.
    hard = {"register-plain"}
    assert set(made) == {
        *FAULTS,
        *translator.FAULTS_OF_ROWS,
        *translator.FAULTS_OF_REQUESTS,
    }
    assert {fault: rate for fault, rate in rates.items() if rate < 0.9 and fault not in hard} == {}
    assert sum(caught.values()) / made.total() >= 0.9


def test_a_wanted_register_catches_a_plain_answer(world: Path):
    wanted = TranslateSettings(model="sample", register="haeyo")
    table: Counter[str] = Counter()
    for seed in range(6):
        out = run(world, f"out-{seed}", wanted, fault_rate=0.5, seed=seed)
        for fault, numbers in count_faults(world / "ledger.jsonl", out).items():
            table[f"{fault} {'missed' if numbers['missed'] else 'caught'}"] += 1
        (world / "ledger.jsonl").unlink()

    assert table["register-plain caught"] > 0
    assert table["register-plain missed"] == 0


def test_a_finished_folder_asks_nothing_and_other_settings_are_refused(world: Path):
    out = run(world)
    before = (out / "manifest.json").read_bytes()
    nobody = EndpointSettings(endpoint="http://127.0.0.1:9")

    translate([world / "twins.en.jsonl"], out, plan(SETTINGS, nobody))
    with pytest.raises(OtherRun, match="model"):
        translate([world / "twins.en.jsonl"], out, plan(TranslateSettings(model="other"), nobody))

    assert (out / "manifest.json").read_bytes() == before


def test_replacing_pays_nothing_again(world: Path):
    out = run(world, fault_rate=0.3)
    first = (out / "instructions.jsonl").read_bytes()

    with serving(world) as endpoint:  # honest now, but nobody asks it
        translate([world / "twins.en.jsonl"], out, plan(SETTINGS, endpoint), replace=True)

    assert (out / "instructions.jsonl").read_bytes() == first
    assert set(manifest(out)["requests"]) == {"cached"}


def test_the_number_of_threads_changes_nothing(world: Path):
    results = []
    for threads in (1, 7):
        with serving(world, fault_rate=0.4, seed=1) as endpoint:
            many = EndpointSettings(endpoint=endpoint.endpoint, concurrency=threads)
            translate([world / "twins.en.jsonl"], world / f"out-{threads}", plan(SETTINGS, many))
        results.append((world / f"out-{threads}" / "instructions.jsonl").read_bytes())

    assert results[0] == results[1]


def test_no_model_is_an_error(world: Path):
    with pytest.raises(SettingsError, match="--model"):
        translate(
            [world / "twins.en.jsonl"], world / "out", plan(TranslateSettings(), EndpointSettings())
        )


def test_texts_with_nothing_to_translate_are_not_sent(tmp_path: Path, world: Path):
    rows = [
        {"instruction": "What is the capital of Korea?", "output": "`print(1)`"},
        {"instruction": "What is the capital of Korea?", "output": "42"},
    ]
    plain = tmp_path / "plain.jsonl"
    plain.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with serving(world) as endpoint:
        translate([plain], world / "out", plan(SETTINGS, endpoint))

    answers = [each.messages[-1].content for each in kept(world / "out").values()]
    assert answers == ["`print(1)`", "42"]


def argv(world: Path, endpoint: EndpointSettings, out: Path) -> list[str]:
    given = [str(world / "twins.en.jsonl"), "--out", str(out), "--endpoint", endpoint.endpoint]
    return [*given, "--model", "sample", "--concurrency", "2", "--batch-rows", "2"]


def test_the_command_translates(world: Path, capsys: pytest.CaptureFixture[str]):
    with serving(world) as endpoint:
        code = command.run(argv(world, endpoint, world / "out"))

    assert code == 0
    assert "24 of 24 records kept" in capsys.readouterr().err


def start(world: Path, endpoint: EndpointSettings, out: Path) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-m", "korean_rlhf", "translate", *argv(world, endpoint, out)]
    return subprocess.Popen(line, stderr=subprocess.DEVNULL)


def paid(ledger: Path) -> Counter[str]:
    rows = [json.loads(line) for line in ledger.read_text().splitlines()]
    return Counter(row["served"] for row in rows if "served" in row)


def test_killed_and_run_again_it_ends_as_if_unbroken(world: Path):
    with serving(world, fault_rate=0.3) as endpoint:
        whole = TranslateSettings(model="sample", batch_rows=2)
        translate([world / "twins.en.jsonl"], world / "whole", plan(whole, endpoint))
        (world / "ledger.jsonl").unlink()
        for served in (3, 9):
            process = start(world, endpoint, world / "broken")
            while len(paid_so_far(world / "ledger.jsonl")) < served and process.poll() is None:
                time.sleep(0.01)
            process.kill()
            process.wait()
            assert not (world / "broken" / "manifest.json").exists()
        assert start(world, endpoint, world / "broken").wait(60) == 0

    for name in ("instructions.jsonl", "dropped.jsonl"):
        assert (world / "broken" / name).read_bytes() == (world / "whole" / name).read_bytes()
    assert manifest(world / "broken")["digest"] == manifest(world / "whole")["digest"]
    # At most what was under way at a kill is asked twice: 2 threads, 2 kills.
    again = [key for key, times in paid(world / "ledger.jsonl").items() if times > 1]
    assert len(again) <= 4


def paid_so_far(ledger: Path) -> Counter[str]:
    try:
        return paid(ledger)
    except (FileNotFoundError, ValueError):  # not there yet, or a line half written
        return Counter()


def test_two_processes_on_one_cache_pay_once_and_agree(world: Path):
    with serving(world, fault_rate=0.3) as endpoint:
        cache = ["--cache", str(world / "shared.sqlite")]
        line = [sys.executable, "-m", "korean_rlhf", "translate"]
        processes = [
            subprocess.Popen(
                [*line, *argv(world, endpoint, world / name), *cache], stderr=subprocess.DEVNULL
            )
            for name in ("one", "two")
        ]
        assert [process.wait(60) for process in processes] == [0, 0]

    results = [(world / name / "instructions.jsonl").read_bytes() for name in ("one", "two")]
    assert results[0] == results[1]
    assert set(paid(world / "ledger.jsonl").values()) == {1}
