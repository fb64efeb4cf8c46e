"""Peak memory of reading, cleaning and deduplicating N documents, and ten times as many.

    make bench NAME=memory CORPUS=corpus.jsonl.zst     # DOCUMENTS=10000 is N by default

Each command runs in processes of its own. The peak is the largest sum of the resident memory of a
command and its workers (pages that they share count for each), looked at twenty times a second.
FLAGS="--no-quality --no-privacy", given to clean, ask for the memory of the engine alone.
For dedup the bytes that each further document keeps resident are told: the difference of the peaks
by that of the documents.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from killing import carrying, start

from korean_rlhf.records import Document
from korean_rlhf.tables import read, write_jsonl

GOAL = 1.2
"""Most times the memory with ten times the data, for reading and cleaning."""
DEDUP_GOAL = 64
"""Most bytes resident a document in dedup."""
_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    corpus = os.environ.get("CORPUS")
    if not corpus:
        raise SystemExit("Name the text: make bench NAME=memory CORPUS=path")
    folder = Path(os.environ.get("FOLDER", "runs-bench")) / "memory"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    small, large = sizes(Path(corpus))
    peaks = {count: measured(Path(corpus), count, folder / str(count)) for count in (small, large)}
    ratios = {stage: peaks[large][stage] / peaks[small][stage] for stage in peaks[small]}
    for stage, ratio in ratios.items():
        one, ten = (peaks[count][stage] / 2**20 for count in (small, large))
        print(
            f"{stage:<6} {small:,} documents {one:,.0f} MiB, {large:,} {ten:,.0f} MiB: {ratio:.2f}"
        )
    per_document = (peaks[large]["dedup"] - peaks[small]["dedup"]) / (large - small)
    print(f"dedup keeps {per_document:,.0f} bytes a document (goal {DEDUP_GOAL})")
    worst = max(("read", "clean"), key=lambda stage: ratios[stage])
    result = {
        "name": "memory",
        "unit": f"MiB at the peak of {worst}, {large:,} documents against {small:,}",
        "ours": round(peaks[large][worst] / 2**20, 1),
        "peer": round(peaks[small][worst] / 2**20, 1),
        "ratio": round(ratios[worst], 3),
        "goal": GOAL,
        "ratios": {stage: round(ratio, 3) for stage, ratio in ratios.items()},
        "dedup_bytes_a_document": round(per_document),
    }
    print(json.dumps(result))
    return 0 if ratios[worst] <= GOAL else 1


def sizes(corpus: Path) -> tuple[int, int]:
    """Return N and 10 N, as many as the corpus holds."""
    wanted = 10 * int(os.environ.get("DOCUMENTS", "10000"))
    there = sum(1 for _ in itertools.islice(read(corpus, Document), wanted))
    return there // 10, there // 10 * 10


def measured(corpus: Path, count: int, folder: Path) -> dict[str, int]:
    """Return the peak in bytes of each stage on the first `count` documents."""
    folder.mkdir()
    texts = folder / "texts.jsonl"
    write_jsonl(texts, itertools.islice(read(corpus, Document), count))
    raw, clean, dedup = (str(folder / name) for name in ("raw", "clean", "dedup"))
    commands = {
        "read": ["crawl", "files", str(texts), "--license", "Apache-2.0", "--out", raw],
        "clean": ["clean", raw, "--out", clean, *os.environ.get("FLAGS", "").split()],
        "dedup": ["dedup", clean, "--out", dedup],
    }
    return {stage: peak(command) for stage, command in commands.items()}


def peak(arguments: Sequence[str]) -> int:
    mark = uuid.uuid4().hex
    process = start(arguments, mark, stderr=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(resident, carrying(mark))))
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"failed: korean-rlhf {' '.join(arguments)}")
    return most


def resident(process: str) -> int:
    try:
        return int(Path("/proc", process, "statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
