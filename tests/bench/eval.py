"""Our evaluation beside lm-eval's stock `hf` model: the same tasks, the same requests, one machine.

    make bench NAME=eval DATA=benchmarks          # MODEL=folder ITEMS=0 ROUNDS=2 CHECKPOINTS=10

`DATA` is a folder of benchmarks as `korean-rlhf eval --data` takes it. `MODEL` is any causal model;
without one, a small model is made. The tokenizer of a copy gets the begin
token from its own rules, so that both sides read the same tokens. Both score in fp32; the stock
side at the batch size, of three, that is fastest on FEW=200 items a task.
`largest_difference` is in log-likelihood over all requests; a choice that one side makes and the
other does not must have a margin below twice that.

The second table scores CHECKPOINTS checkpoints of a run in one process of ours, against one
lm-eval process for each; each of those is timed on the first, and the sum is an extrapolation
unless ALL=1 runs them all. On a machine with other work, PROCESSOR=1 with OMP_NUM_THREADS=1 counts
processor seconds instead of the wall's.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SUITE = "quick"
BATCHES = ("1", "8", "32")
GOAL = 3.0
TRAINED = Path("runs-bench/eval")


def main() -> int:
    """Measure one side when it is named, else both."""
    if len(sys.argv) > 1:
        score(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
        return 0
    if not os.environ.get("DATA"):
        print("DATA= is missing: the folder of the benchmarks.")
        return 1
    folder = Path(os.environ.get("FOLDER", "runs-bench/eval"))
    folder.mkdir(parents=True, exist_ok=True)
    model = begun(Path(os.environ["MODEL"]) if os.environ.get("MODEL") else trained(), folder)
    speed = beside(model, folder)
    many = checkpoints(model, folder, f"stock-{speed['batch']:g}")
    differences = compare(folder)
    result = {
        "name": "eval",
        "unit": f"seconds for the {SUITE} suite, whole process",
        "ours": speed["ours"],
        "peer": speed["stock"],
        "peer_batch": speed["batch"],
        "ratio": round(speed["stock"] / speed["ours"], 2),
        "goal": GOAL,
        **differences,
        **many,
    }
    print(json.dumps(result))
    good = result["ratio"] >= GOAL and differences["unexplained_flips"] == 0
    return 0 if good and differences["largest_difference"] < 1e-3 else 1


def trained() -> Path:
    """Return a model for timing: 23 million parameters, hardly trained, on the benchmarks' text.

    Its vocabulary is as large as those of Korean models are, and knows the words of the questions.
    """
    made = TRAINED / "model"
    if not (made / "manifest.json").is_file():
        text, tokenizer, tokens = (TRAINED / name for name in ("text.jsonl", "tokenizer", "tokens"))
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text("".join(documents(Path(os.environ["DATA"]))), encoding="utf-8")
        for command in (
            ["tokenizer", str(text), "--out", str(tokenizer),
             "--vocabulary-size", "32000", "--context", "1024"],
            ["tokens", str(text), "--tokenizer", str(tokenizer), "--out", str(tokens)],
            ["pretrain", str(tokens), "--tokenizer", str(tokenizer), "--out", str(made),
             "--layers", "6", "--hidden-size", "384", "--heads", "6", "--context", "1024",
             "--batch-rows", "4", "--steps", "20"],
        ):  # fmt: skip
            subprocess.run([sys.executable, "-m", "korean_rlhf", *command], check=True)
    return sorted(made.glob("step-*"))[-1]


def documents(data: Path) -> Iterator[str]:
    """Yield lines of JSON with the Korean text of the files in `data`, 50 pieces each."""
    for path in sorted(data.rglob("*")):
        if path.suffix in (".tsv", ".csv", ".json", ".jsonl", ".txt"):
            pieces = re.findall(r"[^\t\"\n]*[가-힣][^\t\"\n]*", path.read_text(errors="replace"))
            for start in range(0, len(pieces), 50):
                row = {"text": "\n".join(pieces[start : start + 50]), "license": "unknown"}
                yield json.dumps(row, ensure_ascii=False) + "\n"


def begun(model: Path, folder: Path) -> Path:
    """Return a copy of the model whose tokenizer sets the begin token itself."""
    from transformers import AutoTokenizer

    copy = folder / "begun"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(model, copy)
    tokenizer = AutoTokenizer.from_pretrained(copy)
    path = copy / "tokenizer.json"
    rules = json.loads(path.read_text(encoding="utf-8"))
    begin, number = tokenizer.bos_token, tokenizer.bos_token_id
    if begin and tokenizer.encode("가")[0] != number:
        first: dict[str, Any] = {"SpecialToken": {"id": begin, "type_id": 0}}
        parts = [first, {"Sequence": {"id": "A", "type_id": 0}}]
        rules["post_processor"] = {
            "type": "TemplateProcessing",
            "single": parts,
            "pair": [*parts, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {begin: {"id": begin, "ids": [number], "tokens": [begin]}},
        }
        path.write_text(json.dumps(rules, ensure_ascii=False), encoding="utf-8")
    return copy


def beside(model: Path, folder: Path) -> dict[str, float]:
    """Return the seconds of both sides: medians of processes in turns, stock at its best batch."""
    stock = fastest_stock(model, folder)
    taken: dict[str, list[float]] = {"ours": [], stock: []}
    for _ in range(int(os.environ.get("ROUNDS", "2"))):
        for side, seconds in taken.items():
            seconds.append(run(side, model, folder / f"{side}.json"))
    shutil.copy(folder / f"{stock}.json", folder / "stock.json")
    medians = {side: round(statistics.median(found), 1) for side, found in taken.items()}
    return {"ours": medians["ours"], "stock": medians[stock], "batch": float(stock[6:])}


def fastest_stock(model: Path, folder: Path) -> str:
    """Return the stock side with the best batch size, found on a few items of each task."""
    few = {**os.environ, "ITEMS": os.environ.get("FEW", "200")}
    sides = [f"stock-{size}" for size in BATCHES]
    return min(sides, key=lambda side: run(side, model, folder / "few.json", few))


def run(side: str, model: Path, out: Path, environment: dict[str, str] | None = None) -> float:
    """Score with one side in a process of its own; return its seconds."""
    return timed(side, [sys.executable, "-P", __file__, side, str(model), str(out)], environment)


def timed(name: str, command: list[str], environment: dict[str, str] | None = None) -> float:
    """Return the seconds of a command: of the wall, or of processors where PROCESSOR is set."""
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{name:<10} {wall:8.1f} s, of processors {processor:8.1f} s", flush=True)
    return processor if os.environ.get("PROCESSOR") else wall


def score(side: str, model: Path, out: Path) -> None:
    """Score the suite with one side and write each item's log-likelihoods."""
    from korean_rlhf.evaluate import harness
    from korean_rlhf.evaluate.sources import DataOptions
    from korean_rlhf.evaluate.suites import find_suite, load_tasks

    every = load_tasks()
    data, items = os.environ["DATA"], int(os.environ.get("ITEMS", "0"))
    names = [name for name in find_suite(SUITE).tasks if every[name].source != "prose"]
    infos = [every[name] for name in names]
    tasks = harness.build_tasks(infos, DataOptions(data=data, items=items))
    lm = ours(model) if side == "ours" else stock(model, side.removeprefix("stock-"))
    found = {info.name: harness.run_task(lm, info, tasks[info.name]).items for info in infos}
    out.write_text(json.dumps(found), encoding="utf-8")


def ours(model: Path) -> Any:
    from korean_rlhf.evaluate.lm import KoreanLM
    from korean_rlhf.evaluate.models import load

    return KoreanLM(load(model, device="cpu", precision="fp32"))


def stock(model: Path, batch: str) -> Any:
    from lm_eval.models.huggingface import HFLM

    return HFLM(pretrained=str(model), device="cpu", dtype="float32", batch_size=int(batch))


def compare(folder: Path) -> dict[str, Any]:
    """Return how far the two sides lie apart, and the flips that this does not explain."""
    first, second = (
        json.loads((folder / f"{side}.json").read_text(encoding="utf-8"))
        for side in ("ours", "stock")
    )
    pairs = [
        (one["loglikelihoods"], other["loglikelihoods"])
        for task in first
        for one, other in zip(first[task], second[task], strict=True)
    ]
    largest = max(abs(a - b) for one, other in pairs for a, b in zip(one, other, strict=True))
    flips = [one for one, other in pairs if best(one) != best(other)]
    unexplained = sum(margin(one) >= 2 * largest for one in flips)
    return {
        "requests": sum(len(one) for one, _ in pairs),
        "largest_difference": largest,
        "flips": len(flips),
        "unexplained_flips": unexplained,
    }


def best(values: list[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)


def margin(values: list[float]) -> float:
    high, second = sorted(values, reverse=True)[:2]
    return high - second


def checkpoints(model: Path, folder: Path, stock: str) -> dict[str, float]:
    """Return the seconds of one sweep over a run's checkpoints, and of as many stock processes."""
    count, suite_run = int(os.environ.get("CHECKPOINTS", "10")), folder / "run"
    shutil.rmtree(suite_run, ignore_errors=True)
    for step in range(1, count + 1):
        shutil.copytree(model, suite_run / "pretrain" / f"step-{step:06d}")
        nudge(suite_run / "pretrain" / f"step-{step:06d}", step)
    command = ["eval", str(suite_run), "--suite", SUITE, "--data", os.environ["DATA"]]
    settings = ["--items", os.environ.get("ITEMS", "0"), "--device", "cpu", "--precision", "fp32"]
    sweep = timed("sweep", [sys.executable, "-m", "korean_rlhf", *command, *settings])
    processes = count if os.environ.get("ALL") else 1
    steps = [suite_run / "pretrain" / f"step-{step:06d}" for step in range(1, processes + 1)]
    apart = sum(run(stock, step, folder / "one.json") for step in steps) * count / processes
    print(f"{count} checkpoints: one sweep {sweep:.1f} s, {count} processes {apart:.1f} s")
    return {
        "sweep": round(sweep, 1),
        "processes": round(apart, 1),
        "sweep_ratio": round(apart / sweep, 2),
        "processes_timed": processes,
    }


def nudge(folder: Path, step: int) -> None:
    """Change the weights a little: each checkpoint is another model."""
    from safetensors.torch import load_file, save_file

    for path in folder.glob("*.safetensors"):
        weights = load_file(path)
        first = sorted(weights)[0]
        weights[first] = weights[first] * (1 + step / 1e6)
        save_file(weights, path, metadata={"format": "pt"})


if __name__ == "__main__":
    raise SystemExit(main())
