"""Resident bytes of dedup for each further document. Five minutes.

    make bench NAME=dedup_memory          # DOCUMENTS=1000000 FOLDER=runs-bench are the defaults

Made documents of about 150 characters, one in ten a near duplicate of another, in
shards with their signatures. It is decided about a tenth of them and about all, each in a process
of its own whose peak the kernel (Linux) tells.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from korean_rlhf.dedup.clusters import Decisions, drop_exact, drop_near
from korean_rlhf.dedup.corpus import Corpus, Part
from korean_rlhf.dedup.signatures import write_signatures
from korean_rlhf.settings.dedup import DedupSettings
from korean_rlhf.tables import DOCUMENT_SCHEMA, write_parquet

SHARD = 20_000
GOAL = 64
SYLLABLES = [chr(code) for code in range(0xAC00, 0xAC00 + 2000)]


def main() -> int:
    """Measure one size when its folder is named, else both."""
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
        return 0
    folder = Path(os.environ.get("FOLDER", "runs-bench")) / "dedup-memory"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    many = int(os.environ.get("DOCUMENTS", "1000000"))
    make(folder, many)
    peaks = {}
    for count in (many // 10, many):
        argv = [sys.executable, "-P", __file__, str(folder), str(count)]
        peaks[count] = json.loads(subprocess.check_output(argv, text=True))
        print(f"{count:>10,} documents: {peaks[count]}", flush=True)
    few, all_of_them = peaks[many // 10]["peak_mb"], peaks[many]["peak_mb"]
    each = (all_of_them - few) * 1024 * 1024 / (many - many // 10)
    result = {
        "name": "dedup_memory",
        "unit": "resident bytes for each further document",
        "ours": round(each, 1),
        "peer": None,
        "ratio": None,
        "goal": GOAL,
        "peak_mb": {"tenth": few, "all": all_of_them},
    }
    print(json.dumps(result))
    return 0 if each <= GOAL else 1


def make(folder: Path, count: int) -> None:
    """Write shards of documents and their signatures."""
    import pyarrow as pa

    chosen = random.Random(0)
    for shard in range(-(-count // SHARD)):
        texts = []
        for place in range(min(SHARD, count - shard * SHARD)):
            if place % 10 == 9:
                texts.append(texts[-1][:-3] + "끝났다")
            else:
                texts.append("".join(chosen.choices(SYLLABLES, k=150)))
        ids = [f"document-{shard:05}-{place:05}" for place in range(len(texts))]
        columns = {"id": ids, "text": texts}
        empty = [""] * len(texts)
        table = pa.table([columns.get(name, empty) for name in DOCUMENT_SCHEMA.names],
                         DOCUMENT_SCHEMA)  # fmt: skip
        path = folder / f"part-{shard:05}.parquet"
        write_parquet(path, table)
        write_signatures(path, path.with_suffix(".arrow"), DedupSettings())


def measure(folder: Path, count: int) -> dict[str, float]:
    """Decide about the first `count` documents; return the peak of this process."""
    shards = sorted(folder.glob("part-*.parquet"))[: -(-count // SHARD)]
    before = peak_mb()
    corpus = Corpus([Part.of(shard.with_suffix(".arrow"), shard) for shard in shards])
    decisions = Decisions.none(corpus.size)
    drop_exact(corpus, decisions)
    compared = drop_near(corpus, decisions, DedupSettings(), folder / "grams")
    dropped = int(np.count_nonzero(decisions.reasons))
    return {"before_mb": before, "peak_mb": peak_mb(), "compared": compared, "dropped": dropped}


def peak_mb() -> float:
    """Return the most resident memory of this program so far, without that of its parent."""
    status = Path("/proc/self/status").read_text()
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024, 1)


if __name__ == "__main__":
    sys.exit(main())
