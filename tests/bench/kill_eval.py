"""SIGKILL an evaluation sweep at random moments, run it again, and compare with an unbroken one.

    make bench NAME=kill_eval DATA=benchmarks        # MODEL=folder KILLS=10 ITEMS=100 CHECKPOINTS=3

Each checkpoint is the model with other weights. Scores and items must be equal to those of an
unbroken sweep, no answer may be written down twice, and no process may be left.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import shutil
import time
import uuid
from pathlib import Path
from types import ModuleType
from typing import Any

from killing import kill_after, start, survivors

FOLDER = Path("runs-bench/kill_eval")


def main() -> int:
    """Return 0 when killed and unbroken sweeps agree."""
    if not os.environ.get("DATA"):
        print("DATA= is missing: the folder of the benchmarks.")
        return 1
    bench = beside()
    model = Path(os.environ["MODEL"]) if os.environ.get("MODEL") else bench.trained()
    run = FOLDER / "run"
    shutil.rmtree(FOLDER, ignore_errors=True)
    for step in range(1, int(os.environ.get("CHECKPOINTS", "3")) + 1):
        shutil.copytree(model, run / "pretrain" / f"step-{step:06d}")
        bench.nudge(run / "pretrain" / f"step-{step:06d}", step)
    started = time.monotonic()
    assert sweep(run, FOLDER / "whole").wait() == 0
    seconds = time.monotonic() - started
    left, stopped, repeated = kills(run, FOLDER / "broken", seconds)
    assert sweep(run, FOLDER / "broken").wait() == 0
    one, two = facts(FOLDER / "whole"), facts(FOLDER / "broken")
    agreed = sum(two.get(name) == found for name, found in one.items())
    print(f"kills {stopped}, processes left {left}, answers written twice {repeated}")
    result = {
        "name": "kill_eval",
        "unit": "score and item files equal to those of the unbroken sweep",
        "ours": agreed,
        "peer": len(one),
        "ratio": agreed / len(one),
        "goal": 1.0,
        "kills": stopped,
        "processes_left": left,
        "answers_written_twice": repeated,
    }
    print(json.dumps(result))
    return 0 if agreed == len(one) == len(two) and not left and not repeated else 1


def beside() -> ModuleType:
    """Return the benchmark whose model this one shares; its name is a word of Python."""
    spec = importlib.util.spec_from_file_location("eval_bench", Path(__file__).parent / "eval.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sweep(run: Path, out: Path, mark: str = "") -> Any:
    items = os.environ.get("ITEMS", "100")
    return start(
        ["eval", str(run), "--suite", "quick", "--data", os.environ["DATA"], "--items", items,
         "--device", "cpu", "--out", str(out)],
        mark,
    )  # fmt: skip


def kills(run: Path, out: Path, seconds: float) -> tuple[int, int, int]:
    """Kill sweeps at moments spread over the time that one takes.

    Returns processes that lived on, sweeps that were still running, and answers written twice.
    """
    count, left, stopped, repeated = int(os.environ.get("KILLS", "10")), 0, 0, 0
    draw = random.Random(1)
    moments = sorted(draw.uniform(0, seconds) for _ in range(count))
    starting = 0.2 * seconds  # each start pays for its imports again before it computes
    for at, moment in enumerate(moments):
        mark = uuid.uuid4().hex
        step = moment - (moments[at - 1] if at else 0.0)
        stopped += kill_after(starting + step, sweep(run, out, mark))
        left += len(survivors(mark))
        repeated += sum(map(twice, out.glob("evals/*/items/*.journal")))
    return left, stopped, repeated


def twice(journal: Path) -> int:
    """Return how many answers of a journal stand in it more than once."""
    lines = journal.read_bytes().splitlines(keepends=True)
    keys = [json.loads(line)[0] for line in lines if line.endswith(b"\n")]
    return len(keys) - len(set(keys))


def facts(out: Path) -> dict[str, Any]:
    """Return every score and item, without the seconds that a task took."""
    found: dict[str, Any] = {}
    for path in sorted(out.glob("evals/**/*.json*")):
        name = str(path.relative_to(out))
        found[name] = path.read_text(encoding="utf-8")
        if path.name == "known.jsonl":  # the same entries, with the times
            del found[name]
        elif path.suffix == ".json":
            record = json.loads(found[name])
            for entry in record.get("tasks", {}).values():
                for changing in ("seconds", "scored_at"):
                    entry.pop(changing)
                entry.pop("asked_at", None)  # of a score that a kill left out of its file
            found[name] = record
    return found


if __name__ == "__main__":
    raise SystemExit(main())
