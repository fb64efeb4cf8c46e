"""The stage `translate`: English sets in, Korean ones out, every loss with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from korean_rlhf.endpoint import Endpoint, Meter, each
from korean_rlhf.endpoint.threads import THREADS_A_REQUEST
from korean_rlhf.progress import say, track
from korean_rlhf.rundir import Stage, file_digest, open_stage
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines import Engine, open_engine
from korean_rlhf.translate.morphemes import load_ahead
from korean_rlhf.translate.plan import TranslationPlan
from korean_rlhf.translate.protect import read_glossary
from korean_rlhf.translate.reading import Context, Record, Unread, read_records
from korean_rlhf.translate.results import Results
from korean_rlhf.translate.roads import Roads
from korean_rlhf.translate.rows import texts_of, translate_records
from korean_rlhf.translate.selection import Selection, selection

MOST_DECIDED = 256
"""Items of one batch, of which those that are not translated ask nothing of the engine."""


def translate(
    inputs: Sequence[Path], out: Path, plan: TranslationPlan, *, replace: bool = False
) -> None:
    """Translate the sets in `inputs` into `out`/instructions.jsonl and comparisons.jsonl.

    Faulty translations are asked for once more and then put into dropped.jsonl with the reason.
    Killed at any moment and run again, the work goes on: each request that was answered is in the
    cache beside `out` and is not sent twice.

    Raises:
        SettingsError: no model is named, or a key is missing.
        BadRecord: a row cannot be read; nothing was asked of the server yet.
        BudgetSpent: the next request would pass the budget.
        EndpointError: the server cannot be reached or refuses the key.
    """
    prompts = plan.prompts()
    if plan.settings.terms:
        read_glossary(plan.settings.terms)  # its mistakes are told before anything is asked
    read = [*inputs, *plan.sources(prompts)]  # other words are another translation
    with open_stage(
        out, "translate", settings=plan.identity(), inputs=read, replace=replace
    ) as stage:
        if stage.finished:
            return
        wanted = plan.wanted(out)
        with ExitStack() as opened:
            engine = opened.enter_context(closing(open_engine(wanted)))
            asks = plan.selecting.classify or plan.selecting.rebuild
            asked = opened.enter_context(wanted.endpoint()) if asks else None
            chosen = selection(plan.selecting, prompts, asked, plan.settings)
            results, facts = _work(inputs, stage, plan, wanted.meter, engine, chosen)
            requests = engine.counts() | {f"selecting_{k}": n for k, n in _counts(asked).items()}
        if "translate" in prompts:
            used = prompts["translate"]
            facts["prompt"] = {"name": used.name, "version": used.version}
        stage.finish(
            counts=results.counts,
            digest=_digest(out, results.files),
            requests=dict(sorted(requests.items())),
            spent=wanted.meter.spent(),
            **facts,
        )
        say(f"translate: {results.summary}")


def _counts(server: Endpoint | None) -> dict[str, int]:
    return dict(server.counts) if server else {}


def _digest(out: Path, files: Sequence[str]) -> str:
    """Return the digest of the one result, or of the digests of both."""
    digests = [file_digest(out / name) for name in files]
    together = hashlib.sha256("".join(digests).encode()).hexdigest()
    return together if len(digests) > 1 else digests[0]


def _work(
    inputs: Sequence[Path],
    stage: Stage,
    plan: TranslationPlan,
    meter: Meter,
    engine: Engine,
    chosen: Selection,
) -> tuple[Results, dict[str, Any]]:
    """Write the files of the stage; return what was written, and facts for its manifest."""
    settings = plan.settings
    loading = load_ahead()
    # Read to the end before anything is paid for: a bad row in the last line stops the work here.
    total = sum(1 for _ in read_records(inputs, plan.reading))
    loading.join()  # else every thread would wait for it with an answer in its hands
    context = Context(settings.license)
    batches = full_batches(read_records(inputs, plan.reading, context), settings)

    roads = Roads()

    def outcomes(batch: list[Record | Unread]) -> Sequence[Any]:
        return chosen.outcomes(batch, lambda kept: translate_records(kept, engine, settings, roads))

    def stop() -> None:
        engine.stop()
        chosen.stop()

    width = THREADS_A_REQUEST * plan.server.concurrency
    with ExitStack() as stack:
        results = stack.enter_context(Results(stage.folder))
        advance = stack.enter_context(track(total, "translate", "records"))
        for found in each(outcomes, batches, width=width, stop=stop):
            for outcome in found:
                results.write(outcome)
            advance(len(found), dropped=results.reasons.total(), **meter.shown())
    results.publish()
    counted = {
        "left_out": context.notes,
        "selected": chosen.counts,
        "length_order": results.length_order,
        "roads": roads.counts(),
    }
    facts = {name: dict(sorted(found.items())) for name, found in counted.items() if +found}
    return results, {"formats": context.formats, **facts}


def full_batches(
    records: Iterable[Record | Unread], settings: TranslateSettings
) -> Iterator[list[Record | Unread]]:
    """Yield records by as many as fill one request; a record is never split over two batches."""
    batch: list[Record | Unread] = []
    rows = characters = 0
    for record in records:
        texts = () if isinstance(record, Unread) else texts_of(record)
        length = sum(len(message.content) for message in texts)
        full = rows + len(texts) > settings.batch_rows or len(batch) == MOST_DECIDED
        if batch and (full or characters + length > settings.batch_characters):
            yield batch
            batch, rows, characters = [], 0, 0
        batch.append(record)
        rows, characters = rows + len(texts), characters + length
    if batch:
        yield batch
