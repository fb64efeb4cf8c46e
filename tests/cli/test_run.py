"""`run` on a recipe of cheap commands; the real recipes are run as a whole elsewhere."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from korean_rlhf.cli.main import main

RECIPE = """
name = "tiny"
inputs = ["answers"]
after = ["next: {run}"]

[[stage]]
name = "first"
command = ["rank", "{input.answers}", "--license", "{license.answers}"]
out = "{data}/ranked/{name}"
settings = { seed = "{seed}", least = 2 }

[[stage]]
name = "second"
command = ["show", "{data}/ranked/{name}", "--limit", "1"]
"""


@pytest.fixture
def recipe(tmp_path):
    rows = [
        {"question": f"질문 {number % 3}", "output": f"답 {number}", "score": number % 5 + 1}
        for number in range(30)
    ]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "answers.jsonl").write_text(text, encoding="utf-8")
    (tmp_path / "data.toml").write_text(
        '[answers]\npath = "answers.jsonl"\nlicense = "CC0-1.0"\n', encoding="utf-8"
    )
    (tmp_path / "tiny.toml").write_text(RECIPE, encoding="utf-8")
    return tmp_path


def run(folder, *more):
    argv = ["run", str(folder / "tiny.toml"), "--data", str(folder / "data.toml")]
    return main([*argv, "--root", str(folder / "work"), *more])


def test_a_recipe_is_run_and_not_done_twice(recipe, capfd):
    assert run(recipe) == 0
    first = capfd.readouterr()
    notes = json.loads((recipe / "work/runs/tiny/stages.json").read_text())
    assert run(recipe) == 0
    second = capfd.readouterr()

    assert "$ korean-rlhf rank" in first.err
    assert "next: " in first.out
    assert '"ranks"' in first.out
    assert "already finished" in second.err
    assert notes["first"]["seconds"] > 0
    assert notes["first"]["peak_rss_mb"] > 10
    again = json.loads((recipe / "work/runs/tiny/stages.json").read_text())
    assert again["first"] == notes["first"], "what a stage took is not that of looking at it again"


def test_a_printed_line_is_what_a_person_can_type(recipe, capfd, monkeypatch):
    run(recipe, "--dry-run")
    line = capfd.readouterr().out.splitlines()[0]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))

    done = subprocess.run(
        line.replace("korean-rlhf", f"{sys.executable} -m korean_rlhf", 1).split(), cwd=recipe
    )

    assert done.returncode == 0
    assert (recipe / "work/data/ranked/tiny/comparisons.jsonl").is_file()


def test_until_stops_after_a_stage(recipe, capfd):
    assert run(recipe, "--until", "first") == 0
    assert '"ranks"' not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("answers.jsonl", "other.jsonl"), "other.jsonl does not exist"),
        (("[answers]", "[answer]"), "Did you mean 'answers'"),
        (("path", "pth"), "Did you mean 'path'"),
        (("license", 'sha256 = "0"\nlicense'), "sha256 is not the one stated"),
    ],
)
def test_a_wrong_data_file_is_one_sentence(recipe, capfd, change, says):
    path = recipe / "data.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")

    assert run(recipe) == 1
    assert says in capfd.readouterr().err


def test_a_failing_stage_ends_the_run_and_says_so(recipe, capfd):
    (recipe / "answers.jsonl").write_text('{"question": "?"\n', encoding="utf-8")

    assert run(recipe) == 1
    said = capfd.readouterr().err
    assert "answers.jsonl:1: torn or wrong JSON" in said
    assert "stage first of tiny failed" in said


def test_an_input_is_fetched_once_checked_and_resumed(recipe, httpd):
    content = (recipe / "answers.jsonl").read_bytes()
    (httpd.folder / "far.jsonl").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    (recipe / "data.toml").write_text(
        f'[answers]\nurl = "{httpd.url}/far.jsonl"\nsha256 = "{digest}"\n'
    )

    assert run(recipe) == 0
    assert (recipe / "work/data/downloads/far.jsonl").read_bytes() == content


@pytest.fixture
def httpd(tmp_path):
    import contextlib
    import functools
    import http.server
    import threading
    from types import SimpleNamespace

    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    handler.func.log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with contextlib.closing(server.socket):
        yield SimpleNamespace(folder=Path(folder), url=f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
