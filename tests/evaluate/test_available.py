"""Which data are there, and following a run that still trains."""

import shutil

import pytest

from korean_rlhf.cli.main import main
from korean_rlhf.errors import MissingInput
from korean_rlhf.evaluate.available import check_data, lines
from korean_rlhf.evaluate.sources import DataOptions
from korean_rlhf.evaluate.watch import watch


def test_what_is_there_is_counted_and_what_is_not_says_where_to_get_it(benchmarks):
    found = {one.task: one for one in check_data("quick", DataOptions(data=str(benchmarks)))}

    assert found["ko_kobest_copa"].there and "40 items" in found["ko_kobest_copa"].note
    assert not found["ko_kobest_wic"].there and "github.com" in found["ko_kobest_wic"].note
    assert lines(list(found.values()))[-1] == "4 of 6 tasks can be scored."


def test_a_broken_file_is_missing_with_its_line(benchmarks, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(benchmarks, folder)
    path = folder / "kobest" / "COPA" / "test.tsv"
    path.write_text(path.read_text(encoding="utf-8") + "41\t비가 왔다.\t까닭\t가\t나\t1\n")
    (found,) = check_data("ko_kobest_copa", DataOptions(data=str(folder)))

    assert not found.there and "test.tsv:42" in found.note


def test_the_command_needs_no_model_to_look_at_data(benchmarks, capsys):
    assert main(["eval", "--check-data", "--suite", "all", "--data", str(benchmarks)]) == 0
    shown = capsys.readouterr().out

    assert "ko_truth_mc" in shown and "tasks can be scored." in shown
    assert main(["eval"]) == 1


def test_watching_scores_again_until_ctrl_c_and_waits_for_a_run_that_has_nothing_yet(tmp_path):
    seen = []

    def score():
        seen.append(len(seen))
        if len(seen) == 1:
            raise MissingInput(tmp_path / "runs" / "mine")

    def wait(seconds):
        assert seconds > 0
        if len(seen) == 3:
            raise KeyboardInterrupt

    watch(score, wait=wait)

    assert seen == [0, 1, 2]


def test_watching_hides_no_other_error():
    def score():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        watch(score, wait=lambda seconds: None)
