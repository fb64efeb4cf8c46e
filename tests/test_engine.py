"""The corpus engine: the same records with one process or two, killed or not."""

import subprocess
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from korean_rlhf import engine
from korean_rlhf.engine import drop_work, map_shards, mapping, split_inputs
from korean_rlhf.errors import BadInput, BadRecord
from korean_rlhf.records import Document
from korean_rlhf.tables import DROPPED_SCHEMA, documents_digest, parquet_batches, write_jsonl


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
    (out / engine.WORK / "input" / "complete").unlink()
    shards[2].unlink()

    assert split_inputs([corpus], out, license="", shard_documents=25) == shards
    assert all(shard.is_file() for shard in shards)
    drop_work(out)
    assert not (out / engine.WORK).exists()


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
        "import os, signal; from korean_rlhf.engine.workers import _begin_worker; _begin_worker()\n"
        "os.kill(os.getpid(), signal.SIGINT); print('alive')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("alive\n", "")
