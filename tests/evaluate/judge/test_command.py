"""The command line of `judge`."""

import json

import pytest

from korean_rlhf.cli.main import main
from korean_rlhf.errors import SettingsError
from korean_rlhf.settings.judge import JudgeSettings

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["judge"], "either models or --calibrate"),
        (["judge", "runs/x", "--calibrate", "f.jsonl"], "either models or --calibrate"),
        (["judge", "--calibrate", "f.jsonl"], "needs --out"),
        (["judge", "runs/none", "--model", "m"], "runs/none does not exist"),
        (["judge", "runs/x", "--mode", "triple"], "mode"),
        (["judge", "--calibrate", "f.jsonl", "--out", "o", "--model", "m"], "f.jsonl"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(argv, says, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(argv) == 1
    said = capsys.readouterr().err

    assert says in said
    assert len(said.strip().splitlines()) == 1


def test_a_server_is_named_by_its_address(tiny_run, judging, verdict, tmp_path):
    out = tmp_path / "table"
    argv = ["--model", "replica", "--device", "cpu", "--answer-tokens", "8", "--items", "2"]
    with judging(lambda answer: verdict(score=5)) as (server, seen):
        command = ["judge", str(tiny_run), "--judge", server.endpoint, "--mode", "single"]
        assert main([*command, *argv, "--out", str(out)]) == 0
    table = json.loads((out / "judged-open.json").read_text(encoding="utf-8"))

    assert seen
    assert table["judged"]["openai:replica"]["models"]["tiny/sft-000010"]["mean"]["value"] == 5.0
    assert (out / "judged-open.md").is_file()


def test_a_judge_is_measured_from_the_command_line(judging, verdict, tmp_path):
    rows = [{"question": "물음", "output": f"답 {n}", "score": n} for n in (2, 5, 9)]
    path = tmp_path / "judged.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    def prefer(first, second):
        return verdict(winner="A" if first > second else "B")

    with judging(lambda answer: verdict(score=int(answer.split()[1])), prefer) as (server, _):
        argv = ["--judge", server.endpoint, "--model", "replica", "--out", str(tmp_path / "out")]
        assert main(["judge", "--calibrate", str(path), *argv]) == 0
    result = json.loads((tmp_path / "out" / "calibration.json").read_text(encoding="utf-8"))

    assert result["single"]["judge"]["accuracy"]["value"] == 1.0
    assert result["pairwise"]["accuracy"]["value"] == 1.0


@pytest.mark.parametrize(
    "wrong",
    [{"items": -1}, {"answer_tokens": 0}, {"temperature": 3.0}, {"judge_temperature": -0.1}],
)
def test_settings_out_of_range_are_told(wrong):
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        JudgeSettings(**wrong)
