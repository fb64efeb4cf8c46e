import subprocess
import sys
import time
from importlib import import_module

import pytest

from korean_rlhf.cli.main import COMMANDS, EXTRAS, main

HEAVY = {"torch", "transformers", "scrapy", "lm_eval", "starlette", "daft", "kiwipiepy", "datasets"}


def test_help_names_every_command_and_loads_nothing_heavy():
    code = (
        "import sys; from korean_rlhf.cli.main import main; main(['--help'])\n"
        f"print(sorted({HEAVY!r} & sys.modules.keys()))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.splitlines()[-1] == "[]"
    assert all(f"  {name} " in out.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name, capsys):
    before = time.monotonic()
    try:
        assert import_module(f"korean_rlhf.cli.{name}").run(["--help"]) == 0
    except SystemExit as stop:
        assert stop.code == 0

    assert len(capsys.readouterr().out) > 40
    assert time.monotonic() - before < 60


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("korean-rlhf 0.")


def test_a_missing_library_is_named_with_its_extra(monkeypatch, capsys):
    def missing(_):
        raise ModuleNotFoundError("No module named 'scrapy_'", name="scrapy_")

    monkeypatch.setitem(EXTRAS, "scrapy_", "crawl")
    monkeypatch.setattr(import_module("korean_rlhf.cli.where"), "run", missing)

    assert main(["where"]) == 1
    assert "pip install 'korean-rlhf[crawl]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["shw"], "Did you mean 'show'"),
        (["show", "x.jsonl", "--limt", "1"], "Did you mean '--limit'"),
        (["show", "x.jsonl"], "x.jsonl does not exist"),
        (["show"], "PATH"),
        (["show", "a", "b"], "one argument too many"),
        (["show", "a", "--limit", "many"], "--limit"),
        (["run", "quikstart"], "Did you mean 'quickstart'"),
        (["run", "quickstart", "--until", "ppoo"], "Did you mean 'ppo'"),
        (["where", "prompt"], "Did you mean 'prompts'"),
    ],
)
def test_a_wrong_command_line_is_one_sentence_and_exit_code_1(argv, says, capsys):
    assert main(argv) == 1
    said = capsys.readouterr().err
    assert says in said
    assert len(said.strip().splitlines()) == 1
