"""The corpus engine: the same records with one process or two, killed or not."""

import functools
import importlib.util
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from korean_rlhf.clean.run import clean
from korean_rlhf.dedup.run import deduplicate
from korean_rlhf.engine import (
    WORK,
    drop_work,
    map_shards,
    mapping,
    running_on,
    split_inputs,
    tallied,
)
from korean_rlhf.errors import BadInput, BadRecord, MissingExtra, SettingsError
from korean_rlhf.records import Document
from korean_rlhf.rundir import read_manifest
from korean_rlhf.settings.clean import CleanSettings
from korean_rlhf.settings.dedup import DedupSettings
from korean_rlhf.settings.engine import EngineSettings
from korean_rlhf.tables import (
    DROPPED_SCHEMA,
    documents_digest,
    parquet_batches,
    to_batch,
    write_jsonl,
)


def keep_long(batch: pa.RecordBatch) -> pa.RecordBatch:
    long = pc.greater(pc.utf8_length(batch["text"]), 3)
    reason = pc.if_else(long, "", "too-short")
    detail = pa.array([""] * batch.num_rows, pa.string())
    return pa.RecordBatch.from_arrays([*batch.columns, reason, detail], schema=DROPPED_SCHEMA)


@pytest.fixture
def corpus(tmp_path):
    texts = ["가" * (1 + number % 6) for number in range(60)]
    documents = [
        Document(id=f"{n:03}", text=text, license="CC0-1.0") for n, text in enumerate(texts)
    ]
    write_jsonl(tmp_path / "corpus.jsonl", documents)
    return tmp_path / "corpus.jsonl"


def cleaned(corpus, out, workers=1):
    shards = split_inputs([corpus], out, license="", shard_documents=25)
    return map_shards(shards, out, keep_long, label="testing", workers=workers)


def test_a_big_file_is_split_into_shards_and_counted(corpus, tmp_path):
    counts = cleaned(corpus, tmp_path / "out")

    assert counts.manifest() == {"in": 60, "out": 30, "dropped": {"too-short": 30}}
    assert len(list((tmp_path / "out").glob("part-*.parquet"))) == 3
    assert len(list((tmp_path / "out" / "dropped").glob("part-*.parquet"))) == 3


def test_two_processes_write_what_one_writes(corpus, tmp_path):
    cleaned(corpus, tmp_path / "one")
    cleaned(corpus, tmp_path / "two", workers=2)

    assert documents_digest(tmp_path / "one") == documents_digest(tmp_path / "two")


def test_finished_shards_are_not_made_again(corpus, tmp_path, monkeypatch):
    out = tmp_path / "out"
    whole = cleaned(corpus, out)
    digest = documents_digest(out)
    (out / "part-00001.parquet").unlink()  # as a kill between two shards leaves it
    published = []
    publish = mapping.publish_runs
    monkeypatch.setattr(
        mapping, "publish_runs", lambda *args: (published.append(args[1]), publish(*args))
    )

    again = cleaned(corpus, out)

    assert published == ["part-00001.parquet"]
    assert again == whole
    assert documents_digest(out) == digest


def test_a_torn_split_is_begun_anew(corpus, tmp_path):
    out = tmp_path / "out"
    shards = split_inputs([corpus], out, license="", shard_documents=25)
    (out / WORK / "input" / "complete").unlink()
    shards[2].unlink()

    assert split_inputs([corpus], out, license="", shard_documents=25) == shards
    assert all(shard.is_file() for shard in shards)
    drop_work(out)
    assert not (out / WORK).exists()


def test_ids_that_come_twice_stay_apart(tmp_path):
    for name in ("a", "b"):
        write_jsonl(tmp_path / f"{name}.jsonl", [Document(id="같은 이름", text=name)])
    inputs = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]

    shards = split_inputs(inputs, tmp_path / "out", license="MIT", shard_documents=9)
    rows = [
        row for shard in shards for batch in parquet_batches(shard) for row in batch.to_pylist()
    ]

    assert [row["id"] for row in rows] == ["같은 이름", "같은 이름#2"]
    assert {row["license"] for row in rows} == {"MIT"}


def test_a_bad_record_is_named_by_file_and_line(tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"text": "가"}\n{"text": 3}\n', encoding="utf-8")

    with pytest.raises(BadRecord, match=r"bad\.jsonl:2"):
        split_inputs([tmp_path / "bad.jsonl"], tmp_path / "out", license="", shard_documents=9)


def test_an_empty_input_is_refused(tmp_path):
    (tmp_path / "none.jsonl").write_text("", encoding="utf-8")

    with pytest.raises(BadInput, match="holds no records"):
        cleaned(tmp_path / "none.jsonl", tmp_path / "out")


def test_a_worker_leaves_ctrl_c_to_its_parent():
    code = (
        "import os, signal; from korean_rlhf.engine.workers import _begin_worker\n"
        "_begin_worker(os.getppid())\n"
        "os.kill(os.getpid(), signal.SIGINT); print('alive')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("alive\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux is asked")
def test_a_worker_whose_parent_died_while_it_started_ends():
    code = "from korean_rlhf.engine.workers import _begin_worker; _begin_worker(1 << 22)"

    assert subprocess.run([sys.executable, "-c", code]).returncode == 1


def keep_and_record(batch, seen):
    seen += batch["id"].to_pylist()
    return keep_long(batch)


def test_finished_runs_of_an_unfinished_shard_are_not_made_again(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(mapping, "RUN_BYTES", 200)
    monkeypatch.setattr(mapping, "BATCH", 4)
    whole = cleaned(corpus, tmp_path / "whole")
    out, seen = tmp_path / "out", []
    shards = split_inputs([corpus], out, license="", shard_documents=25)
    record = functools.partial(keep_and_record, seen=seen)

    def dies_at_the_twentieth(batch):
        if len(seen) >= 20:
            raise KeyboardInterrupt
        return record(batch)

    with pytest.raises(KeyboardInterrupt):
        map_shards(shards, out, dies_at_the_twentieth, label="testing", workers=1)
    kept = len(list((out / WORK / "results").rglob("run-*.arrow")))
    again = map_shards(shards, out, record, label="testing", workers=1)

    assert kept > 1 and again == whole
    assert documents_digest(out) == documents_digest(tmp_path / "whole")
    assert 60 <= len(seen) < 60 + 10, "at most one run is made again"


def keep_and_tally(batch, fails_at=()):
    if set(fails_at) & set(batch["id"].to_pylist()):
        raise KeyboardInterrupt
    return tallied(keep_long(batch), {"행": batch.num_rows})


def test_tallies_of_workers_are_added_once_even_after_a_kill(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(mapping, "RUN_BYTES", 200)
    monkeypatch.setattr(mapping, "BATCH", 4)
    out = tmp_path / "out"
    shards = split_inputs([corpus], out, license="", shard_documents=25)
    for fails_at in (["040"], ["055"]):
        dies = functools.partial(keep_and_tally, fails_at=fails_at)
        with pytest.raises(KeyboardInterrupt):
            map_shards(shards, out, dies, label="testing", workers=1)
    assert map_shards(shards, out, keep_and_tally, label="testing", workers=1).tally == {"행": 60}

    two = tmp_path / "two"
    shards = split_inputs([corpus], two, license="", shard_documents=25)
    assert map_shards(shards, two, keep_and_tally, label="testing", workers=2).tally == {"행": 60}


def test_a_shard_of_many_runs_is_sorted_as_one_is(tmp_path, monkeypatch):
    names = [f"{number * 37 % 100:03}" for number in range(100)]
    write_jsonl(tmp_path / "in.jsonl", [Document(id=name, text="가" * 9) for name in names])
    monkeypatch.setattr(mapping, "BATCH", 3)
    for out, size in (("one", 1 << 20), ("many", 300)):
        monkeypatch.setattr(mapping, "RUN_BYTES", size)
        cleaned(tmp_path / "in.jsonl", tmp_path / out)

    for part in range(4):
        one, many = (
            pq.read_table(tmp_path / out / f"part-{part:05}.parquet") for out in ("one", "many")
        )
        assert one.equals(many)
        assert one["id"].to_pylist() == sorted(names[25 * part : 25 * part + 25])


def test_a_shard_ends_at_its_documents_or_its_bytes(tmp_path):
    documents = [Document(id=str(number), text="가" * 1000) for number in range(30)]
    write_jsonl(tmp_path / "in.jsonl", documents[:8])
    write_jsonl(tmp_path / "more.jsonl", documents[8:])
    inputs = [tmp_path / "in.jsonl", tmp_path / "more.jsonl"]

    shards = split_inputs(
        inputs, tmp_path / "out", license="MIT", shard_documents=10, shard_bytes=1
    )

    sizes = [pq.read_metadata(shard).num_rows for shard in shards]
    assert sizes == [8, 10, 10, 2], "a batch that came whole is not torn for its bytes"


def test_a_batch_of_long_documents_is_halved(monkeypatch):
    monkeypatch.setattr(mapping, "_BATCH_BYTES", 4000)
    texts = ["가" * 1000, "나", "다", "라" * 3000]
    batch = to_batch([Document(id=str(n), text=text) for n, text in enumerate(texts)])

    parts = list(mapping._small(batch))

    assert [part["id"].to_pylist() for part in parts] == [["0", "1"], ["2"], ["3"]]


def test_an_address_of_ray_needs_ray():
    with pytest.raises(SettingsError, match="--engine ray"):
        EngineSettings(ray_address="10.0.0.1:6379")


def test_ray_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)

    with pytest.raises(MissingExtra, match=r"korean-rlhf\[ray\]"):
        with running_on(EngineSettings(engine="ray")):
            pass


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_an_address_without_a_cluster_is_refused_at_once():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(BadInput, match=rf"no Ray cluster at {address} .*ray start --head"):
        with running_on(EngineSettings(engine="ray", ray_address=address)):
            pass


ON_RAY = """
import os, sys
from pathlib import Path
from korean_rlhf.clean.run import clean
from korean_rlhf.dedup.run import deduplicate
from korean_rlhf.engine import daft, running_on
from korean_rlhf.settings.clean import CleanSettings
from korean_rlhf.settings.dedup import DedupSettings
from korean_rlhf.settings.engine import EngineSettings

corpus, folder = Path(sys.argv[1]), Path(sys.argv[2])
with running_on(EngineSettings(engine="ray")):
    clean([corpus], folder / "clean", CleanSettings(shard_documents=20, workers=2))
    deduplicate([folder / "clean"], folder / "dedup", DedupSettings(shard_documents=20))
    print(daft().get_or_infer_runner_type(), os.environ["RAY_USAGE_STATS_ENABLED"])
"""


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
def test_a_local_ray_makes_the_same_corpus_and_leaves_no_process(tmp_path):
    nouns = "강아지 고양이 나무 바다 하늘 구름 사과 수박".split()
    texts = [
        f"{nouns[n % 8]}가 {nouns[n // 8 % 8]}에서 {n}번째로 놀다가 집에 돌아와서 저녁을 먹었다."
        for n in range(50)
    ]
    documents = [
        Document(id=f"{n:03}", text=text, license="CC0-1.0")
        for n, text in enumerate([*texts, *texts[:9], "짧다"])
    ]
    write_jsonl(tmp_path / "corpus.jsonl", documents)
    settings = CleanSettings(shard_documents=20, workers=1)
    clean([tmp_path / "corpus.jsonl"], tmp_path / "clean", settings)
    deduplicate([tmp_path / "clean"], tmp_path / "dedup", DedupSettings(shard_documents=20))

    done = subprocess.run(
        [sys.executable, "-c", ON_RAY, tmp_path / "corpus.jsonl", tmp_path / "ray"],
        capture_output=True,
        text=True,
        env=os.environ | {"MARKED_BY_TEST": str(tmp_path)},
    )

    assert done.stdout == "ray 0\n", done.stderr
    for stage in ("clean", "dedup"):
        here, there = (read_manifest(place / stage) for place in (tmp_path, tmp_path / "ray"))
        assert there["counts"] == here["counts"] and there["counts"]["out"] < there["counts"]["in"]
        assert there["digest"] == here["digest"] and there.get("masked") == here.get("masked")
        assert there["settings"] == here["settings"], "where it was made is no setting of it"
    assert marked(str(tmp_path)) == []


def marked(name, patience=10.0):
    """Return the processes that the test started and that live on."""
    until = time.monotonic() + patience
    while found := [
        path.parent.name
        for path in Path("/proc").glob("[0-9]*/environ")
        if f"MARKED_BY_TEST={name}".encode() in read_environment(path)
    ]:
        if time.monotonic() > until:
            break
        time.sleep(0.1)
    return found


def read_environment(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""
