"""Does PPO gain in the true reward of the sample world? Three seeds of the quickstart.

    make bench NAME=quickstart            # SEEDS="0 1 2" FOLDER=runs-bench are the defaults

A seed decides the sample world, the order of the data, the sampling: everything. The last line is
one JSON object; the share of the gap from SFT to the best of 16 SFT answers that PPO closes is
compared with that best of 16 (1.0), measured in the same run. Interrupted, it goes on.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

GOAL = 0.25
"""Share of the gap that PPO must close."""


def main() -> int:
    folder = Path(os.environ.get("FOLDER", "runs-bench"))
    seeds = os.environ.get("SEEDS", "0 1 2").split()
    reports = {seed: run(seed, folder) for seed in seeds}
    print_table(reports)
    closed = [report["gap_closed"] for report in reports.values()]
    ours = statistics.mean(closed)
    result = {
        "name": "quickstart",
        "unit": "share of the gap from SFT to best-of-16 closed by PPO, mean of seeds",
        "ours": round(ours, 4),
        "peer": 1.0,
        "ratio": round(ours, 4),
        "goal": GOAL,
        "seeds": [passed(report) for report in reports.values()],
    }
    print(json.dumps(result))
    return 0


def run(seed: str, folder: Path) -> dict[str, Any]:
    name = f"quickstart-seed-{seed}"
    argv = [sys.executable, "-P", "-m", "korean_rlhf", "run", "quickstart"]
    subprocess.run([*argv, "--name", name, "--root", folder, "--seed", seed], check=True)
    return json.loads((folder / "runs" / name / "report.json").read_text(encoding="utf-8"))


def passed(report: dict[str, Any]) -> dict[str, Any]:
    gain = report["paired_gain"]
    return {
        "gain": gain["mean"],
        "stderr": gain["stderr"],
        "n": gain["n"],
        "above_two_errors": gain["mean"] > 2 * gain["stderr"],
        "gap_closed": report["gap_closed"],
        "kl": report["kl"],
        "eos_rate": report["eos_rate"],
        "distinct_answers": report["distinct_answers"],
        "seconds": round(sum(stage["seconds"] for stage in report["stages"].values()), 1),
    }


def print_table(reports: dict[str, dict[str, Any]]) -> None:
    names = ("sft", "ppo", "copier", "best16", "gain", "error", "closed", "kl", "minutes")
    print("seed " + " ".join(f"{name:>7}" for name in names))
    for seed, report in reports.items():
        reward, row = report["true_reward"], passed(report)
        means = " ".join(
            f"{reward[name]['mean']:7.3f}" for name in ("sft", "ppo", "copier", "best_of_16")
        )
        print(
            f"{seed:>4} {means} {row['gain']:7.3f} {row['stderr']:7.3f} "
            f"{row['gap_closed']:7.2f} {row['kl']:7.2f} {row['seconds'] / 60:7.1f}"
        )


if __name__ == "__main__":
    sys.exit(main())
