"""SIGKILL clean and dedup at random moments, run them again, and compare with an unbroken run.

    make bench NAME=kill_corpus           # CORPUS=path KILLS=10 SEED=0 DOCUMENTS=20000 by default

Without CORPUS the sample world is cleaned: about a minute. A moment is drawn between the start of
a process and the time that an unbroken one took; a run that came to its end is compared, deleted
and begun again until all kills are done. Only the process that a user would kill is killed: its
children have to notice. Counts and the rows of every folder must be those of the unbroken run, and
no process may be left. ENGINE=ray does the same on a local Ray.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from killing import kill_after, read, start, survivors

from korean_rlhf.records import Document
from korean_rlhf.tables import read as read_documents
from korean_rlhf.tables import write_jsonl

SHARDS = 8
"""The corpus is cut into about so many."""


@dataclass
class Outcome:
    """What the kills of one stage came to."""

    kills: int = 0
    runs: int = 0
    """Runs that came to their end."""
    equal: int = 0
    """Runs with the records of the unbroken one."""
    left: int = 0
    """Processes that outlived a killed one."""


def main() -> int:
    folder = Path(os.environ.get("FOLDER", "runs-bench")) / "kill-corpus"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    raw, count = corpus(folder)
    shard = str(max(1, count // SHARDS))
    common = ["--shard-documents", shard, "--engine", os.environ.get("ENGINE", "local")]
    stages = {
        "clean": ["clean", str(raw), "--license", "Apache-2.0", *common],
        "dedup": ["dedup", str(folder / "clean"), *common],
    }
    outcomes = {name: killed(name, argv, folder) for name, argv in stages.items()}
    runs = sum(outcome.runs for outcome in outcomes.values())
    equal = sum(outcome.equal for outcome in outcomes.values())
    result = {
        "name": "kill_corpus",
        "unit": "finished runs with the records of the unbroken run",
        "ours": equal,
        "peer": runs,
        "ratio": equal / runs,
        "goal": 1.0,
        "documents": count,
        "kills": sum(outcome.kills for outcome in outcomes.values()),
        "processes_left": sum(outcome.left for outcome in outcomes.values()),
    }
    print(json.dumps(result))
    return 0 if equal == runs and not result["processes_left"] else 1


def corpus(folder: Path) -> tuple[Path, int]:
    """Return a file of at most DOCUMENTS documents of CORPUS or the sample world, and their number.

    Every twentieth stands in it twice, so that dedup has something to drop.
    """
    found = os.environ.get("CORPUS")
    path = Path(found) if found else sample_world(folder)
    most = int(os.environ.get("DOCUMENTS", "20000"))
    documents = list(itertools.islice(read_documents(path, Document), most))
    documents += [Document(id=f"copy:{d.id}", text=d.text) for d in documents[::20]]
    write_jsonl(folder / "raw.jsonl", documents)
    return folder / "raw.jsonl", len(documents)


def sample_world(folder: Path) -> Path:
    world, raw = folder / "world", folder / "namu"
    require_done(["sampleworld", "make", "--out", str(world)])
    dump = str(world / "dumps" / "namuwiki.json")
    require_done(["crawl", "namu-dump", dump, "--license", "Apache-2.0", "--out", str(raw)])
    return raw


def require_done(arguments: Sequence[str]) -> float:
    """Run to the end; return the seconds that it took."""
    begun = time.monotonic()
    if start(arguments).wait() != 0:
        raise SystemExit(f"failed: korean-rlhf {' '.join(arguments)}")
    return time.monotonic() - begun


def killed(name: str, argv: Sequence[str], folder: Path) -> Outcome:
    """Kill a stage KILLS times; print and return what came of it."""
    kills = int(os.environ.get("KILLS", "10"))
    chosen = random.Random(f"{name} {os.environ.get('SEED', '0')}")
    seconds = require_done([*argv, "--out", str(folder / name)])
    expected = facts(folder / name)
    out, outcome = folder / f"{name}-killed", Outcome()
    while outcome.kills < kills or out.exists():
        moment = chosen.uniform(0, seconds) if outcome.kills < kills else None
        died, left = attempt([*argv, "--out", str(out)], moment)
        outcome.kills += died
        outcome.left += left
        if not died:
            outcome.runs += 1
            outcome.equal += facts(out) == expected
            shutil.rmtree(out)
    print(f"{name}: unbroken {seconds:.1f} s; {outcome}", flush=True)
    return outcome


def attempt(argv: Sequence[str], moment: float | None) -> tuple[bool, int]:
    """Run a command, killed at `moment`; return whether it died of it and who is left."""
    mark = uuid.uuid4().hex
    process = start(argv, mark, stderr=subprocess.DEVNULL)
    if moment is None:
        if process.wait() != 0:
            raise SystemExit(f"failed when started again: korean-rlhf {' '.join(argv)}")
        return False, 0
    died = kill_after(moment, process)
    if not died and process.returncode != 0:
        raise SystemExit(f"failed when started again: korean-rlhf {' '.join(argv)}")
    return died, len(survivors(mark))


def facts(out: Path) -> dict[str, Any]:
    """Return what must be equal: counts, and every row of every folder, the dropped ones too."""
    manifest = read(out / "manifest.json")
    found = {key: manifest.get(key) for key in ("digest", "counts", "masked")}
    for folder in sorted({file.parent for file in out.rglob("part-*.parquet")}):
        rows = [row for file in sorted(folder.glob("part-*.parquet"))
                for row in pq.read_table(file).to_pylist()]  # fmt: skip
        content = json.dumps(rows, ensure_ascii=False, sort_keys=True, default=str)
        found[folder.relative_to(out).as_posix()] = hashlib.sha256(content.encode()).hexdigest()
    return found


if __name__ == "__main__":
    sys.exit(main())
