"""How near a translation comes to the rate that its concurrency allows, and its memory.

    make bench NAME=translate_speed       # ROWS=10000 CONCURRENCY=4 LATENCY=0.05 ENGINE=openai
    make bench NAME=translate_speed WORDS=60

A replica on the loopback answers each request after LATENCY seconds. The rate that CONCURRENCY
allows is CONCURRENCY / LATENCY requests a second; the time is that from the first request to the
last answer, as the replica sees it, so that the start of Python and Kiwi (4 s) is left out and told
beside it. What bounds it is the processor: its time for each request must stay below LATENCY /
CONCURRENCY, and a core must be free. A row is a question and an answer of WORDS words. Memory is
the peak of a run over a tenth of the rows and of one over all.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import sys
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from killing import read, start

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.translate.replicas import Api, Chat, DeepL, serving

FOLDER = Path("runs-bench/translate_speed")
ROWS = int(os.environ.get("ROWS", "10000"))
CONCURRENCY = int(os.environ.get("CONCURRENCY", "4"))
LATENCY = float(os.environ.get("LATENCY", "0.05"))
WORDS = int(os.environ.get("WORDS", "6"))
ENGINE = os.environ.get("ENGINE", "openai")
GOAL = 0.9
MORE_MEMORY_MB = 64.0
"""What ten times the rows may add: the caches of the checks fill up."""


def main() -> int:
    """Return 0 when the goals are met."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    small, large = measured(max(1, ROWS // 10)), measured(ROWS)
    allowed = large["requests"] / CONCURRENCY * LATENCY
    share = allowed / large["busy"]
    grown = large["rss_mb"] - small["rss_mb"]
    more = large["requests"] - small["requests"]
    result = {
        "name": "translate_speed",
        "unit": "share of the rate that the concurrency allows",
        "ours": round(share, 3),
        "peer": 1.0,
        "ratio": round(share, 3),
        "goal": GOAL,
        "engine": ENGINE,
        "rows": ROWS,
        "words": WORDS,
        "concurrency": CONCURRENCY,
        "latency": LATENCY,
        "requests": large["requests"],
        "seconds_of_requests": round(large["busy"], 2),
        "seconds_allowed": round(allowed, 2),
        "seconds_of_process": round(large["wall"], 2),
        "rows_per_second": round(ROWS / large["busy"], 1),
        "most_under_way": large["most"],
        "processor_ms_a_request": round(1e3 * (large["processor"] - small["processor"]) / more, 2),
        "peak_rss_mb": [small["rss_mb"], large["rss_mb"]],
    }
    print(json.dumps(result))
    return 0 if share >= GOAL and grown <= MORE_MEMORY_MB else 1


def measured(rows: int) -> dict[str, float]:
    """Translate so many rows and return what the replica and the manifest say."""
    path = FOLDER / f"{rows}.jsonl"
    write_rows(path, rows)
    ours, theirs = get_context("spawn").Pipe()
    replica = get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    replica.start()
    url = ours.recv()
    os.environ["DEEPL_AUTH_KEY"] = "deepl-not-a-real-key"
    began = time.monotonic()
    before = children_seconds()
    process = start(
        ["translate", str(path), "--out", str(FOLDER / f"out-{rows}"), "--engine", ENGINE,
         "--model", "m", "--endpoint", url, "--license", "Apache-2.0",
         "--concurrency", str(CONCURRENCY)],
    )  # fmt: skip
    assert process.wait() == 0
    wall, processor = time.monotonic() - began, children_seconds() - before
    ours.send("enough")
    found: dict[str, float] = ours.recv()
    replica.join()
    manifest = read(FOLDER / f"out-{rows}" / "manifest.json")
    return {**found, "wall": wall, "processor": processor, "rss_mb": manifest["peak_rss_mb"]}


def children_seconds() -> float:
    """Return the processor time of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def serve(pipe: Connection) -> None:
    """Serve a replica in a process of its own and tell what it saw."""
    api: Api = DeepL(LATENCY) if ENGINE == "deepl" else Chat(LATENCY)
    times: list[float] = []
    asked = api.answer

    def timed(*request: object) -> object:
        times.append(time.monotonic())
        answer = asked(*request)  # type: ignore[arg-type]
        times.append(time.monotonic())
        return answer

    api.answer = timed  # type: ignore[method-assign,assignment]
    with serving(api) as url:
        pipe.send(url)
        pipe.recv()
    pipe.send(
        {"requests": len(times) // 2, "busy": max(times) - min(times), "most": float(api.most)}
    )


def write_rows(path: Path, count: int) -> None:
    """Write rows of invented questions and answers, no two alike."""
    chance = random.Random(1)
    words = "boil chop stir peel slice roast grate carrots onions leeks apples water salt".split()
    with path.open("w", encoding="utf-8") as file:
        for place in range(count):
            said = " ".join(chance.choices(words, k=WORDS))
            row = {
                "instruction": f"How do I {said} for {place + 2} guests?",
                "output": f"{said.capitalize()} for {place + 2} guests.",
            }
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
