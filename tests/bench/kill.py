"""SIGKILL the quickstart at random moments, run it again, and compare with an unbroken run.

    make bench NAME=kill                  # KILLS=10 SEED=0 FOLDER=runs-bench are the defaults

The unbroken run is FOLDER/runs/quickstart-seed-SEED (made when it is not there). Corpus, tokenizer,
token files, every training loss and the final weights must be equal, and no process may be left.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from killing import kill_after, read, start, survivors

STAGES = ("pretrain", "sft", "reward", "ppo")


def main() -> int:
    folder = Path(os.environ.get("FOLDER", "runs-bench"))
    kills, seed = int(os.environ.get("KILLS", "10")), os.environ.get("SEED", "0")
    whole, broken = f"quickstart-seed-{seed}", "quickstart-killed"
    seconds = unbroken(whole, folder, seed)
    forget(broken, folder)
    moments = sorted(random.Random(int(seed) + 1).uniform(0, seconds) for _ in range(kills))
    left = 0
    for number, moment in enumerate(moments):
        left += killed_after(
            moment - (moments[number - 1] if number else 0.0), broken, folder, seed
        )
    begin(broken, folder, seed).wait()
    one, two = facts(whole, folder), facts(broken, folder)
    different = [key for key in one if one[key] != two.get(key)]
    for key in one:
        print(f"{key:<24} {'DIFFERENT' if key in different else 'equal'}")
    print(f"kills {kills}, processes left {left}")
    agreed = len(one) - len(different)
    result = {
        "name": "kill",
        "unit": "results equal to the unbroken run",
        "ours": agreed,
        "peer": len(one),
        "ratio": agreed / len(one),
        "goal": 1.0,
        "processes_left": left,
    }
    print(json.dumps(result))
    return 1 if different or left else 0


def unbroken(name: str, folder: Path, seed: str) -> float:
    """Run without a kill; return the seconds that its stages took."""
    if begin(name, folder, seed).wait() != 0:
        raise SystemExit("the unbroken run failed")
    notes = json.loads((folder / "runs" / name / "stages.json").read_text())
    return float(sum(row["seconds"] for row in notes.values()))


def begin(name: str, folder: Path, seed: str, mark: str = "") -> subprocess.Popen[bytes]:
    return start(["run", "quickstart", "--name", name, "--root", str(folder), "--seed", seed], mark)


def killed_after(seconds: float, name: str, folder: Path, seed: str) -> int:
    """Kill the run with SIGKILL after `seconds`; return how many of its processes live on."""
    mark = uuid.uuid4().hex
    kill_after(seconds, begin(name, folder, seed, mark))
    return len(survivors(mark))


def forget(name: str, folder: Path) -> None:
    for path in [folder / "runs" / name, *(folder / "data").glob(f"*/{name}*")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def facts(name: str, folder: Path) -> dict[str, Any]:
    """Return what must be equal: digests of the data, losses and weights of the models."""
    run, data = folder / "runs" / name, folder / "data"
    found: dict[str, Any] = {}
    for kind in ("clean", "dedup", "tokens", "translated", "ranked"):
        found[f"{kind} digest"] = read(data / kind / name / "manifest.json")["digest"]
    for suffix in ("site", "namu", "wikipedia"):
        manifest = read(data / "raw" / f"{name}-{suffix}" / "manifest.json")
        found[f"raw {suffix} digest"] = manifest["digest"]
    found["tokenizer"] = digest(run / "tokenizer" / "tokenizer.json")
    for stage in STAGES:
        found[f"{stage} losses"] = losses(run / stage / "metrics.jsonl")
        best = read(run / stage / "manifest.json")["best"]
        found[f"{stage} weights"] = digest(run / stage / best / "model.safetensors")
    return found


def losses(path: Path) -> list[tuple[Any, ...]]:
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [(row.get("step"), row.get("loss"), row.get("validation_loss")) for row in rows]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
