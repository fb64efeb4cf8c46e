"""SIGKILL a translation at random moments, and run two at once on one cache.

    make bench NAME=translate_kill        # KILLS=10 ROWS=400 ENGINE=deepl (or openai)

A replica of the service counts what it was asked. Killed and unbroken runs must write the same two
files. What a kill can cost is the requests under way, `--concurrency` of them; two processes must
pay for each text once, although they cut their batches at other places.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from subprocess import Popen

from killing import kill_after, start

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.translate.replicas import Api, Chat, DeepL, serving

FOLDER = Path("runs-bench/translate_kill")
ENGINE = os.environ.get("ENGINE", "deepl")
CONCURRENCY = 4
LATENCY = 0.05


def main() -> int:
    """Return 0 when nothing was lost and nothing paid twice that a kill cannot explain."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    rows, kills = int(os.environ.get("ROWS", "400")), int(os.environ.get("KILLS", "10"))
    write_rows(FOLDER / "rows.jsonl", rows)
    whole = unbroken()
    broken, killed = killed_runs(kills, whole.total())
    shared = two_at_once()
    files = [files_of(FOLDER / name) for name in ("whole", "broken", "one", "two")]
    agreed = sum(each == files[0] for each in files)
    again = sum(times - 1 for times in broken.values())
    per_request = 8 if ENGINE == "deepl" else 1
    most = killed * CONCURRENCY * per_request
    twice = sum(times - 1 for times in shared.values())
    print(
        f"{killed} kills; texts asked {whole.total()}, again after kills {again} (at most {most})"
    )
    result = {
        "name": "translate_kill",
        "unit": "runs whose files equal those of the unbroken run",
        "engine": ENGINE,
        "ours": agreed,
        "peer": len(files),
        "ratio": agreed / len(files),
        "goal": 1.0,
        "kills": killed,
        "paid": whole.total(),
        "paid_again_after_kills": again,
        "at_most": most,
        "two_processes_paid_twice": twice,
    }
    print(json.dumps(result))
    good = agreed == len(files) and again <= most and not twice and set(broken) == set(whole)
    return 0 if good and set(shared) == set(whole) else 1


def write_rows(path: Path, count: int) -> None:
    """Write rows of which no two have a text in common."""
    verbs = "boil chop stir peel slice roast grate whisk knead drain".split()
    things = "carrots onions leeks noodles apples chestnuts potatoes".split()
    with path.open("w", encoding="utf-8") as file:
        for place in range(count):
            verb, thing = verbs[place % 10], things[place % 7]
            row = {
                "instruction": f"How do I {verb} {place + 2} {thing} at home?",
                "output": f"{verb.capitalize()} all {place + 2} {thing} with care in a big pot.",
            }
            file.write(json.dumps(row) + "\n")


def service() -> Api:
    """Return a fresh replica."""
    return Chat(LATENCY) if ENGINE == "openai" else DeepL(LATENCY)


def run(url: str, out: str, *more: str) -> Popen[bytes]:
    """Start a translation."""
    os.environ["DEEPL_AUTH_KEY"] = "deepl-not-a-real-key"
    return start(
        ["translate", str(FOLDER / "rows.jsonl"), "--out", str(FOLDER / out), "--engine", ENGINE,
         "--model", "m", "--endpoint", url, "--license", "Apache-2.0",
         "--concurrency", str(CONCURRENCY), *more],
    )  # fmt: skip


def paid(api: Api) -> Counter[str]:
    """Return what was paid: for a chat model each request, which its rows stand for."""
    if ENGINE == "deepl":
        return Counter(api.paid)
    return Counter(json.dumps(body, sort_keys=True) for body in api.asked)


def unbroken() -> Counter[str]:
    """Return what an unbroken run pays."""
    api = service()
    with serving(api) as url:
        assert run(url, "whole").wait() == 0
    return paid(api)


def killed_runs(kills: int, texts: int) -> tuple[Counter[str], int]:
    """Return what a run pays that is killed so often, and how many kills met it alive."""
    api = service()
    killed = 0
    with serving(api) as url:
        for number in range(kills):
            process = run(url, "broken")
            target = sum(paid(api).values()) + random.randint(0, max(1, texts // (kills + 2)))
            while process.poll() is None and sum(paid(api).values()) < target:
                time.sleep(0.005)
            killed += kill_after(random.uniform(0.0, 2 * LATENCY), process)
            print(f"kill {number + 1}: {sum(paid(api).values())} of {texts} paid", flush=True)
        assert run(url, "broken").wait() == 0
    return paid(api), killed


def two_at_once() -> Counter[str]:
    """Return what two processes pay that share a cache."""
    api = service()
    cache = ["--cache", str(FOLDER / "shared.sqlite")]
    with serving(api) as url:
        size = "5" if ENGINE == "deepl" else "8"
        both = [
            run(url, "one", *cache, "--batch-rows", "8"),
            run(url, "two", *cache, "--batch-rows", size),
        ]
        assert [process.wait() for process in both] == [0, 0]
    return paid(api)


def files_of(folder: Path) -> list[bytes]:
    """Return the content of both files of a run."""
    return [(folder / name).read_bytes() for name in ("instructions.jsonl", "dropped.jsonl")]


if __name__ == "__main__":
    raise SystemExit(main())
