"""Files of a made-up run, for the tests of the report."""

import functools
import json

from korean_rlhf.evaluate.suites import load_tasks


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def lines(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def entry_of(values, **changed):
    """Return a score entry of right and wrong items."""
    n, share = len(values), sum(values) / len(values)
    stderr = (share * (1 - share) / (n - 1)) ** 0.5 if n > 1 else None
    entry = {
        "title": "KoBEST COPA",
        "headline": "acc",
        "higher_is_better": True,
        "chance": {"acc": 0.5},
        "metrics": {"acc": {"value": share, "stderr": stderr, "n": n}},
        "key": "k",
        "data_sha256": "d",
        "prompts_sha256": "p",
        "task_sha256": "t",
        "template": "plain",
        "truncated": 0,
        "seconds": 1.5,
    }
    return entry | changed


@functools.lru_cache
def digests():
    return {info.name: info.digest for info in load_tasks().values()}


def digest_of(task):
    """Return the digest of a task as it is now, "t" where there is none."""
    return digests().get(task, "t")


def score(run, stage, step, tasks, suite="quick", weights="w" * 64):
    """Write a score file: `tasks` maps a task to its right (1) and wrong (0) items and changes.

    The question of item N is "질문 N", with the choices "갑" (right) and "을".
    """
    folder = run / "evals" / f"{stage}-{step:06d}"
    entries = {}
    for task, (values, changed) in tasks.items():
        items = [
            {
                "doc": str(at),
                "loglikelihoods": [-1.0, -2.0 - at] if right else [-2.0 - at, -1.0],
                "metrics": {"acc": float(right)},
            }
            for at, right in enumerate(values)
        ]
        lines(folder / "items" / f"{task}.jsonl", items)
        asked = [
            {"doc": str(at), "prompt": f"질문 {at}", "choices": ["갑", "을"], "gold": 0}
            for at in range(len(values))
        ]
        if not (run / "evals" / "questions" / f"{task}.jsonl").exists():
            lines(run / "evals" / "questions" / f"{task}.jsonl", asked)
        digest = {"task_sha256": digest_of(task)} | changed
        entries[task] = entry_of(values, **digest) | {
            "items": f"items/{task}.jsonl",
            "questions": f"questions/{task}.jsonl",
        }
    record = {"checkpoint": folder.name, "stage": stage, "step": step, "weights_sha256": weights}
    write(folder / f"{suite}.json", record | {"suite": suite, "tasks": entries, "missing": {}})
    return folder
