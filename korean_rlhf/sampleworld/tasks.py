"""A task in words: the prompt as a user would write it, its key, its answers."""

from __future__ import annotations

import random
from dataclasses import dataclass

from korean_rlhf.records import Message
from korean_rlhf.sampleworld.conjugate import Register
from korean_rlhf.sampleworld.counting import COUNTING
from korean_rlhf.sampleworld.frames import fill
from korean_rlhf.sampleworld.knowledge import KNOWLEDGE, Maker
from korean_rlhf.sampleworld.plan import Key, Plan, Split, answer, choose, make_key
from korean_rlhf.sampleworld.reading import reading_plan
from korean_rlhf.sampleworld.writing import WRITING

READING, KNOWING, COUNT, WRITE = 34.0, 0.12, 0.15, 1.6
"""Weight of reading, and factors of the other families: about 62 in 100 tasks are to be looked up
in a passage, 5 are knowledge, 4 counting and 29 writing. Knowledge that no training text
holds cannot be known, so the held-out questions ask little of it."""
MAKERS: tuple[tuple[Maker, float], ...] = (
    (reading_plan, READING),
    *((maker, weight * KNOWING) for maker, weight in KNOWLEDGE),
    *((maker, weight * COUNT) for maker, weight in COUNTING),
    *((maker, weight * WRITE) for maker, weight in WRITING),
)

ASKER_LEVELS: tuple[tuple[Register, float], ...] = (
    ("haeyo", 0.75),
    ("hae", 0.15),
    ("hapsyo", 0.10),
)
ANSWER_LEVELS: tuple[tuple[Register, float], ...] = (
    ("haeyo", 0.66), ("hapsyo", 0.15), ("hae", 0.12), ("haera", 0.07),
)  # fmt: skip
"""How users speak, and which speech level they ask for; 해요체 is what nobody has to ask for."""

LEVEL_REQUESTS: dict[Register, tuple[str, ...]] = {
    "haeyo": ("", "", "", "", "", "", "해요체로 [대답하다|favor].",
    "'-요'로 끝나게 [대답하다|favor]."),
    "hapsyo": ("격식을 갖춰 '-습니다'로 [대답하다|favor].", "하십시오체로 [대답하다|favor].",
    "발표하듯이 '-습니다'로 [말하다|favor].",
               "'-습니다'로 끝나게 [쓰다|favor]."),
    "hae": ("반말로 [대답하다|favor].", "친구에게 말하듯이 반말로 [답하다|favor].",
    "편하게 반말로 [말하다|favor]."),
    "haera": ("'-다'로 끝나는 글말로 [쓰다|favor].", "해라체로 [쓰다|favor].",
    "일기처럼 '-다'로 끝나게 [쓰다|favor]."),
}  # fmt: skip
HELD_LEVEL_REQUESTS: dict[Register, tuple[str, ...]] = {
    "haeyo": ("", "", "", "부드럽게 '-요'로 [답하다|favor]."),
    "hapsyo": ("아주 공손하게 '-습니다'로 [답하다|favor].",),
    "hae": ("존댓말 말고 반말로 [답하다|favor].",),
    "haera": ("글에 쓰듯이 '-다'로 끝나게 [답하다|favor].",),
}
WRAPPERS: tuple[str, ...] = (
    "{context}\n{question}", "{context} {question}",
    "다음 글을 읽고 [답하다|favor].\n{context}\n{question}",
    "글: {context}\n질문: {question}", "{question}\n\n{context}",
    "이야기를 읽고 [대답하다|favor].\n{context}\n물음: {question}",
    "[{context}]\n위 글을 보고 [답하다|favor]. {question}",
)  # fmt: skip
HELD_WRAPPERS: tuple[str, ...] = (
    "아래에 짧은 이야기가 있습니다.\n{context}\n이야기에 맞게 [답하다|favor]. {question}",
    "\"{context}\"\n{question}",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One prompt with its key; `plan` makes the answers."""

    messages: tuple[Message, ...]
    plan: Plan
    register: Register
    key: Key

    def right_answer(self, rng: random.Random) -> str:
        """Return one of the answers that lack nothing."""
        return answer(self.plan, choose(rng, self.plan.full), self.register)

    def right_answers(self) -> list[str]:
        """Return every answer that lacks nothing."""
        return list(dict.fromkeys(answer(self.plan, f, self.register) for f in self.plan.full))


def make_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Return a random task of a random family."""
    maker: Maker = choose(rng, [m for m, _ in MAKERS], [w for _, w in MAKERS])
    return maker(rng, split, asker)


def make_task(rng: random.Random, split: Split, *, two_turns: float = 0.1) -> Task:
    """Return a random prompt; `two_turns` of them follow on an earlier question and answer."""
    asker: Register = choose(rng, [a for a, _ in ASKER_LEVELS], [w for _, w in ASKER_LEVELS])
    task = to_task(rng, split, make_plan(rng, split, asker), asker)
    if rng.random() >= two_turns:
        return task
    earlier = to_task(rng, split, make_plan(rng, split, asker), asker)
    first = (*earlier.messages, Message(role="assistant", content=earlier.right_answer(rng)))
    return Task(
        messages=first + task.messages, plan=task.plan, register=task.register, key=task.key
    )


def to_task(rng: random.Random, split: Split, plan: Plan, asker: Register) -> Task:
    """Return `plan` as a user's message, with the speech level that the answer is to have."""
    levels = [(level, w) for level, w in ANSWER_LEVELS if level in plan.registers]
    register: Register = choose(rng, [a for a, _ in levels], [w for _, w in levels])
    text = _wrapped(rng, split, plan, asker)
    requests = HELD_LEVEL_REQUESTS if split == "held" else LEVEL_REQUESTS
    request = choose(rng, requests[register]) if len(plan.registers) > 1 else ""
    if request:
        text += ("\n" if rng.random() < 0.3 else " ") + fill(request, {}, asker)
    messages = (Message(role="user", content=text),)
    return Task(messages=messages, plan=plan, register=register, key=make_key(plan, register))


def _wrapped(rng: random.Random, split: Split, plan: Plan, asker: Register) -> str:
    if not plan.context:
        return plan.question
    frame = choose(rng, HELD_WRAPPERS if split == "held" else WRAPPERS)
    head = fill(
        frame.replace("[{context}]", "«{context}»"), {"context": "\0", "question": "\1"}, asker
    )
    return head.replace("\0", plan.context).replace("\1", plan.question)
