"""The nearest-neighbour baseline: answer a question with the answer of the most similar prompt.

What it earns shows how far copying goes; a model is worth something above it only.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from korean_rlhf import tables
from korean_rlhf.ngrams import character_ngrams, normalise_for_matching
from korean_rlhf.records import Instruction, Message

GRAM = 3
"""Length of the character n-grams; 2 to 4 choose nearly the same neighbours."""


class Copier:
    """An index of the demonstrations by the character n-grams of their prompts (TF-IDF, cosine)."""

    def __init__(self, demonstrations: Sequence[Instruction]) -> None:
        self._answers = [one.messages[-1].content for one in demonstrations]
        bags = [_grams(one.messages[:-1]) for one in demonstrations]
        seen = Counter(gram for bag in bags for gram in bag)
        self._weight = {gram: math.log(1 + len(bags) / count) for gram, count in seen.items()}
        self._index: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, bag in enumerate(bags):
            length = math.sqrt(sum((n * self._weight[g]) ** 2 for g, n in bag.items())) or 1.0
            for gram, count in bag.items():
                self._index[gram].append((place, count * self._weight[gram] / length))

    def answer(self, messages: Sequence[Message]) -> str:
        """Return the answer to the prompt most like `messages`; the first of equals."""
        scores: dict[int, float] = defaultdict(float)
        for gram, count in _grams(messages).items():
            for place, weight in self._index.get(gram, ()):
                scores[place] += count * self._weight[gram] * weight
        best = max(scores, key=lambda place: (scores[place], -place), default=0)
        return self._answers[best]


def _grams(messages: Sequence[Message]) -> Counter[str]:
    text = normalise_for_matching(" ".join(message.content for message in messages))
    return Counter(character_ngrams(text, GRAM))


def copier(data: Path) -> Callable[[str], str]:
    """Return the copier of a sample world folder: question in, nearest neighbour's answer out.

    Raises:
        MissingInput: the folder has no instructions.jsonl.
    """
    index = Copier(list(tables.read(data / "instructions.jsonl", Instruction)))
    return lambda question: index.answer((Message(role="user", content=question),))
