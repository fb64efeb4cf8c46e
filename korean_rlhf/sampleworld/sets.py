"""The sets of the sample world: demonstrations, comparisons, prompts, held-out questions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from korean_rlhf.ngrams import dialogue_hashes
from korean_rlhf.progress import Advance
from korean_rlhf.records import Comparison, Instruction, Message, Prompt
from korean_rlhf.sampleworld.faults import demonstration, faulty_answer
from korean_rlhf.sampleworld.plan import Split, answer, choose
from korean_rlhf.sampleworld.preference import true_reward
from korean_rlhf.sampleworld.tasks import Task, make_task

SOURCE, LICENSE = "sample", "Apache-2.0"
RANKED_BY = "true preference of the sample world"
SMALLEST_GAP = 0.02
"""Rewards nearer than this are a tie to the world's labellers."""
_CHOICE_FAMILIES = frozenset(
    "reading category colour sound feed home place purpose opposite sum hours digits".split()
)


class Tasks:
    """Draws prompts, no turn of them twice in one world."""

    def __init__(self, rng: random.Random, advance: Advance) -> None:
        self._rng, self._advance = rng, advance
        self._used: set[str] = set()

    def draw(self, split: Split, *, two_turns: float = 0.1) -> Task:
        """Return a prompt that no other set of this world holds."""
        while True:
            task = make_task(self._rng, split, two_turns=two_turns)
            prompts = dialogue_hashes(task.messages)
            if self._used.isdisjoint(prompts):
                self._used.update(prompts)
                self._advance()
                return task

    def take_hash(self, hash: str) -> bool:
        """Keep a prompt made elsewhere from being drawn again; False if it already was."""
        fresh = hash not in self._used
        self._used.add(hash)
        return fresh


def demonstrations(
    rng: random.Random, tasks: Tasks, count: int
) -> Iterator[tuple[Instruction, str]]:
    """Yield demonstrations and what kind of answer each has."""
    for place in range(count):
        task = tasks.draw("train")
        text, kind = demonstration(rng, task)
        yield (
            Instruction(
                messages=(*task.messages, Message(role="assistant", content=text)),
                id=f"sample:instruction:{place:05d}",
                source=SOURCE,
                license=LICENSE,
                register=task.register,
            ),
            kind,
        )


def comparisons(rng: random.Random, tasks: Tasks, count: int) -> Iterator[Comparison]:
    """Yield prompts with 4 to 9 answers, ranked by the true preference."""
    for place in range(count):
        task = tasks.draw("train")
        answers: list[str] = []
        while len(answers) < 4:
            answers = _answers(rng, task, choose(rng, (4, 5, 6, 7, 8, 9)))
        rewards = [true_reward(task.key, text) for text in answers]
        yield Comparison(
            messages=task.messages,
            responses=tuple(answers),
            ranks=ranks(rewards),
            id=f"sample:comparison:{place:05d}",
            ranked_by=RANKED_BY,
            source=SOURCE,
            license=LICENSE,
        )


_KIND_WEIGHTS: dict[str, float] = {
    "right": 3.0, "register": 1.2, "incomplete": 0.7, "chatter": 1.2, "repeat": 1.2, "wrong": 1.0,
    "irrelevant": 0.6, "josa": 0.6, "cut": 0.3, "copy": 0.4,
}  # fmt: skip
"""How often the answers to rank are of each kind: like what a model trained on the demonstrations
gives, rare faults more often, long and short ones so that length alone ranks at chance. `copy`, the
passage given back, no writer would do, but a model may come to it."""


def _answers(rng: random.Random, task: Task, count: int) -> list[str]:
    """Return up to `count` different answers in random order."""
    kinds, weights = list(_KIND_WEIGHTS), list(_KIND_WEIGHTS.values())
    answers: dict[str, None] = {}
    for _ in range(count * 3):
        if len(answers) == count:
            break
        answers[faulty_answer(rng, task, choose(rng, kinds, weights))] = None
    found = [text for text in answers if text.strip()]
    rng.shuffle(found)
    return found


def ranks(rewards: list[float]) -> tuple[int, ...]:
    """Return a rank for each reward, 1 for the best; rewards nearer than a hair's breadth tie.

    >>> ranks([0.1, 1.0, 0.99, 0.5])
    (3, 1, 1, 2)
    """
    found: dict[float, int] = {}
    rank, last = 0, 0.0
    for reward in sorted(set(rewards), reverse=True):
        if rank == 0 or last - reward > SMALLEST_GAP:
            rank, last = rank + 1, reward
        found[reward] = rank
    return tuple(found[reward] for reward in rewards)


def prompts(tasks: Tasks, count: int) -> Iterator[Prompt]:
    """Yield prompts without answers, for PPO."""
    for place in range(count):
        yield _prompt(tasks.draw("train"), f"sample:prompt:{place:05d}")


def _prompt(task: Task, id: str) -> Prompt:
    return Prompt(messages=task.messages, id=id, source=SOURCE, license=LICENSE)


def prompts_to_rank(tasks: Tasks, count: int) -> Iterator[tuple[Prompt, dict[str, Any]]]:
    """Yield prompts whose answers the labellers will rank, and the key they rank them by."""
    for place in range(count):
        task = tasks.draw("train")
        prompt = _prompt(task, f"sample:to-rank:{place:05d}")
        yield prompt, {"id": prompt.id, "key": task.key}


def questions(tasks: Tasks, count: int) -> Iterator[dict[str, Any]]:
    """Yield held-out questions: unseen pairs of subject and value in unseen phrasings."""
    for place in range(count):
        task = tasks.draw("held", two_turns=0.0)
        yield {
            "id": f"sample:question:{place:04d}",
            "family": task.plan.family,
            "messages": [{"role": turn.role, "content": turn.content} for turn in task.messages],
            "key": task.key,
            "facts": [list(fact) for fact in task.plan.facts],
        }


def choices(rng: random.Random, tasks: Tasks, count: int) -> Iterator[dict[str, Any]]:
    """Yield held-out questions with four answers in the same words, one of them true."""
    place = 0
    while place < count:
        task = tasks.draw("held", two_turns=0.0)
        options = _options(rng, task)
        if len(options) == 4:
            right = options[0]
            rng.shuffle(options)
            yield {
                "id": f"sample:choice:{place:04d}",
                "family": task.plan.family,
                "question": task.messages[-1].content,
                "choices": options,
                "answer": options.index(right),
            }
            place += 1


def _options(rng: random.Random, task: Task) -> list[str]:
    """Return the right answer and up to three false ones."""
    plan = task.plan
    if plan.family not in _CHOICE_FAMILIES:
        return []
    frame = choose(rng, plan.full)
    options = [answer(plan, frame, task.register)]
    options += [answer(plan, frame, task.register, **changes) for changes in plan.wrong]
    return list(dict.fromkeys(options))[:4]
