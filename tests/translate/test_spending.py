"""Whole runs of `translate` that are bounded, estimated, shared or checked by two engines."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from korean_rlhf.cli import translate as command
from korean_rlhf.endpoint import BudgetSpent
from korean_rlhf.endpoint import client as client_module
from tests.translate.replicas import Chat, DeepL, Papago, reply, serving

VERBS = "Boil Chop Stir Peel Slice Roast Grate Whisk Knead Drain".split()
THINGS = "carrots onions leeks noodles apples chestnuts".split()


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "FIRST_WAIT", 0.001)
    monkeypatch.setenv("DEEPL_AUTH_KEY", "deepl-not-a-real-key")
    monkeypatch.setenv("NCP_APIGW_API_KEY_ID", "papago-not-a-real-id")
    monkeypatch.setenv("NCP_APIGW_API_KEY", "papago-not-a-real-key")


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Twenty questions with answers."""
    path = tmp_path / "rows.jsonl"
    lines = [
        {
            "instruction": f"How do I {VERBS[place % 10].lower()} {THINGS[place % 6]} at home?",
            "output": f"{VERBS[place % 10]} the {THINGS[place % 6]} with care in a big pot, then "
            f"let them rest on a {THINGS[(place + 1) % 6]} board.",
        }
        for place in range(20)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def line(rows: Path, url: str, out: str, *more: str, engine: str = "deepl") -> list[str]:
    given = [str(rows), "--out", str(rows.parent / out), "--endpoint", url, "--engine", engine]
    return [*given, "--license", "Apache-2.0", "--concurrency", "2", *more]


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def both_files(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in ("instructions.jsonl", "dropped.jsonl")]


def test_a_run_by_a_service_says_what_it_paid(rows: Path, capsys: pytest.CaptureFixture[str]):
    with serving(DeepL()) as url:
        more = ["--price-per-million-characters", "20"]
        assert command.run(line(rows, url, "out", *more)) == 0
    found = manifest(rows.parent / "out")
    sent = found["spent"]["characters"]
    assert found["counts"]["in"] == 20 and found["requests"]["characters"] == sent > 1500
    assert found["spent"]["cost"] == pytest.approx(sent * 20 / 1e6)
    assert f"characters {sent:,}  cost" in capsys.readouterr().err
    text = (rows.parent / "out" / "manifest.json").read_text()
    assert "not-a-real" not in text + (rows.parent / "out" / "settings.toml").read_text()


def test_a_spent_budget_keeps_what_was_paid_and_a_higher_one_goes_on(rows: Path):
    whole, api = DeepL(), DeepL()
    with serving(whole) as url:
        command.run(line(rows, url, "whole"))
    with serving(api) as url:
        with pytest.raises(BudgetSpent, match=r"--max-characters 1,000 .* run the same command"):
            command.run(line(rows, url, "out", "--max-characters", "1000"))
        assert 0 < sum(map(len, api.paid)) <= 1000
        assert not (rows.parent / "out" / "manifest.json").exists()
        assert command.run(line(rows, url, "out", "--max-characters", "9000")) == 0
    assert both_files(rows.parent / "out") == both_files(rows.parent / "whole")
    assert api.paid == whole.paid and set(api.paid.values()) == {1}


def test_the_price_of_a_chat_model_is_bounded_too(rows: Path):
    api = Chat()
    prices = ["--price-per-million-prompt-tokens", "10"]
    more = ["--model", "m", *prices, "--batch-rows", "2", "--retries", "0"]
    with serving(api) as url:
        with pytest.raises(BudgetSpent, match=r"--max-cost 0\.05 "):
            command.run(line(rows, url, "out", *more, "--max-cost", "0.05", engine="openai"))
        first = api.paid.total()
        assert command.run(line(rows, url, "out", *more, engine="openai")) == 0
    assert 0 < first < api.paid.total() == 40 and set(api.paid.values()) == {1}
    assert manifest(rows.parent / "out")["spent"]["cost"] > 0


@pytest.mark.parametrize("engine", ["deepl", "openai"])
def test_an_estimate_sends_nothing_and_comes_true(
    engine: str, rows: Path, capsys: pytest.CaptureFixture[str]
):
    api = {"deepl": DeepL, "openai": Chat}[engine]()
    more = ["--model", "m", "--price-per-million-characters", "20", "--retries", "0"]
    with serving(api) as url:
        assert command.run(line(rows, url, "out", *more, "--estimate", engine=engine)) == 0
        said = capsys.readouterr().err
        assert api.asked == [] and not (rows.parent / "out").exists()
        assert command.run(line(rows, url, "out", *more, engine=engine)) == 0
        found = manifest(rows.parent / "out")
        assert f"{found['spent']['characters']:,} characters in {len(api.asked)} requests" in said
        assert f"about {found['spent']['cost']:.4f}" in said
        command.run(line(rows, url, "out", *more, "--estimate", engine=engine))
    assert ": 0 characters in 0 requests." in capsys.readouterr().err


def test_two_engines_that_disagree_are_a_fault(rows: Path):
    papago = Papago()
    papago.translator = lambda text: (
        "전혀 다른 말을 늘어놓아요." if "noodles" in text else DeepL().translator(text)
    )
    with serving(DeepL()) as first, serving(papago) as second:
        more = ["--second-engine", "papago", "--second-endpoint", second]
        command.run(line(rows, first, "out", *more))
    dropped = [
        json.loads(text)
        for text in (rows.parent / "out" / "dropped.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    disagreed = [row for row in dropped if row["reason"] == "engines-disagree"]
    assert len(disagreed) == 6  # every row of noodles, and none else
    assert all("noodles" in str(row["messages"]) for row in disagreed)
    assert "chrF 0.0" in disagreed[0]["detail"] and "papago" in disagreed[0]["detail"]
    counts = manifest(rows.parent / "out")["requests"]
    assert counts["paid"] and counts["second_paid"]


def start(argv: list[str]) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-m", "korean_rlhf", "translate", *argv]
    return subprocess.Popen(line, stderr=subprocess.DEVNULL)


def test_two_processes_on_one_cache_pay_each_text_once(rows: Path):
    api = DeepL(latency=0.05)
    shared = ["--cache", str(rows.parent / "shared.sqlite")]
    with serving(api) as url:
        sizes = {"one": "3", "two": "8"}  # the batches are cut elsewhere, the texts are the same
        processes = [
            start(line(rows, url, name, *shared, "--batch-rows", size))
            for name, size in sizes.items()
        ]
        assert [process.wait(60) for process in processes] == [0, 0]
    assert set(api.paid.values()) == {1}
    assert both_files(rows.parent / "one") == both_files(rows.parent / "two")


def test_a_service_that_stops_for_good_ends_the_run_with_what_was_paid(rows: Path):
    api = DeepL()
    stop: Callable[[], Any] = lambda: reply({"message": "Quota exceeded"}, 456)  # noqa: E731
    with serving(api) as url:
        one = ["--concurrency", "1", "--batch-rows", "4"]
        api.faults = []
        original = api.serve

        def serve(text: str) -> str:
            if api.paid.total() >= 8:
                api.faults = [stop] * 9
            return original(text)

        api.serve = serve  # type: ignore[method-assign]
        with pytest.raises(Exception, match="are used up"):
            command.run(line(rows, url, "out", *one))
        paid = set(api.paid)
        api.serve, api.faults = original, []  # type: ignore[method-assign]
        assert command.run(line(rows, url, "out", *one)) == 0
    assert len(paid) >= 8 and set(api.paid.values()) == {1}
