"""What every multiple-choice task gives to those who know nothing and to one who knows all.

    make bench NAME=sanity DATA=benchmarks        # ITEMS=0 is all

On the real data of each task that is there: an oracle must score 1 on the headline; random scores
for the choices must score chance, and an oracle with the answers of other items what two items
agree in by chance, by p-values that Holm's method adjusts for the number of tasks. Baselines that
do not read the question stand beside.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from korean_rlhf.evaluate import baselines, harness
from korean_rlhf.evaluate.sources import DataOptions, NoData, locate
from korean_rlhf.evaluate.statistics import holm
from korean_rlhf.evaluate.suites import TaskInfo, load_tasks

sys.path.insert(0, str(Path(__file__).parents[2]))  # the made-up models are the tests' own
from tests.evaluate.test_sanity import (
    ALPHA,
    Fake,
    at_random,
    knowing,
    knowing_another_key,
    p_of_chance,
)


def main() -> int:
    """Print a row a task; return 0 when all are as they must be."""
    warnings.simplefilter("ignore")
    if not os.environ.get("DATA"):
        print("DATA= is missing: the folder of the benchmarks.")
        return 1
    options = DataOptions(data=os.environ["DATA"], items=int(os.environ.get("ITEMS", "0")))
    infos = [info for info in load_tasks().values() if is_there(info, options)]
    tasks = harness.build_tasks(infos, options)
    rows = [measure(info, tasks[info.name]) for info in infos]
    for name in ("random", "shuffled"):
        adjusted = holm([row[f"{name} p"] for row in rows])
        for row, p_value in zip(rows, adjusted, strict=True):
            row[f"{name} p"] = p_value
    for row in rows:
        shown = [
            f"{value:.3f}" if isinstance(value, float) else str(value) for value in row.values()
        ]
        print(" | ".join(shown))
    good = sum(is_good(row) for row in rows)
    result = {
        "name": "sanity",
        "unit": "multiple-choice tasks on which an oracle scores 1 and ignorance chance",
        "ours": good,
        "peer": len(rows),
        "ratio": good / len(rows),
        "goal": 1.0,
        "lowest_adjusted_p": min(min(row["random p"], row["shuffled p"]) for row in rows),
    }
    print(json.dumps(result))
    return 0 if good == len(rows) else 1


def is_there(info: TaskInfo, options: DataOptions) -> bool:
    """Whether a task is multiple choice and has its data."""
    try:
        locate(info.source, options)
    except NoData:
        return False
    return info.output_type == "multiple_choice"


def measure(info: TaskInfo, task: Any) -> dict[str, Any]:
    """Return what three made-up models and the baselines score on a task."""
    oracle = harness.run_task(Fake(knowing), info, task)
    random = harness.run_task(Fake(at_random), info, task)
    shuffled = harness.run_task(Fake(knowing_another_key(task.eval_docs)), info, task)
    chance = baselines.chance(info, random.questions).get(info.headline)
    return {
        "task": info.name,
        "n": len(oracle.items),
        "oracle": oracle.metrics[info.headline].value,
        "chance": chance if chance is None else float(chance),
        "random": random.metrics[info.headline].value,
        "random p": p_of_chance(info, random),
        "shuffled": shuffled.metrics[info.headline].value,
        "shuffled p": p_of_chance(info, shuffled, shuffled=True),
        "baselines": {
            name: round(value, 3)
            for name, value in baselines.baselines(info, random.questions).items()
        },
    }


def is_good(row: dict[str, Any]) -> bool:
    """Whether all knows all, and nothing knows nothing."""
    return round(row["oracle"], 9) == 1.0 and min(row["random p"], row["shuffled p"]) > ALPHA


if __name__ == "__main__":
    raise SystemExit(main())
