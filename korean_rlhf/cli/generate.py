"""Make new Korean instructions with answers from seeds, through an OpenAI-compatible server.

The API key, where the server wants one, is read from the environment variable KOREAN_RLHF_API_KEY.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from korean_rlhf.assets import asset_dir
from korean_rlhf.cli.arguments import Nested, parse
from korean_rlhf.settings.endpoint import EndpointSettings
from korean_rlhf.settings.generate import GenerateSettings

if TYPE_CHECKING:
    from korean_rlhf.prompting.generation.borrowed import Borrowed


@dataclass(frozen=True, kw_only=True)
class GenerateArguments:
    """From what instructions are made, and where they go."""

    out: Path
    """Folder for instructions.jsonl, dropped.jsonl and report.html."""

    seeds: tuple[Path, ...] = ()
    """Instructions or prompts to begin from; by default our own, prompts/instructions."""

    stage: Nested[GenerateSettings]

    server: Nested[EndpointSettings]

    decontaminate: tuple[Path, ...] = ()
    """Fingerprints of benchmarks to keep away from; by default those in evals/fingerprints."""

    replace: bool = False
    """Delete what is in --out and start anew; answers already paid for are used again."""


def run(argv: list[str]) -> int:
    """Generate, or go on where a killed run was."""
    arguments = parse(GenerateArguments, argv, command="prompts generate")
    from korean_rlhf.prompting.generation.run import generate, own_instructions

    benchmarks = arguments.decontaminate or shipped_fingerprints()
    generate(
        arguments.seeds or (own_instructions(),),
        arguments.out,
        arguments.stage,
        arguments.server,
        borrow(benchmarks, arguments.stage.contaminated_share),
        benchmarks=benchmarks,
        replace=arguments.replace,
    )
    return 0


def shipped_fingerprints() -> tuple[Path, ...]:
    """Return the files in evals/fingerprints."""
    return tuple(sorted((asset_dir("evals") / "fingerprints").glob("*.fingerprints")))


def borrow(benchmarks: Sequence[Path], share: float) -> Borrowed:
    """Return what other rooms know: speech levels, benchmarks, refusals, verdicts of judges."""
    from korean_rlhf.evaluate.judge.exchanges import guarded
    from korean_rlhf.evaluate.judge.verdicts import Score, parse_score
    from korean_rlhf.evaluate.refusal import reply_kind
    from korean_rlhf.prompting.generation.borrowed import Borrowed
    from korean_rlhf.translate.register import sentences

    def read_score(said: str) -> float | None:
        found = parse_score(said)
        return found.value if isinstance(found, Score) else None

    return Borrowed(
        levels=lambda text: [sentence.level for sentence in sentences(text)],
        contaminated=_finder(benchmarks, share),
        refuses=lambda answer: reply_kind(answer) == "refused",
        read_score=read_score,
        guarded=guarded,
    )


def _finder(benchmarks: Sequence[Path], share: float) -> Callable[[str], str]:
    """Return a function that names the benchmark item of which a text holds at least `share`."""
    from korean_rlhf.dedup.contamination import Fingerprints, find_hits
    from korean_rlhf.dedup.grams import fold

    marks = Fingerprints.of(benchmarks)

    def find(text: str) -> str:
        if marks is None:
            return ""
        hits = find_hits(fold([text]), marks, share).to_pylist()
        if not hits:
            return ""
        best = max(hits, key=lambda hit: hit["share"])
        file = marks.files[best["benchmark"]]
        return f"{file.header.name} {file.label(best['item'])}"

    return find
