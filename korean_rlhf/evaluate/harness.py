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
from korean_rlhf.evaluate import metrics
from korean_rlhf.evaluate.sources import DataOptions
from korean_rlhf.evaluate.statistics import Estimate
from korean_rlhf.evaluate.suites import TaskInfo

LN2 = 0.6931471805599453


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What one model did on one task."""

    metrics: dict[str, Estimate]
    items: list[dict[str, Any]]
    """One row an item: its hash, its cluster, what the model said, and what it contributes to each
    metric."""
    questions: list[dict[str, Any]]
    """One row an item: what was asked, the same for every model."""
    prompts_sha256: str
    """Over every context and continuation that was scored."""
    truncated: int
    """Requests cut from the left because the model cannot read as much."""
    shots: int = 0
    """Worked examples before each question."""


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
        tasks = dict(manager.load([info.name for info in infos])["tasks"])
    for info in infos:
        drawn = len(tasks[info.name].dataset["shots"]) if info.takes_shots else 0
        tasks[info.name].set_config("num_fewshot", drawn)
    return tasks


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
    items = [_item(info, sample) for sample in samples]
    counted = "acc_norm" in items[0]["metrics"] and info.compared is not None
    if counted and hasattr(lm, "token_counts"):
        _add_by_tokens(lm, items, samples, info.compared or None)
    return TaskResult(
        metrics=metrics.estimates(items),
        items=items,
        questions=[_question(sample) for sample in samples],
        prompts_sha256=_prompts_digest(samples),
        truncated=getattr(lm, "truncated", 0) - before,
        shots=int(task.config.num_fewshot or 0),
    )


def _item(info: TaskInfo, sample: dict[str, Any]) -> dict[str, Any]:
    """Return what tables, paired tests and readers need of one sample."""
    kept: dict[str, Any] = {"doc": sample["doc_hash"][:16]}
    if info.cluster:
        kept["cluster"] = str(sample["doc"][info.cluster])
    said = sample["filtered_resps"]
    if info.output_type == "generate_until":
        kept["answer"] = str(said[0])
    elif info.output_type == "multiple_choice":
        kept["loglikelihoods"] = [round(float(answer[0]), 4) for answer in said]
    kept["metrics"] = {name: _value(name, sample[name]) for name in sample["metrics"]}
    return kept


def _add_by_tokens(
    lm: Any,
    items: Sequence[dict[str, Any]],
    samples: Sequence[dict[str, Any]],
    compared: int | None,
) -> None:
    """Add acc_tokens beside acc_norm (characters) and acc_bytes: the likeliest choice a token.

    lm-eval has none, for it does not know the tokens; unlike the two others it depends on the
    tokenizer.
    """
    counts = iter(lm.token_counts([pair[1] for row in samples for pair in row["arguments"]]))
    for item, sample in zip(items, samples, strict=True):
        tokens = [max(next(counts), 1) for _ in sample["arguments"]]
        scores = [float(answer[0]) for answer in sample["filtered_resps"]]
        a_token = [score / size for score, size in zip(scores, tokens, strict=True)][:compared]
        item["metrics"]["acc_tokens"] = float(a_token.index(max(a_token)) == int(sample["target"]))


def _value(name: str, value: Any) -> metrics.Value:
    """Return what an item contributes to a metric as plain numbers."""
    if name == "bits_per_byte":
        logprob, size = value
        return [round(-float(logprob) / LN2, 4), float(size)]
    if isinstance(value, (tuple, list)):
        return [float(part) for part in value]
    return float(value)


def _question(sample: dict[str, Any]) -> dict[str, Any]:
    """Return what was asked; the same for every model that reads the same prompts."""
    arguments = [list(map(str, pair)) for pair in sample["arguments"]]
    asked: dict[str, Any] = {"doc": sample["doc_hash"][:16], "prompt": arguments[0][0]}
    if len(arguments) > 1:
        asked["choices"] = [continuation.strip() for _, continuation in arguments]
    target = sample["target"]
    asked["gold"] = target if isinstance(target, (int, str)) else str(target)
    return asked


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
