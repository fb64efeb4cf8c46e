import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from korean_rlhf import disk, rundir
from korean_rlhf.errors import BadInput, FolderInUse, MissingInput, NoSpace, OtherRun
from korean_rlhf.rundir import MetricsLog, chosen_step, finished_steps, open_stage, step_folder


@dataclass(frozen=True)
class Settings:
    steps: int = 3
    name: str = '한글 "따옴표"\n'


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "가"}\n', encoding="utf-8")
    return path


def finish(out, source, settings=None, **options):
    with open_stage(
        out, "clean", settings=settings or Settings(), inputs=[source], **options
    ) as stage:
        if not stage.finished:
            stage.finish(counts={"in": 1}, digest="d")
        return stage.finished


def test_a_finished_stage_is_not_done_twice(tmp_path, source):
    out = tmp_path / "out"

    assert [finish(out, source), finish(out, source)] == [False, True]
    assert rundir.read_manifest(out)["counts"] == {"in": 1}
    assert not (out / rundir.STARTED).exists()


def test_other_settings_are_refused_and_named_until_replace(tmp_path, source):
    out = tmp_path / "out"
    finish(out, source)

    with pytest.raises(OtherRun, match="steps was 3, now 4"):
        finish(out, source, Settings(steps=4))
    assert finish(out, source, Settings(steps=4), replace=True) is False


def test_changed_inputs_are_refused_but_a_moved_one_is_the_same(tmp_path, source):
    out = tmp_path / "out"
    finish(out, source)
    moved = source.rename(tmp_path / "moved.jsonl")

    assert finish(out, moved) is True
    moved.write_text('{"text": "나"}\n', encoding="utf-8")
    with pytest.raises(OtherRun, match="content of its inputs"):
        finish(out, moved)


def test_files_of_someone_else_are_never_mixed_with_a_stage(tmp_path, source):
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")

    for replace in (False, True):
        with pytest.raises(BadInput, match="no stage left there"):
            finish(out, source, replace=replace)
    assert (out / "thesis.txt").read_text() == "mine"


def test_an_unfinished_stage_is_no_input(tmp_path, source):
    with open_stage(tmp_path / "a", "crawl", settings=None, inputs=[source]):
        pass

    with pytest.raises(MissingInput, match="run again"):
        finish(tmp_path / "b", tmp_path / "a")


def test_unfinished_work_adds_up_its_seconds(tmp_path, source):
    tmp_path = tmp_path / "out"
    with open_stage(tmp_path, "x", settings=None, inputs=[]) as stage:
        stage.seconds_before = 100.0
        stage.note_time()

    with open_stage(tmp_path, "x", settings=None, inputs=[]) as stage:
        assert stage.finish()["seconds"] >= 100.0


def test_a_folder_serves_one_process_at_a_time(tmp_path, source):
    code = (
        "import sys, pathlib; from korean_rlhf.rundir import open_stage\n"
        "with open_stage(pathlib.Path(sys.argv[1]), 'x', settings=None, inputs=[]):\n"
        "    print('locked', flush=True); input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "out"],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
    )
    assert holder.stdout.readline() == b"locked\n"
    with pytest.raises(FolderInUse):
        finish(tmp_path / "out", source)
    holder.kill()
    holder.communicate()

    with open_stage(tmp_path / "out", "x", settings=None, inputs=[]) as stage:
        assert not stage.finished, "the lock of a killed process is gone"


def test_a_full_disk_is_one_sentence(tmp_path):
    with (
        pytest.raises(NoSpace, match="No space left"),
        open_stage(tmp_path, "x", settings=None, inputs=[]),
    ):
        raise OSError(28, "No space left on device")


def test_a_step_counts_only_with_its_manifest(tmp_path):
    for step in (3, 20, 1000000):
        step_folder(tmp_path, step).mkdir()
    (step_folder(tmp_path, 3) / "manifest.json").write_text("{}")
    (step_folder(tmp_path, 20) / "manifest.json").write_text("{}")

    assert [path.name for path in finished_steps(tmp_path)] == ["step-000003", "step-000020"]
    assert chosen_step(tmp_path).name == "step-000020"
    (tmp_path / "manifest.json").write_text(json.dumps({"best": "step-000003"}))
    assert chosen_step(tmp_path).name == "step-000003"


def test_metrics_forget_what_will_be_done_again_and_torn_lines(tmp_path):
    log = MetricsLog(tmp_path)
    for step in (1, 2, 3):
        log.write({"step": step, "손실": 1.5})
    with log.path.open("a") as file:
        file.write('{"step": 4, "lo')

    log.truncate_after(2)

    assert log.rows() == [{"step": 1, "손실": 1.5}, {"step": 2, "손실": 1.5}]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal")
def test_a_child_dies_with_a_killed_parent():
    code = (
        "import subprocess, sys, time; from korean_rlhf.children import child\n"
        "process = child([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()

    for _ in range(100):
        if not running(pid):
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the child outlived its parent")


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_mistake_before_the_first_result_leaves_nothing_that_refuses_the_mended_one(
    tmp_path, source
):
    out = tmp_path / "out"
    with (
        pytest.raises(BadInput),
        open_stage(out, "clean", settings=Settings(), inputs=[source]) as stage,
    ):
        (stage.folder / ".work").mkdir()
        raise BadInput("in.jsonl:1: torn")
    source.write_text('{"text": "나"}\n', encoding="utf-8")

    assert finish(out, source) is False


def test_a_mistake_after_a_result_keeps_it(tmp_path, source):
    with (
        pytest.raises(BadInput),
        open_stage(tmp_path / "out", "clean", settings=None, inputs=[source]) as stage,
    ):
        (stage.folder / "part-00000.parquet").write_bytes(b"result")
        raise BadInput("later")

    assert (tmp_path / "out" / "part-00000.parquet").read_bytes() == b"result"


def test_replace_looks_at_the_inputs_before_it_deletes(tmp_path, source):
    out = tmp_path / "out"
    finish(out, source)

    with pytest.raises(MissingInput):
        finish(out, tmp_path / "none.jsonl", replace=True)
    with pytest.raises(BadInput, match="is read"):
        finish(out, out / "settings.toml", replace=True)
    assert (out / rundir.MANIFEST).is_file()


def test_a_deletion_that_was_killed_is_no_result(tmp_path, source, monkeypatch):
    out = tmp_path / "out"
    finish(out, source)
    (out / "dropped").mkdir()

    def killed(_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rundir.shutil, "rmtree", killed)
        finish(out, source, replace=True)

    assert not (out / rundir.MANIFEST).is_file()
    with pytest.raises(OtherRun, match="half deleted"):
        finish(out, source)
    assert finish(out, source, replace=True) is False


def test_a_draft_that_a_kill_left_does_not_stand_in_the_way(tmp_path, source):
    out = tmp_path / "out"
    out.mkdir()
    (out / ".started.json.1.tmp").write_text("{")

    assert finish(out, source) is False


def test_a_draft_goes_when_the_disk_is_full(tmp_path):
    with pytest.raises(OSError), disk.published(tmp_path / "a.txt") as draft:
        draft.write_text("half")
        raise OSError(28, "No space left on device")

    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    "problem", [RuntimeError("I/O error: No space left on device (os error 28)"), OSError(122, "q")]
)
def test_a_full_disk_is_known_by_the_words_of_any_library(tmp_path, problem):
    with pytest.raises(NoSpace), disk.no_space_named(tmp_path):
        raise problem


def test_a_metric_may_hold_any_character(tmp_path):
    log = MetricsLog(tmp_path)
    log.write({"step": 1, "answer": "가\u2028나\x85"})

    assert log.rows() == [{"step": 1, "answer": "가\u2028나\x85"}]
