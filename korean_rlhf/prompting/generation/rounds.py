"""Rounds of generation: orders, instructions sifted, answers sifted, scores.

A round depends on nothing but the seeds, the settings, the rounds before it and the replies of the
model. The replies are in a cache by what was asked; so a run that was killed and starts again walks
through its rounds, is told what it paid for, and ends where an unbroken run ends.
"""

from __future__ import annotations

import random
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from korean_rlhf.endpoint import without_thoughts
from korean_rlhf.prompting.generation.answerable import unanswerable
from korean_rlhf.prompting.generation.answers import fault_of_answer
from korean_rlhf.prompting.generation.asking import (
    Asking,
    Order,
    Prompts,
    order_ids,
    read_tasks,
)
from korean_rlhf.prompting.generation.balance import Balance
from korean_rlhf.prompting.generation.borrowed import Borrowed
from korean_rlhf.prompting.generation.neighbours import Neighbours, Weights
from korean_rlhf.prompting.generation.tasks import (
    HONEST_KINDS,
    SELF_INSTRUCT,
    LostReply,
    Made,
    Seed,
    made_id,
)
from korean_rlhf.prompting.generation.unsafe import unsafe
from korean_rlhf.prompting.generation.wording import fault_of_wording
from korean_rlhf.records import Drop
from korean_rlhf.settings.generate import GenerateSettings
from korean_rlhf.tables import DroppedRecords

CHANGED = 0.97
"""An instruction at least so like the one that it was to change was not changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the work needs besides the server."""

    seeds: Sequence[Seed]
    known: Sequence[str]
    """Instructions beside the seeds, by which common syllables are told from rare ones: a user's
    seeds may be few."""
    prompts: Prompts
    settings: GenerateSettings
    borrowed: Borrowed


class Rounds:
    """All that was made so far, and how the next round goes on from it."""

    def __init__(self, told: Told, asking: Asking) -> None:
        self.told, self._asking = told, asking
        self.kept: list[Made] = []
        self.dropped = DroppedRecords()
        self.asked_for = 0
        """Instructions that were asked for; what the model left out is in no other count."""
        self._operations = list(told.prompts.operations(told.settings.operations))
        self._weights = Weights({*told.known, *(seed.instruction for seed in told.seeds)})
        self._neighbours = Neighbours(self._weights)
        self._of_kind: dict[str, list[Seed | Made]] = defaultdict(list)
        for seed in told.seeds:
            self._neighbours.add(seed.id, seed.instruction)
            self._of_kind[seed.kind].append(seed)
        self.balance = Balance(list(self._of_kind), told.settings)
        self._answers: set[str] = set()

    def go(self, number: int) -> int:
        """Do one round; return how many instructions it brought."""
        fresh = list(self._instructions(number))
        fresh = list(self._screened(fresh)) if self.told.settings.screen_model else fresh
        answered = list(self._answered(fresh))
        kept = list(self._scored(answered)) if self.told.settings.judge_model else answered
        for made in kept:
            self._of_kind[made.kind].append(made)
        self.kept += kept
        return len(kept)

    def orders(self, number: int) -> Iterator[Order]:
        """Yield the requests of a round, the rarest kinds first."""
        settings = self.told.settings
        pending: Counter[str] = Counter()
        for place in range(settings.requests_per_round):
            draw = random.Random(f"{settings.seed}:{number}:{place}")
            kind = self.balance.rarest(pending, draw)
            order = self._order(number, place, kind, draw)
            pending[kind] += len(order.ids)
            yield order

    def _order(self, number: int, place: int, kind: str, draw: random.Random) -> Order:
        settings, known = self.told.settings, self._of_kind[kind]
        if self._operations and draw.random() < settings.evolve_share:
            shown = draw.sample(known, min(settings.tasks_per_request, len(known)))
            ids = order_ids(settings.seed, number, place, len(shown))
            return Order(draw.choice(self._operations), kind, tuple(shown), ids)
        seeds = [task for task in known if isinstance(task, Seed)]
        made = [task for task in known if isinstance(task, Made)]
        shown = [
            *draw.sample(seeds, min(settings.seeds_shown, len(seeds))),
            *draw.sample(made, min(settings.made_shown, len(made))),
        ]
        ids = order_ids(settings.seed, number, place, settings.tasks_per_request)
        return Order(SELF_INSTRUCT, kind, tuple(shown), ids)

    def _instructions(self, number: int) -> Iterator[Made]:
        """Yield the instructions of a round that are good enough to be answered."""
        orders = list(self.orders(number))
        self.asked_for += sum(len(order.ids) for order in orders)
        replies = self._asking.server.each(self._asking.instructions, orders)
        for order, reply in zip(orders, replies, strict=True):
            for found in [reply] if isinstance(reply, Drop) else read_tasks(reply, order):
                if isinstance(found, Drop):
                    said = found.detail
                    lost = LostReply(
                        operation=order.operation, kind=order.kind, round=number, said=said
                    )
                    self.dropped(lost, found)
                    continue
                made = self._compared(self._made(order, *found, number))
                drop = self._fault(made)
                if drop:
                    self.dropped(made, drop)
                    continue
                self._neighbours.add(made.id, made.instruction)
                self.balance.add(made)
                yield made

    def _made(self, order: Order, id: str, text: str, number: int) -> Made:
        instruction = unicodedata.normalize("NFC", text).strip()
        changed = order.operation != SELF_INSTRUCT
        shown = [order.shown[order.ids.index(id)]] if changed else order.shown
        return Made(
            id=made_id(order.kind, instruction),
            kind=order.kind,
            instruction=instruction,
            operation=order.operation,
            parents=tuple(task.id for task in shown),
            prompt=self.told.prompts.source(order.operation),
            round=number,
        )

    def _compared(self, made: Made) -> Made:
        """Return `made` with its nearest; the one that it was to change does not count."""
        own = made.parents if made.operation != SELF_INSTRUCT else ()
        found = self._neighbours.nearest(made.instruction, besides=own)
        if found is None:
            return made
        return replace(made, nearest=found.name, similarity=found.similarity)

    def _fault(self, made: Made) -> Drop | None:
        """Return why an instruction is not taken: its form first, then its sense, then its kin."""
        settings, borrowed = self.told.settings, self.told.borrowed
        drop = fault_of_wording(made.instruction, settings)
        if drop is None and made.kind not in HONEST_KINDS:
            drop = unanswerable(made.instruction)
        drop = drop or unsafe(made.instruction)
        if drop:
            return drop
        if made.similarity >= settings.near:
            return Drop("near-duplicate", f"{made.similarity:.3f} like {made.nearest}")
        if made.operation != SELF_INSTRUCT and self._unchanged(made):
            return Drop("unchanged", made.parents[0])
        item = borrowed.contaminated(made.instruction)
        if item:
            return Drop("contaminated", item)
        return self.balance.excess(made)

    def _unchanged(self, made: Made) -> bool:
        known = self._of_kind[made.kind]
        parent = next(task for task in known if task.id == made.parents[0])
        return self._weights.similarity(made.instruction, parent.instruction) >= CHANGED

    def _screened(self, fresh: Sequence[Made]) -> Iterator[Made]:
        """Yield what the screening model finds harmless and answerable."""
        drops = self._asking.server.each(self._asking.fit, fresh)
        for made, drop in zip(fresh, drops, strict=True):
            if drop:
                self._take_back(made, drop)
            else:
                yield made

    def _answered(self, fresh: Sequence[Made]) -> Iterator[Made]:
        """Yield what was answered well, with its answer."""
        replies = self._asking.server.each(self._asking.answer, fresh)
        for made, reply in zip(fresh, replies, strict=True):
            if isinstance(reply, Drop):
                self._take_back(made, reply)
                continue
            said = without_thoughts(reply.text) or ""
            made = replace(made, answer=unicodedata.normalize("NFC", said).strip())
            drop = fault_of_answer(
                made, reply.finish_reason, self.told.settings, self.told.borrowed
            ) or self._said_before(made)
            if drop:
                self._take_back(made, drop)
            else:
                yield replace(made, register=self._register(made.answer))

    def _register(self, answer: str) -> str:
        levels = {level for level in self.told.borrowed.levels(answer) if level}
        return levels.pop() if len(levels) == 1 else "mixed" if levels else ""

    def _said_before(self, made: Made) -> Drop | None:
        """Return a drop for a long answer that another instruction has already got."""
        if len(made.answer) >= 40 and made.answer in self._answers:
            return Drop("answer-repeated", made.answer[:80])
        self._answers.add(made.answer)
        return None

    def _scored(self, answered: Sequence[Made]) -> Iterator[Made]:
        """Yield what the judge finds good enough, with the score."""
        verdicts = self._asking.server.each(self._asking.score, answered)
        for made, verdict in zip(answered, verdicts, strict=True):
            if isinstance(verdict, Drop):
                self._take_back(made, verdict)
            elif verdict < self.told.settings.min_score:
                self._take_back(replace(made, score=verdict), Drop("low-score", f"{verdict:g}"))
            else:
                yield replace(made, score=verdict)

    def _take_back(self, made: Made, drop: Drop) -> None:
        self.balance.take_back(made)
        self.dropped(made, drop)


def counts(rounds: Rounds) -> dict[str, Any]:
    """Return the counts of the manifest: what came, what was kept, why the rest was not."""
    kept = len(rounds.kept)
    return rounds.dropped.counts(kept + len(rounds.dropped), kept)
