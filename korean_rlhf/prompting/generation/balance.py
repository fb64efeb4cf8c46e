"""The balance of what is kept: kinds of task, first words and last words."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

from korean_rlhf.prompting.generation.tasks import Made
from korean_rlhf.records import Drop
from korean_rlhf.settings.generate import GenerateSettings

FEWEST = 50
"""Instructions kept before shares of first and last words mean anything."""


def opening(instruction: str) -> str:
    """Return the first word of an instruction, without marks.

    >>> opening("'되'와 '돼'는 어떻게 달라요?"), opening("다음 글을 요약해 줘.")
    ('되와', '다음')
    """
    words = instruction.split()
    return _letters(words[0]) if words else ""


def closing(instruction: str) -> str:
    """Return the last two words of an instruction, in one and without marks.

    >>> closing("방법을 알려 주세요."), closing("방법을 알려주세요!")
    ('알려주세요', '방법을알려주세요')
    """
    return _letters("".join(instruction.split()[-2:]))


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


class Balance:
    """Counts what is kept, and says what there is enough of."""

    def __init__(self, kinds: Sequence[str], settings: GenerateSettings) -> None:
        self.kinds = Counter(dict.fromkeys(kinds, 0))
        self.openings: Counter[str] = Counter()
        self.closings: Counter[str] = Counter()
        self._settings = settings
        share = max(settings.max_kind_share, 1.0 / len(self.kinds))
        self.most_of_a_kind = math.ceil(share * settings.count)

    def add(self, made: Made) -> None:
        """Count an instruction that is kept so far."""
        self._count(made, 1)

    def take_back(self, made: Made) -> None:
        """Forget one whose answer was not good enough."""
        self._count(made, -1)

    def _count(self, made: Made, by: int) -> None:
        self.kinds[made.kind] += by
        self.openings[opening(made.instruction)] += by
        self.closings[closing(made.instruction)] += by

    def excess(self, made: Made) -> Drop | None:
        """Return what there is enough of already, None when `made` is welcome."""
        if self.kinds[made.kind] >= self.most_of_a_kind:
            return Drop("kind-full", f"{self.most_of_a_kind} of {made.kind}")
        total = max(FEWEST, self.kinds.total())
        for reason, word, counts, share in (
            ("opening-full", opening(made.instruction), self.openings, "max_opening_share"),
            ("closing-full", closing(made.instruction), self.closings, "max_closing_share"),
        ):
            if counts[word] + 1 > math.ceil(getattr(self._settings, share) * total):
                return Drop(reason, f"{counts[word]} of {total} already: {word}")
        return None

    def rarest(self, pending: Counter[str], draw: random.Random) -> str:
        """Return a kind of which least is kept or asked for; of several one by chance."""
        counts = {kind: kept + pending[kind] for kind, kept in self.kinds.items()}
        least = min(counts.values())
        return draw.choice([kind for kind, count in counts.items() if count == least])
