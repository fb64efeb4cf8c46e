"""Write K answers to each prompt, for people to rank."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.errors import SettingsError
from korean_rlhf.settings.sample import SampleSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Whose answers, to which prompts, and where to write them."""

    model: Positional[Path]
    """A run (its PPO model, else its SFT model), a stage, a step folder or any chat model."""

    prompts: tuple[Path, ...]
    """Prompts: .jsonl[.zst], .parquet or .csv files, or stage folders."""

    out: Path
    """JSONL file of candidates; the same command goes on in it when it was stopped."""

    stage: Nested[SampleSettings] = field(default_factory=SampleSettings)

    limit: int = 0
    """Prompts to answer, from the first; 0 answers all."""

    replace: bool = False
    """Delete the answers in --out and start anew."""


def run(argv: list[str]) -> int:
    """Sample answers."""
    arguments = parse(Arguments, argv, command="sample")
    if arguments.out.suffix != ".jsonl":
        raise SettingsError(f"--out is a .jsonl file, because it is appended to: {arguments.out}")
    if arguments.out.resolve() in [path.resolve() for path in arguments.prompts]:
        raise SettingsError(f"{arguments.out} is read with --prompts. Choose another --out.")
    from korean_rlhf.model.assistant import Assistant
    from korean_rlhf.model.candidates import write_candidates
    from korean_rlhf.records import Prompt
    from korean_rlhf.tables import read

    prompts = [prompt for path in arguments.prompts for prompt in read(path, Prompt)]
    prompts = prompts[: arguments.limit or None]
    write_candidates(
        Assistant.load(arguments.model),
        prompts,
        arguments.out,
        arguments.stage,
        replace=arguments.replace,
    )
    return 0
