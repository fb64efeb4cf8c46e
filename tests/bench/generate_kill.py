"""SIGKILL `prompts generate` at random moments, and run two at once on one cache.

    make bench NAME=generate_kill          # KILLS=10 SEED=0 COUNT=200 FOLDER=runs-bench/generate

A model on loopback answers every request after 30 ms, always the same to the same. An unbroken run
is the measure: the killed one, and both of the two that share a cache, must write the same set.
Counted is every request that the model answered more than once: those under way at a kill, at most
as many as the concurrency for each kill; of two processes on one cache none.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # the model is the tests' own
from killing import kill_after, read, start

from korean_rlhf.settings.endpoint import EndpointSettings
from tests.prompting.generator import Ledger, serving

COUNT = os.environ.get("COUNT", "200")


def main() -> int:
    folder = Path(os.environ.get("FOLDER", "runs-bench/generate"))
    kills, seed = int(os.environ.get("KILLS", "10")), int(os.environ.get("SEED", "0"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with serving(fault_rate=0.2, seconds=0.03) as (address, ledger):
        begin = time.monotonic()
        wait(begin_run(folder / "whole", address))
        seconds = time.monotonic() - begin
        whole, requests = digest(folder / "whole"), len(ledger.requests)
        ledger.requests.clear()
        left = killed(folder / "killed", address, kills, seed, seconds)
        wait(begin_run(folder / "killed", address))
        again, most = twice(ledger), kills * EndpointSettings().concurrency
        missing = requests - len(ledger.requests)
        ledger.requests.clear()
        shared = folder / "shared.sqlite"
        both = [begin_run(folder / name, address, shared) for name in ("one", "two")]
        for process in both:
            wait(process)
        paid_twice = twice(ledger)
    same = [digest(folder / name) == whole for name in ("killed", "one", "two")]
    print(f"{requests} requests in {seconds:.1f} s; {left} of {kills} kills found it at work")
    print(f"sets equal to the unbroken one: killed, first, second of two: {same}")
    print(f"answered again after a kill: {again} (at most {most}); of two at once: {paid_twice}")
    good = all(same) and not missing and again <= most and not paid_twice
    result: dict[str, Any] = {
        "name": "generate_kill",
        "unit": "sets equal to the unbroken one",
        "ours": sum(same),
        "peer": 3,
        "ratio": sum(same) / 3,
        "goal": 1.0,
        "requests": requests,
        "answered_again": again,
        "paid_twice_by_two": paid_twice,
    }
    print(json.dumps(result))
    return 0 if good else 1


def begin_run(out: Path, address: str, cache: Path | None = None) -> subprocess.Popen[bytes]:
    words = ["prompts", "generate", "--out", str(out), "--endpoint", address, "--model", "fake"]
    words += ["--license", "CC0-1.0", "--count", COUNT, "--requests-per-round", "8"]
    words += ["--cache", str(cache)] if cache else []
    return start(words, stderr=subprocess.DEVNULL)


def wait(process: subprocess.Popen[bytes]) -> None:
    if process.wait() != 0:
        raise SystemExit("a run failed")


def killed(out: Path, address: str, kills: int, seed: int, seconds: float) -> int:
    """Kill the run at moments spread over its length; return how many found it at work."""
    draw = random.Random(seed)
    return sum(
        kill_after(draw.uniform(0.1, seconds), begin_run(out, address)) for _ in range(kills)
    )


def twice(ledger: Ledger) -> int:
    return sum(count - 1 for count in ledger.requests.values())


def digest(out: Path) -> str:
    return str(read(out / "manifest.json")["digest"])


if __name__ == "__main__":
    sys.exit(main())
