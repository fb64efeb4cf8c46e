"""The stage `prompts generate`: seeds in, instructions with answers out, each loss told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from korean_rlhf import tables
from korean_rlhf.assets import asset_dir
from korean_rlhf.endpoint import Endpoint
from korean_rlhf.errors import SettingsError
from korean_rlhf.progress import say, track
from korean_rlhf.prompting.generation.asking import Asking, Prompts
from korean_rlhf.prompting.generation.borrowed import Borrowed
from korean_rlhf.prompting.generation.report import REPORT, facts_of, render
from korean_rlhf.prompting.generation.rounds import Rounds, Told, counts
from korean_rlhf.prompting.generation.tasks import Made, read_seeds
from korean_rlhf.records import Instruction, Message
from korean_rlhf.rundir import Stage, atomic_write_text, file_digest, open_stage
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.generate import GenerateSettings

RESULT = "instructions.jsonl"


def generate(
    seeds: Sequence[Path],
    out: Path,
    settings: GenerateSettings,
    endpoint: EndpointSettings,
    borrowed: Borrowed,
    *,
    benchmarks: Sequence[Path] = (),
    replace: bool = False,
    after_round: Callable[[int], None] = lambda number: None,
) -> None:
    """Write instructions.jsonl, dropped.jsonl and report.html into `out`.

    Killed at any moment and run again, the work goes on: each request that was answered is in the
    cache beside `out` and is not sent twice.

    Args:
        seeds: Files or folders of instructions or prompts.
        out: Folder of the stage.
        settings: What is made.
        endpoint: Where the model is.
        borrowed: What other rooms know.
        benchmarks: Files behind `borrowed.contaminated`; another benchmark is other work.
        replace: Delete what an earlier run left in `out`.
        after_round: Called with the number of each finished round.

    Raises:
        SettingsError: no model or no licence is named.
        EndpointError: the server cannot be reached or refuses the key.
    """
    _require_named(settings)
    prompts = Prompts.load()
    read = [*seeds, own_instructions(), *prompts.paths, *benchmarks]
    with open_stage(
        out, "prompts generate", settings=settings, inputs=read, replace=replace
    ) as stage:
        if stage.finished:
            return
        told = Told(
            seeds=read_seeds(seeds, settings.kinds),
            known=[seed.instruction for seed in read_seeds([own_instructions()], ())],
            prompts=prompts,
            settings=settings,
            borrowed=borrowed,
        )
        with Endpoint(endpoint, cache=endpoint.cache or default_cache(out)) as server:
            rounds = Rounds(told, Asking(server, prompts, settings, borrowed))
            numbers = _work(rounds, after_round)
            _publish(stage, rounds, server, numbers)


def own_instructions() -> Path:
    """Return the folder of the instructions that are shipped."""
    return asset_dir("prompts") / "instructions"


def default_cache(out: Path) -> Path:
    """Return where the answers for `out` are kept: beside it, so --replace spares them."""
    return out.with_name(f"{out.name}.replies.sqlite")


def _require_named(settings: GenerateSettings) -> None:
    if not settings.model:
        raise SettingsError("Name the model that writes: --model NAME.")
    if not settings.license:
        raise SettingsError(
            "Name the licence of what is made: --license NAME. The terms of the model and the "
            "licence of the seeds decide it."
        )


def _work(rounds: Rounds, after_round: Callable[[int], None]) -> int:
    """Do rounds until there is enough, or nothing new comes; return how many."""
    settings = rounds.told.settings
    empty = 0
    with track(settings.count, "generate", "instructions") as advance:
        for number in range(1, settings.rounds + 1):
            brought = rounds.go(number)
            advance(brought, dropped=len(rounds.dropped))
            after_round(number)
            empty = 0 if brought else empty + 1
            if len(rounds.kept) >= settings.count:
                return number
            if empty >= settings.patience:
                say(
                    f"generate: {empty} rounds brought nothing new; look at the reasons in "
                    "report.html. Other --seeds, or another --seed, may help."
                )
                return number
    return settings.rounds


def _publish(stage: Stage, rounds: Rounds, server: Endpoint, numbers: int) -> None:
    """Write all files of the stage, the manifest last."""
    settings = rounds.told.settings
    out = stage.folder
    tables.write_lines(out / RESULT, [_line(made, settings) for made in rounds.kept])
    rounds.dropped.write(out)
    facts = facts_of(rounds, numbers)
    atomic_write_text(out / REPORT, render(facts, rounds.kept, settings))
    found = counts(rounds)
    stage.finish(
        counts=found,
        digest=file_digest(out / RESULT),
        prompts=sorted({made.prompt for made in rounds.kept}),
        generation=facts,
        requests={name: server.counts[name] for name in sorted(server.counts)},
    )
    say(f"generate: {found['out']:,} of {found['in']:,} instructions kept in {numbers} rounds.")


def _line(made: Made, settings: GenerateSettings) -> str:
    """Return a record of `Instruction` as a line, with what readers of it may skip."""
    record = Instruction(
        id=made.id,
        messages=(
            Message(role="user", content=made.instruction),
            Message(role="assistant", content=made.answer),
        ),
        source=f"generated:{settings.model}",
        license=settings.license,
        register=made.register,
    )
    provenance: dict[str, Any] = {
        "operation": made.operation,
        "parents": list(made.parents),
        "prompt": made.prompt,
        "round": made.round,
        "nearest": made.nearest,
        "similarity": made.similarity,
    }
    if made.score is not None:
        provenance |= {"judge": settings.judge_model, "score": made.score}
    row = {**tables.to_json(record), "kind": made.kind, "provenance": provenance}
    return json.dumps(row, ensure_ascii=False) + "\n"
