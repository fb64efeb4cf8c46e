"""Which words stand side by side in the sample world: a yardstick for text that is no sentence.

Learned from the world's own right answers with their nouns reduced to kinds (`analysis.Token.tag`),
so a new combination of known words fits, while word salad, cut syllables and lists do not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache

from korean_rlhf.sampleworld.analysis import tokens
from korean_rlhf.sampleworld.conjugate import REGISTERS
from korean_rlhf.sampleworld.entries import frames_of, values_of
from korean_rlhf.sampleworld.frames import fill
from korean_rlhf.sampleworld.lexicon import nouns
from korean_rlhf.sampleworld.plan import answer
from korean_rlhf.sampleworld.reading import RELATIONS, candidates, draw_fact
from korean_rlhf.sampleworld.relations import Relation
from korean_rlhf.sampleworld.tasks import MAKERS

SAMPLES = 120
"""Plans drawn of every family; more changed no score in the third digit."""
_EDGE = "|"


def _pairs(text: str) -> list[tuple[str, str]]:
    found = []
    for sentence in text.replace("!", ".").replace("?", ".").split("."):
        tags = [token.tag for token in tokens(sentence)]
        if tags:
            found += list(zip([_EDGE, *tags], [*tags, _EDGE], strict=True))
    return found


@lru_cache(maxsize=1)
def known_pairs() -> frozenset[tuple[str, str]]:
    """Return every pair of neighbouring tags that right sentences of the world hold."""
    rng = random.Random(1)
    pairs: set[tuple[str, str]] = set()
    for maker, _ in MAKERS:
        for turn in range(SAMPLES):
            plan = maker(rng, "held" if turn % 2 else "train", "haeyo")
            for frame in plan.full:
                for register in REGISTERS:
                    pairs.update(_pairs(answer(plan, frame, register)))
    for noun in nouns().values():
        for frame in sorted({frame for group in frames_of(noun) for frame in group}):
            for register in REGISTERS:
                pairs.update(_pairs(fill(frame, values_of(noun), register)))
    for relation in RELATIONS:
        frames = {*relation.states, *(f for ask in relation.asks.values() for f in ask.full)}
        for values in _every_value(rng, relation):
            for frame in sorted(frames):
                for register in REGISTERS:
                    pairs.update(_pairs(fill(frame, values, register)))
    return frozenset(pairs)


def _every_value(rng: random.Random, relation: Relation) -> Iterator[dict[str, str]]:
    """Yield facts of `relation` in which every action, mood and weather comes up."""
    base = dict(draw_fact(rng, relation, "train").values)
    for name, source in relation.slots.items():
        for value in candidates(source, base):
            values = base | {name: value}
            for other, kind in relation.slots.items():
                if " of " in kind:  # hangs on another slot
                    values[other] = candidates(kind, values)[0]
            yield values


def fluency(text: str) -> float:
    """Return the share of neighbouring words of `text` that fit together, squared: 0 to 1."""
    pairs = _pairs(text)
    if not pairs:
        return 0.0
    known = known_pairs()
    return (sum(pair in known for pair in pairs) / len(pairs)) ** 2
