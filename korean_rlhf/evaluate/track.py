"""Score every checkpoint of a run that has no score yet, and let its chat models answer."""

from __future__ import annotations

from pathlib import Path

from korean_rlhf.errors import MissingInput
from korean_rlhf.evaluate import contamination
from korean_rlhf.evaluate.backends import Here, choose_backend
from korean_rlhf.evaluate.checkpoints import Target
from korean_rlhf.evaluate.plan import make_plan
from korean_rlhf.evaluate.sources import PROSE, SOURCES, DataOptions
from korean_rlhf.evaluate.suites import find_suite, load_tasks
from korean_rlhf.evaluate.sweep import Sweep
from korean_rlhf.rundir import LOCK, locked, no_space_named
from korean_rlhf.settings.endpoint import ServedSettings
from korean_rlhf.settings.evaluate import EvaluateSettings

SAMPLE = "sample"
"""The suite whose runs also have a true reward."""


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
        Sweep(target, plan, options, settings, backend).run()
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

    return validation_text(target.run, target.evals)


def _ask(target: Target, settings: EvaluateSettings, data: Path | None) -> None:
    """Let the chosen chat models answer: the sample world's questions, else everyday prompts."""
    if settings.suite == SAMPLE and data is not None:
        from korean_rlhf.evaluate.truereward import measure

        measure(target.run, target.evals, data, settings)
        return
    from korean_rlhf.evaluate.showcase import show

    show(target, settings)
