"""lm-eval as the engine: our tasks, our log-likelihoods, our error bars."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from korean_rlhf.assets import asset_dir
from korean_rlhf.evaluate.sources import DataOptions
from korean_rlhf.evaluate.statistics import (
    Estimate,
    macro_f1_and_error,
    mean_and_error,
    ratio_and_error,
)
from korean_rlhf.evaluate.suites import TaskInfo

LN2 = 0.6931471805599453


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What one model did on one task."""

    metrics: dict[str, Estimate]
    items: list[dict[str, Any]]
    """One row an item: its hash, the log-likelihoods and whether it was right."""
    prompts_sha256: str
    """Over every context and continuation that was scored."""
    truncated: int
    """Requests cut from the left because the model cannot read as much."""


def build_tasks(infos: Sequence[TaskInfo], options: DataOptions) -> dict[str, Any]:
    """Return lm-eval's task objects by name, their data loaded.

    Raises:
        NoData: the data of a task cannot be had.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "0" if options.hub else "1")
    os.environ.setdefault("HF_DATASETS_OFFLINE", "0" if options.hub else "1")
    with _quiet():
        from lm_eval.tasks import TaskManager

        manager = TaskManager(
            include_path=str(asset_dir("evals").resolve()),  # absolute: entries keep it as it is
            include_defaults=False,
            metadata=asdict(options),
        )
        return dict(manager.load([info.name for info in infos])["tasks"])


def run_task(lm: Any, info: TaskInfo, task: Any, *, chat: bool = False) -> TaskResult:
    """Score `task` with `lm`, an lm-eval model.

    Values and errors are ours, from the items: lm-eval gives macro-F1 none.
    """
    import lm_eval

    before = getattr(lm, "truncated", 0)
    _forget(task)
    with _quiet():
        found = lm_eval.evaluate(
            lm,
            {"tasks": {info.name: task}, "groups": {}},
            bootstrap_iters=0,
            log_samples=True,
            apply_chat_template=chat,
        )
    samples = found["samples"][info.name]
    return TaskResult(
        metrics=estimates(info, samples),
        items=[_item(sample) for sample in samples],
        prompts_sha256=_prompts_digest(samples),
        truncated=getattr(lm, "truncated", 0) - before,
    )


def estimates(info: TaskInfo, samples: Sequence[dict[str, Any]]) -> dict[str, Estimate]:
    """Return each metric of a task with its standard error, from lm-eval's samples.

    acc and acc_norm are means over items, f1 is macro-F1 with a bootstrap error, bits per byte a
    ratio of sums over pieces of text.
    """
    if info.output_type == "loglikelihood_rolling":
        pairs = [sample["bits_per_byte"] for sample in samples]
        bits = [-logprob / LN2 for logprob, _ in pairs]
        return {"bits_per_byte": ratio_and_error(bits, [float(size) for _, size in pairs])}
    metrics: dict[str, Estimate] = {}
    for name in samples[0]["metrics"]:
        values = [sample[name] for sample in samples]
        if name == "f1":
            metrics[name] = macro_f1_and_error(
                [int(g) for g, _ in values], [int(p) for _, p in values]
            )
        else:
            metrics[name] = mean_and_error([float(value) for value in values])
    return metrics


def _item(sample: dict[str, Any]) -> dict[str, Any]:
    """Return what later paired tests and readers need of one sample."""
    kept: dict[str, Any] = {"doc": sample["doc_hash"][:16]}
    if "bits_per_byte" in sample:
        logprob, size = sample["bits_per_byte"]
        return {**kept, "loglikelihood": round(logprob, 4), "bytes": size}
    kept["loglikelihoods"] = [round(float(response[0]), 4) for response in sample["filtered_resps"]]
    for name in ("acc", "acc_norm"):
        if name in sample:
            kept[name] = int(sample[name])
    return kept


def _prompts_digest(samples: Sequence[dict[str, Any]]) -> str:
    total = hashlib.sha256()
    for sample in samples:
        for arguments in sample["arguments"]:
            total.update("\0".join(map(str, arguments)).encode() + b"\1")
    return total.hexdigest()


def _forget(task: Any) -> None:
    """Drop the requests of an earlier model: lm-eval appends answers to those it finds."""
    task._instances = None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep lm-eval's warnings and bars from the terminal: we show our own."""
    logger = logging.getLogger("lm_eval")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        import lm_eval.api.task

        lm_eval.api.task.tqdm = lambda items, **options: items  # it has no switch for its bar
        yield
    finally:
        logger.setLevel(level)
