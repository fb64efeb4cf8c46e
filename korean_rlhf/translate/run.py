"""The stage `translate`: English sets in, Korean ones out, every loss with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from korean_rlhf.endpoint import Endpoint
from korean_rlhf.errors import SettingsError
from korean_rlhf.progress import say, track
from korean_rlhf.promptfiles import load_prompt
from korean_rlhf.rundir import Stage, file_digest, open_stage
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.reading import ReadSettings
from korean_rlhf.settings.select import SelectSettings
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines import ChatEngine, Engine
from korean_rlhf.translate.reading import Context, Record, Unread, read_records
from korean_rlhf.translate.results import Results
from korean_rlhf.translate.rows import texts_of, translate_records
from korean_rlhf.translate.selection import Selection, prompts_for, selection

MOST_DECIDED = 256
"""Items of one batch, of which those that are not translated ask nothing of the engine."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the stage, as its manifest keeps them: side by side."""

    stage: TranslateSettings
    reading: ReadSettings
    selecting: SelectSettings


def translate(
    inputs: Sequence[Path],
    out: Path,
    settings: TranslateSettings,
    endpoint: EndpointSettings,
    replace: bool = False,
    *,
    reading: ReadSettings | None = None,
    selecting: SelectSettings | None = None,
) -> None:
    """Translate the sets in `inputs` into `out`/instructions.jsonl and comparisons.jsonl.

    Faulty translations are asked for once more and then put into dropped.jsonl with the reason.
    Killed at any moment and run again, the work goes on: each request that was answered is in the
    cache beside `out` and is not sent twice.

    Raises:
        SettingsError: no model is named.
        BadRecord: a row cannot be read; nothing was asked of the server yet.
        EndpointError: the server cannot be reached or refuses the key.
    """
    if not settings.model:
        raise SettingsError("Name the model that translates: --model NAME.")
    prompt = load_prompt("translate", settings.prompt)
    every = Settings(settings, reading or ReadSettings(), selecting or SelectSettings())
    prompts = prompts_for(every.selecting)
    # Other words are another translation.
    read = [*inputs, prompt.path, *(each.path for each in prompts.values())]
    with open_stage(out, "translate", settings=every, inputs=read, replace=replace) as stage:
        if stage.finished:
            return
        with Endpoint(endpoint, cache=endpoint.cache or default_cache(out)) as server:
            engine = ChatEngine(server, prompt, settings)
            chosen = selection(every.selecting, prompts, server, settings)
            results, facts = _work(inputs, stage, every, server, engine, chosen)
        stage.finish(
            counts=results.counts,
            digest=_digest(out, results.files),
            prompt={"name": prompt.name, "version": prompt.version},
            requests={name: server.counts[name] for name in sorted(server.counts)},
            **facts,
        )
        say(f"translate: {results.summary}")


def default_cache(out: Path) -> Path:
    """Return where the answers for `out` are kept: beside it, so --replace spares them."""
    return out.with_name(f"{out.name}.replies.sqlite")


def _digest(out: Path, files: Sequence[str]) -> str:
    """Return the digest of the one result, or of the digests of both."""
    digests = [file_digest(out / name) for name in files]
    together = hashlib.sha256("".join(digests).encode()).hexdigest()
    return together if len(digests) > 1 else digests[0]


def _work(
    inputs: Sequence[Path],
    stage: Stage,
    settings: Settings,
    server: Endpoint,
    engine: Engine,
    chosen: Selection,
) -> tuple[Results, dict[str, Any]]:
    """Write the files of the stage; return what was written, and facts for its manifest."""
    # Read to the end before anything is paid for: a bad row in the last line stops the work here.
    total = sum(1 for _ in read_records(inputs, settings.reading))
    context = Context(settings.stage.license)
    batches = _batches(read_records(inputs, settings.reading, context), settings.stage)

    def outcomes(batch: list[Record | Unread]) -> Sequence[Any]:
        return chosen.outcomes(
            batch, lambda records: translate_records(records, engine, settings.stage)
        )

    with ExitStack() as stack:
        results = stack.enter_context(Results(stage.folder))
        advance = stack.enter_context(track(total, "translate", "records"))
        for found in server.each(outcomes, batches):
            for outcome in found:
                results.write(outcome)
            advance(len(found), dropped=results.reasons.total())
    results.publish()
    counted = {
        "left_out": context.notes,
        "selected": chosen.counts,
        "length_order": results.length_order,
    }
    facts = {name: dict(sorted(each.items())) for name, each in counted.items() if +each}
    return results, {"formats": context.formats, **facts}


def _batches(
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
