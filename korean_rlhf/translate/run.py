"""The stage `translate`: English instructions in, Korean ones out, every loss with its reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, TextIO

from korean_rlhf import tables
from korean_rlhf.endpoint import Meter, each
from korean_rlhf.endpoint.threads import THREADS_A_REQUEST
from korean_rlhf.progress import say, track
from korean_rlhf.promptfiles import load_prompt
from korean_rlhf.records import Instruction
from korean_rlhf.rundir import Stage, file_digest, open_stage
from korean_rlhf.settings.ctranslate import LocalModelSettings
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.engines import BudgetSettings, EngineSettings
from korean_rlhf.settings.loading import merged
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines import Engine, Wanted, open_engine
from korean_rlhf.translate.inputs import read_instructions
from korean_rlhf.translate.rows import Rejected, translate_records

RESULT = "instructions.jsonl"


def translate(
    inputs: Sequence[Path],
    out: Path,
    settings: TranslateSettings,
    endpoint: EndpointSettings,
    replace: bool = False,
    *,
    options: EngineSettings | None = None,
    budget: BudgetSettings | None = None,
    local: LocalModelSettings | None = None,
) -> None:
    """Translate the instructions in `inputs` into `out`/instructions.jsonl.

    Faulty translations are asked for once more and then put into dropped.jsonl with the reason.
    Killed at any moment and run again, the work goes on: each request that was answered is in the
    cache beside `out` and is not sent twice.

    Raises:
        SettingsError: no model is named, or a key is missing.
        BudgetSpent: the next request would pass the budget.
        EndpointError: the server cannot be reached or refuses the key.
    """
    prompt = load_prompt("translate", settings.prompt)
    read = [*inputs, prompt.path]  # other words are another translation
    wanted = wanted_engine(out, settings, endpoint, options, budget, local)
    if wanted.local.model_folder:
        read.append(wanted.local.model_folder)
    said = merged(settings, wanted.options, wanted.local)
    with open_stage(out, "translate", settings=said, inputs=read, replace=replace) as stage:
        if stage.finished:
            return
        with closing(open_engine(wanted)) as engine:
            counts = _work(inputs, stage, settings, engine, endpoint.concurrency, wanted.meter)
            stage.finish(
                counts=counts,
                digest=file_digest(out / RESULT),
                prompt={"name": prompt.name, "version": prompt.version},
                requests=dict(sorted(engine.counts().items())),
                spent=wanted.meter.spent(),
            )
        dropped = sum(counts["dropped"].values())
        say(f"translate: {counts['out']:,} of {counts['in']:,} records kept, {dropped:,} dropped.")


def default_cache(out: Path) -> Path:
    """Return where the answers for `out` are kept: beside it, so --replace spares them."""
    return out.with_name(f"{out.name}.replies.sqlite")


def wanted_engine(
    out: Path,
    settings: TranslateSettings,
    endpoint: EndpointSettings,
    options: EngineSettings | None,
    budget: BudgetSettings | None,
    local: LocalModelSettings | None,
) -> Wanted:
    """Return all that the engine of one run is opened with."""
    return Wanted(
        settings=settings,
        options=options or EngineSettings(),
        server=endpoint,
        local=local or LocalModelSettings(),
        cache=endpoint.cache or default_cache(out),
        meter=Meter(budget),
    )


def _work(
    inputs: Sequence[Path],
    stage: Stage,
    settings: TranslateSettings,
    engine: Engine,
    width: int,
    meter: Meter,
) -> dict[str, Any]:
    """Write both files of the stage and return its counts."""
    reasons: Counter[str] = Counter()
    kept = 0
    total = sum(1 for _ in read_instructions(inputs))
    batches = full_batches(read_instructions(inputs, settings.license), settings)
    drafts = {name: stage.folder / f".{name}.tmp" for name in (RESULT, tables.DROPPED)}
    with ExitStack() as stack:
        result, dropped = (
            stack.enter_context(path.open("w", encoding="utf-8")) for path in drafts.values()
        )
        advance = stack.enter_context(track(total, "translate", "records"))
        for outcomes in each(
            lambda batch: translate_records(batch, engine, settings),
            batches,
            width=THREADS_A_REQUEST * width,
            stop=engine.stop,
        ):
            for outcome in outcomes:
                if isinstance(outcome, Rejected):
                    reasons[outcome.drop.reason] += 1
                    _write_rejected(dropped, outcome)
                else:
                    kept += 1
                    result.write(tables.json_line(outcome))
            advance(len(outcomes), dropped=reasons.total(), **meter.shown())
    for name, draft in drafts.items():
        draft.replace(stage.folder / name)
    return {"in": kept + reasons.total(), "out": kept, "dropped": dict(sorted(reasons.items()))}


def full_batches(
    records: Iterable[Instruction], settings: TranslateSettings
) -> Iterator[list[Instruction]]:
    """Yield records by as many as fill one request; a record is never split over two batches."""
    batch: list[Instruction] = []
    rows = characters = 0
    for record in records:
        length = sum(len(message.content) for message in record.messages)
        full = rows + len(record.messages) > settings.batch_rows
        if batch and (full or characters + length > settings.batch_characters):
            yield batch
            batch, rows, characters = [], 0, 0
        batch.append(record)
        rows, characters = rows + len(record.messages), characters + length
    if batch:
        yield batch


def _write_rejected(file: TextIO, rejected: Rejected) -> None:
    row = {
        "reason": rejected.drop.reason,
        "detail": rejected.drop.detail,
        **tables.to_json(rejected.record),
        "translations": list(rejected.translations),
    }
    file.write(json.dumps(row, ensure_ascii=False) + "\n")
