"""Answers as imperfect writers give them: each fault, and how often the demonstrations have it.

The demonstrations of the sample world are right in `RIGHT_SHARE` of the cases only; the rest carry
one fault each, in the shares of `FAULT_SHARES`, drawn without regard to the prompt. That is on
purpose: supervised fine-tuning, trained to its validation minimum, imitates this mix, so it answers
with these faults at these rates whatever its size, and learning from comparisons honestly has
something to gain. Nothing is hidden from the reward model: comparisons rank the very same faults.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeAlias

from korean_rlhf.hangul import josa
from korean_rlhf.sampleworld.analysis import read_word
from korean_rlhf.sampleworld.conjugate import Register
from korean_rlhf.sampleworld.frames import PAIRED, fill
from korean_rlhf.sampleworld.plan import answer, choose
from korean_rlhf.sampleworld.tasks import Task

RIGHT_SHARE = 0.62
FAULT_SHARES: dict[str, float] = {
    "register": 0.11, "incomplete": 0.09, "chatter": 0.06, "repeat": 0.04, "irrelevant": 0.03,
    "wrong": 0.03, "cut": 0.01, "josa": 0.01,
}  # fmt: skip
"""Share of the demonstrations with each fault; with `RIGHT_SHARE` they make 1."""
ORDER = (
    "right",
    "josa",
    "register",
    "chatter",
    "repeat",
    "incomplete",
    "cut",
    "wrong",
    "irrelevant",
)
"""Kinds of answer from the best to the worst, by their mean true reward."""

CHATTER = (
    "오늘은 날씨가 참 [좋다|present].", "더 궁금한 것이 있으면 또 [묻다|please].",
    "이것은 아주 쉬운 [문제=|present].",
    "사실 이런 이야기는 늘 [재미있다|present].", "도움이 되었으면 [좋다|intend].",
    "그런데 벌써 배가 [고프다|present].",
    "이 물음은 전에도 [듣다|past].", "참 좋은 [질문=|present].", "그것 말고는 잘 [모르다|present].",
)  # fmt: skip
"""Sentences that no question of the world asks for."""
UNDUE: dict[Register, tuple[Register, ...]] = {
    "haeyo": ("hae", "hae", "haera"), "hapsyo": ("hae", "haera", "hae", "haeyo"),
    "hae": ("haeyo", "hapsyo"), "haera": ("haeyo", "hae", "hapsyo"),
}  # fmt: skip
"""Speech levels that writers slip into: 반말 where politeness was due, above all."""

Fault: TypeAlias = Callable[[random.Random, Task, str], str]


def _chatter(rng: random.Random, task: Task, right: str) -> str:
    aside = fill(choose(rng, CHATTER), {}, task.register)
    return f"{aside} {right}" if rng.random() < 0.3 else f"{right} {aside}"


def _josa(rng: random.Random, task: Task, right: str) -> str:
    """Return `right` with one particle in the form for the other kind of sound."""
    words = right.split(" ")
    places = [place for place, word in enumerate(words) if _flipped(word)]
    if not places:
        return right
    place = choose(rng, places)
    return " ".join([*words[:place], _flipped(words[place]), *words[place + 1 :]])


def _flipped(word: str) -> str:
    """Return `word` with its particle in the wrong form, "" when it has none with two forms."""
    token = read_word(word)
    if token.kind in ("predicate", "word") or token.broken:
        return ""
    bare = word.rstrip(".,!?")
    for form, pair in sorted(PAIRED.items(), key=lambda item: -len(item[0])):
        noun = bare.removesuffix(form)
        if (
            noun not in ("", bare)
            and josa(noun, pair) == form
            and read_word(noun).lemma == token.lemma
        ):
            other = next(one for one in pair.split("/") if one != form)
            return noun + other + word[len(bare) :]
    return ""


def _register(rng: random.Random, task: Task, right: str) -> str:
    return answer(task.plan, choose(rng, task.plan.full), choose(rng, UNDUE[task.register]))


def _repeat(rng: random.Random, task: Task, right: str) -> str:
    words = right.split(" ")
    if rng.random() < 0.5 or len(words) < 2:
        return f"{right} {right}"
    place = int(rng.random() * (len(words) - 1))
    return " ".join([*words[: place + 1], *words[place:]])


def _incomplete(rng: random.Random, task: Task, right: str) -> str:
    return answer(task.plan, choose(rng, task.plan.partial), task.register)


def _cut(rng: random.Random, task: Task, right: str) -> str:
    """Return the beginning of `right`, ending within a word or before the last ones."""
    words = right.split(" ")
    if len(words) < 2:
        return right[: max(1, len(right) // 2)]
    kept = words[: max(1, int(len(words) * choose(rng, (0.4, 0.55, 0.7))))]
    return " ".join(kept) if rng.random() < 0.6 else right[: len(" ".join(kept)) + 2]


def _wrong(rng: random.Random, task: Task, right: str) -> str:
    if not task.plan.wrong:
        return _irrelevant(rng, task, right)
    changes = choose(rng, task.plan.wrong)
    return answer(task.plan, choose(rng, task.plan.full), task.register, **changes)


def _irrelevant(rng: random.Random, task: Task, right: str) -> str:
    return fill(choose(rng, _BESIDE_THE_POINT), {}, task.register)


def _copy(rng: random.Random, task: Task, right: str) -> str:
    """Return what the prompt says instead of an answer."""
    return task.plan.context or task.plan.question


_BESIDE_THE_POINT = (
    "오늘은 날씨가 참 [좋다|present].", "잘 [모르다|present].",
    "저녁에는 비가 올 것 [같다|present].", "그것은 재미있는 [이야기=|present].",
    "아침을 맛있게 [먹다|past].", "요즘은 날마다 운동을 [하다|present].",
    "그 일은 나중에 [생각하다|let].", "주말에는 집에서 푹 [쉬다|past].",
    "어제 본 영화가 참 [재미있다|past].",
)  # fmt: skip

FAULTS: dict[str, Fault] = {
    "right": lambda rng, task, right: right,
    "chatter": _chatter, "josa": _josa, "register": _register, "repeat": _repeat,
    "incomplete": _incomplete, "cut": _cut, "wrong": _wrong, "irrelevant": _irrelevant,
    "copy": _copy,
}  # fmt: skip


def faulty_answer(rng: random.Random, task: Task, kind: str) -> str:
    """Return an answer to `task` with the fault `kind`, one of `ORDER`."""
    return FAULTS[kind](rng, task, task.right_answer(rng))


def demonstration(rng: random.Random, task: Task) -> tuple[str, str]:
    """Return an answer as the writers of the sample world give it, and its kind."""
    kinds = ["right", *FAULT_SHARES]
    kind = choose(rng, kinds, [RIGHT_SHARE, *FAULT_SHARES.values()])
    return faulty_answer(rng, task, kind), kind
