"""What normalising takes away from real reviews, and how fast, beside soynlp.

    make bench NAME=normalise CORPUS=nsmc-reviews.tsv.zst      # ROUNDS=3 FOLDER=runs-bench

CORPUS is a file with one text a line; of a table with tabs, the last column, without the first line
(the names). Texts are counted as harmed by `korean_rlhf.clean.invariant.find_loss`, the outputs of
both programs alike. soynlp 0.0.493, the newest on the package index, is installed into a virtual
environment of its own; both cut runs to three, on one core, in turns, and the best round counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from peers import peer_python

from korean_rlhf.clean.invariant import Loss, find_loss
from korean_rlhf.clean.normalise import normalise
from korean_rlhf.tables import open_text

PEER = "soynlp==0.0.493"
PEER_CODE = """
import sys, time
from soynlp.normalizer import emoticon_normalize
texts = sys.stdin.buffer.read().decode().split("\\n")
started = time.perf_counter()
found = [emoticon_normalize(text, num_repeats=3) for text in texts]
seconds = time.perf_counter() - started
lines = [str(seconds), *(" ".join(text.split()) for text in found)]
sys.stdout.buffer.write("\\n".join(lines).encode())
"""


def main() -> int:
    if "CORPUS" not in os.environ:
        raise SystemExit("Say which texts: make bench NAME=normalise CORPUS=nsmc-reviews.tsv.zst")
    texts = read_texts(Path(os.environ["CORPUS"]))
    python = peer_python(Path(os.environ.get("FOLDER", "runs-bench")) / "peers" / "soynlp", [PEER])
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    best = {"korean-rlhf": float("inf"), "soynlp": float("inf")}
    outputs: dict[str, list[str]] = {}
    for _ in range(int(os.environ.get("ROUNDS", "3"))):
        for name, work in (("korean-rlhf", ours), ("soynlp", lambda given: peer(given, python))):
            outputs[name], seconds = work(texts)
            best[name] = min(best[name], seconds)
    losses = {name: harmed(texts, outputs[name]) for name in outputs}
    for name, found in losses.items():
        kinds = dict(Counter(loss.kind for _, _, loss in found))
        print(f"{name:<12} {megabytes / best[name]:6.1f} MB/s, harmed {len(found):,} of "
              f"{len(texts):,} texts {kinds}")  # fmt: skip
        for before, after, _ in found[:3]:
            print(f"    {before!r} -> {after!r}")
    result = {
        "name": "normalise",
        "unit": "texts harmed",
        "ours": len(losses["korean-rlhf"]),
        "peer": len(losses["soynlp"]),
        "ratio": len(losses["korean-rlhf"]) / max(1, len(losses["soynlp"])),
        "goal": 0,
        "texts": len(texts),
        "megabytes_per_second": round(megabytes / best["korean-rlhf"], 1),
        "peer_megabytes_per_second": round(megabytes / best["soynlp"], 1),
    }
    print(json.dumps(result))
    return 0 if not losses["korean-rlhf"] else 1


def read_texts(path: Path) -> list[str]:
    """Return the texts of a file, in its order."""
    with open_text(path) as file:
        lines = [line.rstrip("\r\n") for line in file]
    return [line.split("\t")[-1] for line in lines[1:]] if "\t" in lines[0] else lines


def ours(texts: list[str]) -> tuple[list[str], float]:
    """Return the texts normalised and the seconds that it took."""
    started = time.perf_counter()
    found = [normalise(text) for text in texts]
    return found, time.perf_counter() - started


def peer(texts: list[str], python: Path) -> tuple[list[str], float]:
    """The same by soynlp, in its own environment."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    answer = subprocess.run(
        [str(python), "-W", "ignore", "-c", PEER_CODE],
        input="\n".join(texts).encode(),
        stdout=subprocess.PIPE,
        env=environment,
        check=True,
    )
    seconds, *found = answer.stdout.decode().split("\n")
    return found, float(seconds)


def harmed(texts: list[str], outputs: list[str]) -> list[tuple[str, str, Loss]]:
    """Return the texts that lost something, with what became of them and the first loss."""
    pairs = zip(texts, outputs, strict=True)
    return [(one, two, loss) for one, two in pairs if (loss := find_loss(one, two)) is not None]


if __name__ == "__main__":
    sys.exit(main())
