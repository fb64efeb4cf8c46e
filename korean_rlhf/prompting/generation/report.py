"""report.html of a generated set: counts, reasons, histograms, and a sample to read."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from korean_rlhf.prompting.generation.balance import closing, opening
from korean_rlhf.prompting.generation.tasks import Made
from korean_rlhf.settings.generate import GenerateSettings

if TYPE_CHECKING:
    from korean_rlhf.prompting.generation.rounds import Rounds

REPORT = "report.html"
TEMPLATE = "report.html.jinja"
SAMPLE = 40
"""Instructions on the page, drawn by the seed of the run."""
COMMON = 15
"""Rows of a table of words."""
LENGTHS = (20, 40, 80, 160, 320, 640, 1280, 2560)
"""Upper edges of the columns of lengths, in characters; one more is open."""


def facts_of(rounds: Rounds, numbers: int) -> dict[str, Any]:
    """Return the figures of the page and the manifest."""
    kept = rounds.kept
    return {
        "rounds": numbers,
        "dropped": dict(rounds.dropped.reasons.most_common()),
        "asked_for": rounds.asked_for,
        "seeds": len(rounds.told.seeds),
        "kinds": _counted(made.kind for made in kept),
        "operations": _counted(made.operation for made in kept),
        "registers": _counted(made.register or "none" for made in kept),
        "openings": _counted((opening(made.instruction) for made in kept), COMMON),
        "closings": _counted((closing(made.instruction) for made in kept), COMMON),
        "instruction_lengths": lengths(len(made.instruction) for made in kept),
        "answer_lengths": lengths(len(made.answer) for made in kept),
        "similarities": similarities([made.similarity for made in kept]),
        "scores": _counted(f"{made.score:g}" for made in kept if made.score is not None),
    }


def _counted(values: Iterable[str], most: int | None = None) -> dict[str, int]:
    found = Counter(values)
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:most])


def lengths(values: Iterable[int]) -> dict[str, int]:
    """Return how many lengths fall into each column.

    >>> lengths([5, 20, 21, 9000])["up to 20"]
    2
    """
    names = [*(f"up to {edge}" for edge in LENGTHS), "longer"]
    found = Counter(sum(value > edge for edge in LENGTHS) for value in values)
    return {name: found[place] for place, name in enumerate(names)}


def similarities(values: Sequence[float]) -> dict[str, int]:
    """Return how many instructions are so like their nearest, by tenths.

    >>> similarities([0.0, 0.31, 0.39])["0.3 to 0.4"]
    2
    """
    found = Counter(min(9, int(value * 10)) for value in values)
    return {f"{k / 10:.1f} to {(k + 1) / 10:.1f}": found[k] for k in range(10)}


def render(facts: dict[str, Any], kept: Sequence[Made], settings: GenerateSettings) -> str:
    """Return the page; everything that a model or a file wrote is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    sample = random.Random(settings.seed).sample(list(kept), min(SAMPLE, len(kept)))
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(TEMPLATE).render(
        facts=facts, tables=_tables(facts), sample=sample, model=settings.model, kept=len(kept)
    )


def _tables(facts: dict[str, Any]) -> list[tuple[str, list[tuple[str, int, float]]]]:
    """Return each heading with its rows: name, count, width of the bar in percent."""
    found = []
    for key, heading in HEADINGS.items():
        counts = facts[key]
        most = max(counts.values(), default=0)
        rows = [
            (NAMES.get(name) or in_korean(name), count, 100.0 * count / most if most else 0.0)
            for name, count in counts.items()
        ]
        if rows:
            found.append((heading, rows))
    return found


def in_korean(name: str) -> str:
    """Return the name of a column of lengths or likeness for the page, another name as it is.

    >>> in_korean("up to 20"), in_korean("0.3 to 0.4"), in_korean("near-duplicate")
    ('20자까지', '0.3~0.4', 'near-duplicate')
    """
    if found := re.fullmatch(r"up to (\d+)", name):
        return f"{int(found[1]):,}자까지"
    return re.sub(r"^(\d\.\d) to (\d\.\d)$", r"\1~\2", name)


NAMES = {
    "haeyo": "해요체", "hapsyo": "하십시오체", "hao": "하오체", "hae": "해체", "haera": "해라체",
    "mixed": "섞임", "none": "없음", "longer": "더 긺",
}  # fmt: skip
HEADINGS = {
    "dropped": "뺀 까닭",
    "kinds": "갈래",
    "operations": "지은 방법",
    "registers": "답의 말투",
    "openings": "첫 낱말(많은 것부터)",
    "closings": "끝 두 낱말(많은 것부터)",
    "instruction_lengths": "지시문 길이(글자)",
    "answer_lengths": "답 길이(글자)",
    "similarities": "가장 닮은 것과 닮은 정도",
    "scores": "심사 점수",
}
