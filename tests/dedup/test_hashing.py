"""Shards hashed in processes: the same signatures as in one, also after a kill."""

import json
import os
import signal
import subprocess
import sys

from korean_rlhf.cli.main import main
from korean_rlhf.dedup import hashing
from korean_rlhf.dedup.fingerprints import build
from korean_rlhf.engine import WORK
from korean_rlhf.records import Document
from korean_rlhf.rundir import read_manifest
from korean_rlhf.tables import write_jsonl
from tests.dedup.stories import story

LEAK = "하늘에서 내려온 강아지가 시장에서 산 수박은 몇 개였을까요?"
STOPPED = """
import os, signal, sys
from korean_rlhf.cli.main import main
from korean_rlhf.dedup import hashing
hashing._WORTH_BYTES = 0
original, calls = hashing.publish_signatures, []
def killed(*given, **named):
    calls.append(1)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*given, **named)
hashing.publish_signatures = killed
sys.exit(main(sys.argv[1:]))
"""


def command(tmp_path):
    documents = [
        Document(id=f"{seed:02}", text=f"{story(seed % 20)} {seed % 25}.", license="CC0-1.0")
        for seed in range(60)
    ]
    leak = Document(id="leak", text=f"{story(3)} {LEAK}", license="CC0-1.0")
    write_jsonl(tmp_path / "in.jsonl", [*documents, leak])
    (tmp_path / "quiz.jsonl").write_text(json.dumps({"id": "q", "question": LEAK}))
    marks = tmp_path / "quiz.fingerprints"
    build([tmp_path / "quiz.jsonl"], marks, n=10, license="CC0-1.0")
    return ["dedup", str(tmp_path / "in.jsonl"), "--shard-documents", "12", "--signatures",
            "--decontaminate", str(marks), "--out"]  # fmt: skip


def contents(folder):
    files = [file for file in folder.rglob("*") if file.suffix in (".arrow", ".parquet", ".jsonl")]
    return {file.relative_to(folder): file.read_bytes() for file in files}


def facts(folder):
    return {**read_manifest(folder), "seconds": 0, "peak_rss_mb": 0}


def test_processes_write_what_one_writes_also_after_a_kill(tmp_path, monkeypatch):
    argv = command(tmp_path)
    assert main([*argv, str(tmp_path / "one"), "--workers", "1"]) == 0
    monkeypatch.setattr(hashing, "_WORTH_BYTES", 0)
    assert main([*argv, str(tmp_path / "two"), "--workers", "2"]) == 0

    broken = [*argv, str(tmp_path / "broken"), "--workers", "2"]
    ended = subprocess.run([sys.executable, "-c", STOPPED, *broken], env=os.environ)
    assert ended.returncode == -signal.SIGKILL
    made = (tmp_path / "broken" / WORK / "signatures").glob("part-?????.arrow")
    assert len(list(made)) == 2
    assert main(broken) == 0

    whole = contents(tmp_path / "one")
    assert any(path.parent.name == "signatures" for path in whole)
    assert whole == contents(tmp_path / "two") == contents(tmp_path / "broken")
    assert facts(tmp_path / "one") == facts(tmp_path / "two") == facts(tmp_path / "broken")
    assert facts(tmp_path / "one")["contaminated_documents"] > 0
