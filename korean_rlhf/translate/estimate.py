"""What a translation would send and cost, without sending anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from korean_rlhf.progress import say
from korean_rlhf.records import Drop
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines import Engine, MaskStyle, Row, open_engine
from korean_rlhf.translate.plan import TranslationPlan
from korean_rlhf.translate.reading import Context, Record, Unread, read_records
from korean_rlhf.translate.rows import translate_records
from korean_rlhf.translate.run import full_batches
from korean_rlhf.translate.selection import Selection, selection

NOT_SENT = Drop("not-sent", "this is an estimate")


@dataclass(slots=True)
class Estimate:
    """Counts of what is not paid for yet."""

    records: int = 0
    texts: int = 0
    requests: int = 0
    characters: int = 0
    cost: float = 0.0
    """In the currency of the prices; for a chat model a guess."""


def estimate(inputs: Sequence[Path], out: Path, plan: TranslationPlan) -> Estimate:
    """Say what the same call of `translate` would send and cost; nothing is sent.

    What the rules leave out costs nothing; questions of --classify and --rebuild are not counted.

    Raises:
        SettingsError: no model is named, or a key is missing.
    """
    settings = plan.settings
    plan.prompts()  # refuses what the run would refuse
    with closing(open_engine(plan.wanted(out))) as engine:
        records = read_records(inputs, plan.reading, Context(settings.license))
        chosen = selection(plan.selecting, {}, None, settings)
        found = weigh(full_batches(records, settings), engine, settings, chosen)
    price = f", about {found.cost:,.4f} in the currency of the prices" if found.cost else ""
    say(
        f"translate: {found.records:,} records hold {found.texts:,} texts to translate. Not paid "
        f"for yet: {found.characters:,} characters in {found.requests:,} requests{price}. Second "
        "tries are not counted. Nothing was sent."
    )
    return found


class Weighing(Engine):
    """Stands before an engine, counts what it would send, and sends nothing."""

    def __init__(self, engine: Engine, estimate: Estimate) -> None:
        self.name, self._engine, self._estimate = engine.name, engine, estimate

    @property
    def style(self) -> MaskStyle:
        """That of the engine."""
        return self._engine.style

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        """Return nothing but drops."""
        load = self._engine.load(rows)
        self._estimate.texts += len(rows)
        self._estimate.requests += load.requests
        self._estimate.characters += load.characters
        self._estimate.cost += load.cost
        return [NOT_SENT for _ in rows]


def weigh(
    batches: Iterable[Sequence[Record | Unread]],
    engine: Engine,
    settings: TranslateSettings,
    chosen: Selection,
) -> Estimate:
    """Return what the first try of every text would send; second tries are not known before."""
    estimate = Estimate()
    once = replace(settings, retries=0)
    weighing = Weighing(engine, estimate)
    for batch in batches:
        estimate.records += len(batch)
        chosen.outcomes(batch, lambda kept: translate_records(kept, weighing, once))
    return estimate
