"""The part of the stage that comes before translation: what is left out, or made anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from korean_rlhf.endpoint import Endpoint
from korean_rlhf.promptfiles import PromptFile
from korean_rlhf.records import Drop, Instruction
from korean_rlhf.settings.select import SelectSettings
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.asking import Asker, classified, is_single, rebuilt
from korean_rlhf.translate.reading import Record, Unread
from korean_rlhf.translate.rows import Rejected, Translated
from korean_rlhf.translate.selecting import untranslatable

Outcome = Translated | Rejected | Unread
Work = Callable[[list[Record]], Sequence[Translated | Rejected]]


@dataclass(frozen=True)
class Selection:
    """Decides which records are translated; called from many threads."""

    settings: SelectSettings
    classifier: Asker | None
    rebuilder: Asker | None
    counts: Counter[str]
    """Rows found by a rule, found by the model, and made anew."""
    counting: Lock

    def stop(self) -> None:
        """Let no question wait any longer: the work has failed."""
        for asker in (self.classifier, self.rebuilder):
            if asker:
                asker.endpoint.stop()

    def outcomes(self, batch: Sequence[Record | Unread], translate: Work) -> list[Outcome]:
        """Return what becomes of each of `batch`; what is not left out goes through `translate`."""
        records = [item for item in batch if not isinstance(item, Unread)]
        drops = self._drops(records)
        kept = [record for record, drop in zip(records, drops, strict=True) if not drop]
        translated = iter(translate(kept) if kept else ())
        decided = iter(drops)
        found: list[Outcome] = []
        for item in batch:
            drop = None if isinstance(item, Unread) else next(decided)
            if isinstance(item, Unread):
                found.append(item)
            else:
                found.append(self._without(item, drop) if drop else next(translated))
        return found

    def _drops(self, records: Sequence[Record]) -> list[Drop | None]:
        kinds = self.settings.dropped_kinds
        drops = [untranslatable(record.messages, kinds) for record in records]
        self._count("by-rule", sum(drop is not None for drop in drops))
        open_places = [place for place, drop in enumerate(drops) if not drop]
        if self.classifier and open_places:
            asked = [records[place] for place in open_places]
            said = classified(asked, self.classifier, kinds)
            self._count("by-model", sum(drop is not None for drop in said))
            for place, drop in zip(open_places, said, strict=True):
                drops[place] = drop
        return drops

    def _without(self, record: Record, drop: Drop) -> Translated | Rejected:
        """Return the Korean task made in place of `record`, or its drop."""
        if not self.rebuilder or not isinstance(record, Instruction) or not is_single(record):
            return Rejected(record, drop)
        made, texts = rebuilt(record, drop, self.rebuilder)
        if isinstance(made, Drop):
            detail = f"{drop.detail}; rebuilding failed: {made.reason}: {made.detail}"
            return Rejected(record, Drop(drop.reason, detail), tuple(texts))
        self._count("rebuilt", 1)
        return Translated(made, record)

    def _count(self, name: str, number: int) -> None:
        with self.counting:
            self.counts[name] += number


def selection(
    settings: SelectSettings,
    prompts: Mapping[str, PromptFile],
    server: Endpoint | None,
    stage: TranslateSettings,
) -> Selection:
    """Return the selection that `settings` ask for, its questions asked of `server`.

    Without a server nothing is asked: the rules decide alone, and nothing is made anew.
    """
    askers = {name: Asker(server, stage, prompt) for name, prompt in prompts.items() if server}
    return Selection(settings, askers.get("classify"), askers.get("rebuild"), Counter(), Lock())
