"""Translate English instruction and preference sets into Korean.

--engine says who translates: openai (any server of the OpenAI protocol), deepl, papago, google,
google-v3, or ctranslate2, a model in --model-folder that is computed here. Keys are read from
environment variables only: see --api-key-variable.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.cli.arguments import Nested, Positional, parse
from korean_rlhf.settings.ctranslate import LocalModelSettings
from korean_rlhf.settings.engines import BudgetSettings, EngineSettings, TranslatorSettings
from korean_rlhf.settings.reading import ReadSettings
from korean_rlhf.settings.select import SelectSettings
from korean_rlhf.settings.translate import TranslateSettings


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What to translate."""

    inputs: Positional[tuple[Path, ...]]
    """Instruction and preference sets: files, or folders of them."""

    out: Path
    """Folder for instructions.jsonl, comparisons.jsonl and dropped.jsonl."""

    stage: Nested[TranslateSettings]

    reading: Nested[ReadSettings]

    selecting: Nested[SelectSettings]

    engines: Nested[EngineSettings]

    server: Nested[TranslatorSettings]

    budget: Nested[BudgetSettings]

    local: Nested[LocalModelSettings]

    estimate: bool = False
    """Only count what would be sent and paid, and send nothing."""

    replace: bool = False
    """Delete what is in --out and start anew; answers already paid for are used again."""


def run(argv: list[str]) -> int:
    """Translate, or go on where a killed run was."""
    arguments = parse(Arguments, argv, command="translate")
    from korean_rlhf.translate.plan import TranslationPlan

    plan = TranslationPlan(
        settings=arguments.stage,
        server=arguments.server,
        reading=arguments.reading,
        selecting=arguments.selecting,
        options=arguments.engines,
        budget=arguments.budget,
        local=arguments.local,
    )
    if arguments.estimate:
        from korean_rlhf.translate.estimate import estimate

        estimate(arguments.inputs, arguments.out, plan)
        return 0
    from korean_rlhf.translate.run import translate

    translate(arguments.inputs, arguments.out, plan, replace=arguments.replace)
    return 0
