"""Score every checkpoint of a run that has no score yet.

A score is written when its task is done, so that a killed sweep goes on with the next task. It is
known by a key over weights, data, prompts and settings: the same key is never computed twice, and a
changed one is a new score.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.errors import MissingInput
from korean_rlhf.evaluate import baselines, contamination, harness, provenance, scores
from korean_rlhf.evaluate.backends import Backend, Here, choose_backend
from korean_rlhf.evaluate.checkpoints import (
    CHAT_STAGES,
    Checkpoint,
    Target,
)
from korean_rlhf.evaluate.journal import Journal
from korean_rlhf.evaluate.shots import Shots, plan_shots
from korean_rlhf.evaluate.sources import (
    SOURCES,
    DataOptions,
    NoData,
    locate,
    rows,
    rows_digest,
)
from korean_rlhf.evaluate.suites import TaskInfo, find_suite, load_tasks
from korean_rlhf.progress import say
from korean_rlhf.rundir import LOCK, locked, no_space_named
from korean_rlhf.settings.endpoint import ServedSettings
from korean_rlhf.settings.evaluate import EvaluateSettings

PROSE = "prose"
SAMPLE = "sample"
"""The suite whose runs also have a true reward."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one call scores, with the digests of its data."""

    suite: str
    infos: tuple[TaskInfo, ...]
    """Tasks whose data are there."""
    digests: dict[str, str]
    """sha256 of the data, by task."""
    missing: dict[str, str]
    """Tasks whose data are not there, and where to get them."""
    shots: dict[str, Shots]
    """Worked examples, by task."""


def evaluate(
    path: Path,
    settings: EvaluateSettings,
    *,
    data: Path | None = None,
    text: Path | None = None,
    hub: bool = False,
    out: Path | None = None,
    corpus: Path | None = None,
    served: ServedSettings | None = None,
) -> Target:
    """Score the checkpoints that `path` stands for and return them.

    Args:
        path: A run, a stage, a step folder or a plain Hugging Face model folder.
        settings: Suite, checkpoints, precision.
        data: Folder with the benchmarks, or of the sample world.
        text: Text that no stage was trained on, for bits per byte.
        hub: Whether missing data may be fetched from the Hugging Face hub.
        out: Run folder for the scores; by default the run itself.
        corpus: Documents in which the items are looked for.
        served: The server that holds the model in `path`, where one does.

    Raises:
        EndpointError: the server fails, or cannot score what the suite asks.
        MissingInput: `data`, `text` or `corpus` is not there.
        NoData: no task of the suite has its data.
        FolderInUse: another process scores the same run.
    """
    for given in (data, text, corpus):
        if given is not None and not given.exists():
            raise MissingInput(given)
    backend = choose_backend(settings, served)
    target = backend.target(path, out)
    text = text or _own_text(target, settings, data)
    options = DataOptions(
        data=str(data or ""),
        text=str(text or ""),
        hub=hub,
        items=settings.items,
        text_bytes=settings.text_bytes,
        shots=settings.shots,
        seed=settings.seed,
    )
    plan = make_plan(settings.suite, options)
    with locked(target.evals, target.evals / LOCK), no_space_named(target.evals):
        _score_all(target, plan, options, settings, backend)
        if isinstance(backend, Here):
            _ask(target, settings, data)
        if corpus is not None:
            contamination.measure(target.evals, corpus)
    return target


def _own_text(target: Target, settings: EvaluateSettings, data: Path | None) -> Path | None:
    """Return the run's own held-out text, where bits per byte is asked for without another."""
    asked = any(load_tasks()[name].source == PROSE for name in find_suite(settings.suite).tasks)
    given = data is not None and any((data / file).exists() for file in SOURCES[PROSE].files)
    if not asked or given:
        return None
    from korean_rlhf.evaluate.heldout import validation_text

    return validation_text(target.run)


def make_plan(suite_name: str, options: DataOptions) -> Plan:
    """Return which tasks of a suite can be scored; say of each other where its data are."""
    suite = find_suite(suite_name)
    every = load_tasks()
    digests: dict[str, str] = {}
    missing: dict[str, str] = {}
    for name in suite.tasks:
        try:
            found = locate(every[name].source, options)
            digests[name] = found.digest or rows_digest(rows(every[name].source, options))
        except NoData as problem:
            missing[name] = str(problem)
    if not digests:
        raise NoData(f"No task of {suite_name!r} has its data. {next(iter(missing.values()))}")
    for name, why in missing.items():
        say(f"{name} is left out: {why}")
    infos = tuple(every[name] for name in suite.tasks if name in digests)
    return Plan(suite.name, infos, digests, missing, _plan_shots(infos, options))


def _plan_shots(infos: Sequence[TaskInfo], options: DataOptions) -> dict[str, Shots]:
    """Return the worked examples of each task; say which tasks stay without."""
    planned = {
        info.name: plan_shots(info.source, options, taken=info.takes_shots) for info in infos
    }
    for name, shots in planned.items():
        if shots.why:
            say(f"{name} is asked without examples: {shots.why}.")
    return planned


def _ask(target: Target, settings: EvaluateSettings, data: Path | None) -> None:
    """Let the chosen chat models answer: the sample world's questions, else everyday prompts."""
    if settings.suite == SAMPLE and data is not None:
        from korean_rlhf.evaluate.truereward import measure

        measure(target.run, data, settings)
        return
    from korean_rlhf.evaluate.showcase import show

    show(target, settings)


def _score_all(
    target: Target,
    plan: Plan,
    options: DataOptions,
    settings: EvaluateSettings,
    backend: Backend,
) -> None:
    built: dict[str, Any] = {}

    def tasks() -> dict[str, Any]:
        """Build lm-eval's tasks once, and only if something is to be scored."""
        if not built:
            built.update(harness.build_tasks(plan.infos, options))
        return built

    chosen = [at for at in target.checkpoints if at.chosen or settings.checkpoints == "all"]
    done = sum(_score_one(target.evals, at, plan, settings, tasks, backend) for at in chosen)
    say(f"eval: {done} new scores of {len(plan.infos)} tasks on {len(chosen)} checkpoints.")


def _score_one(
    evals: Path,
    checkpoint: Checkpoint,
    plan: Plan,
    settings: EvaluateSettings,
    tasks: Callable[[], dict[str, Any]],
    backend: Backend,
) -> int:
    """Score one checkpoint; return how many tasks were new."""
    weights = backend.weights(checkpoint.folder)
    more = backend.key(checkpoint.folder)
    keys = {info.name: _key(info, weights, plan, checkpoint, settings, more) for info in plan.infos}
    folder = evals / checkpoint.name
    known = scores.known_results(folder)
    results = _still_true(scores.suite_path(evals, checkpoint.name, plan.suite), weights, plan)
    results |= {name: known[key] for name, key in keys.items() if key in known}
    todo = [info for info in plan.infos if keys[info.name] not in known]

    def write() -> None:
        _write(evals, checkpoint, plan, weights, results)

    write()
    if not todo:
        return 0
    from korean_rlhf.evaluate.lm import KoreanLM

    with backend.opened(checkpoint.folder) as loaded:
        lm = KoreanLM(loaded, batch_tokens=settings.batch_tokens)
        backend.check(lm, todo)
        for info in todo:
            lm.label = f"{checkpoint.name} {info.name}"
            key = keys[info.name]
            chat = _is_chat(info, checkpoint, settings)
            with Journal(folder / scores.ITEMS / f"{info.name}-{key[:16]}.journal") as journal:
                lm.journal = journal
                entry = _run(lm, info, tasks()[info.name], folder, key, plan, chat)
                results[info.name] = entry | backend.facts(checkpoint.folder)
                write()
                journal.forget()
    return len(todo)


def _write(
    evals: Path, checkpoint: Checkpoint, plan: Plan, weights: str, results: dict[str, Any]
) -> None:
    """Write the score file with what is known by now."""
    scores.write_scores(
        evals,
        checkpoint,
        plan.suite,
        weights=weights,
        tasks={name: results[name] for name in sorted(results)},
        missing={name: why for name, why in plan.missing.items() if name not in results},
    )


def _run(
    lm: Any,
    info: TaskInfo,
    task: Any,
    folder: Path,
    key: str,
    plan: Plan,
    chat: bool,
) -> dict[str, Any]:
    """Score one task; return its entry in the score file."""
    started = time.monotonic()
    result = harness.run_task(lm, info, task, chat=chat)
    headline = result.metrics[info.headline]
    error = "" if headline.stderr is None else f" ± {headline.stderr:.4f}"
    say(f"{lm.label}: {info.headline} {headline.value:.4f}{error} (n = {headline.n})")
    return {
        "title": info.title,
        "headline": info.headline,
        "higher_is_better": info.higher_is_better,
        "chance": baselines.chance(info, result.questions),
        "baselines": baselines.baselines(info, result.questions),
        "metrics": scores.plain(result.metrics),
        "key": key,
        "task_sha256": info.digest,
        "data_sha256": plan.digests[info.name],
        "prompts_sha256": result.prompts_sha256,
        "template": "chat" if chat else "plain",
        "compared": info.compared,
        "shots": result.shots,
        "truncated": result.truncated,
        "seconds": round(time.monotonic() - started, 2),
        "machine": provenance.machine(getattr(lm, "loaded", None)),
        "versions": provenance.versions(),
        "items": scores.write_items(folder, f"{info.name}-{key[:8]}", result.items),
        "questions": scores.write_questions(
            folder.parent, f"{info.name}-{result.prompts_sha256[:8]}", result.questions
        ),
    }


def _key(
    info: TaskInfo,
    weights: str,
    plan: Plan,
    checkpoint: Checkpoint,
    settings: EvaluateSettings,
    more: dict[str, Any],
) -> str:
    is_text = info.source == PROSE
    return scores.score_key(
        weights=weights,
        task=info.digest,
        data=plan.digests[info.name],
        chat=_is_chat(info, checkpoint, settings),
        size=settings.text_bytes if is_text else settings.items,
        shots=[plan.shots[info.name].count, plan.shots[info.name].digest],
        layout=scores.LAYOUT,
        **more,
    )


def _is_chat(info: TaskInfo, checkpoint: Checkpoint, settings: EvaluateSettings) -> bool:
    """Return whether a question is put as a user's turn; of a plain model, the setting decides."""
    if settings.template == "chat":
        return checkpoint.chats
    return info.chat and checkpoint.stage in CHAT_STAGES


def _still_true(path: Path, weights: str, plan: Plan) -> dict[str, Any]:
    """Return earlier results of the same weights on tasks whose data are not at hand now."""
    before = scores.read_scores(path)
    if before.get("weights_sha256") != weights:
        return {}
    return {name: entry for name, entry in before["tasks"].items() if name in plan.missing}
