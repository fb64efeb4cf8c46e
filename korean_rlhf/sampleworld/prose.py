"""The prose that a model learns the language of the sample world from.

Documents are built of paragraphs: stories, encyclopedia entries, lessons in which a passage is read
and asked about, riddles, sums, talks. Every skill that the instructions ask for is met here first,
in sentences of its own, so that a small model can learn it from next-token prediction alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from korean_rlhf.sampleworld.conjugate import Register
from korean_rlhf.sampleworld.entries import entry_paragraph, list_paragraph, riddle_paragraph
from korean_rlhf.sampleworld.frames import fill
from korean_rlhf.sampleworld.lexicon import in_category, of_kind
from korean_rlhf.sampleworld.plan import Plan, answer, choose, reserved
from korean_rlhf.sampleworld.reading import (
    RELATIONS,
    Fact,
    draw_fact,
    draw_passage,
    draw_relation,
    plan_for,
    state,
)
from korean_rlhf.sampleworld.tasks import make_plan

Paragraph: TypeAlias = Callable[[random.Random], str]

_PERSONAL = tuple(relation for relation in RELATIONS if relation.subject == "who")
_ROLES = (
    ("선생님", "학생"), ("어머니", "아이"), ("아버지", "아이"), ("손님", "점원"), ("할머니",
     "손자"), ("기자", "주민"),
)  # fmt: skip
_LABELS = (("문제", "정답"), ("물음", "대답"), ("질문", "답"), ("문", "답"), ("가", "나"))
_FRIENDS = (("형", "동생"), ("언니", "동생"), ("누나", "동생"), ("짝꿍", "나"))
_LINKS = ("", "", "", "그리고 ", "또 ", "한편 ")
_OPENINGS = (
    "{when} 있었던 [일=|present].", "{who}의 [이야기=|present].",
    "우리 동네 이야기를 [하다|present].", "{who:와} 친구들의 [하루=|present].",
    "오늘은 {who}에 대해 [쓰다|present].", "다음은 {who:가} 들려준 [이야기=|present].",
    "{city}에서 있었던 [일=|present].",
)  # fmt: skip
_ASKING = (
    "{a:가} 물었다. \"{q}\" {b:가} 대답했다. \"{answer}\"",
    "\"{q}\" {a:가} 물었다. \"{answer}\" {b:가} 말했다.",
    "{a:는} {b}에게 \"{q}\" 하고 물었다. {b:는} \"{answer}\" 하고 대답했다.",
    "{a:가} \"{q}\" 하고 묻자 {b:가} \"{answer}\" 하고 말했다.",
)  # fmt: skip

_AGAIN = ("다시 말하면 ", "정리하면 ", "그러니까 ", "곧, ", "")
_AGAIN_LISTED = ("다시 말하면 ", "다시 부르면 ", "적어 보면 ", "확인하면 ")
_STALLS = (
    ("시장", ("과일", "채소", "꽃", "옷")), ("식당", ("음식", "음료")), ("동물원", ("동물", "새")),
    ("가게", ("간식", "음료", "과일")),
)  # fmt: skip
_TAKEN = (
    (("음식", "음료"), "시키다"), (("과일", "간식"), "고르다"), (("학용품", "옷"), "가져오다"),
    (("동물",), "그리다"), (("꽃",), "사다"),
)  # fmt: skip
MOST_GOODS = 14
"""Nouns of a category that lists and games use: few words, often."""


def story_paragraph(rng: random.Random) -> str:
    """Return a story about two or three people that comes back to what it told."""
    level: Register = choose(rng, ("haera", "haera", "haeyo", "hapsyo"))
    people = tuple(noun.name for noun in rng.sample(of_kind("person"), 2))
    sentences, facts = [_opening(rng, people[0], level)] if rng.random() < 0.5 else [], []
    taken: frozenset[str] = frozenset()
    told = rng.sample(_PERSONAL, choose(rng, (3, 4, 5)))
    for turn, relation in enumerate(told):
        fact = draw_fact(rng, relation, "train", subjects=(people[turn % 2],), taken=taken)
        taken |= frozenset(fact.values.values()) - set(people)
        facts.append(fact)
        sentences.append((choose(rng, _LINKS) if turn else "") + state(rng, fact, level))
    for fact in rng.sample(facts, 2):
        sentences.append(_recall(rng, fact, level))
    return " ".join(sentences)


def _opening(rng: random.Random, who: str, level: Register) -> str:
    values = {
        "who": who,
        "when": choose(rng, ("어제", "지난주에", "주말에")),
        "city": choose(rng, of_kind("city")).name,
    }
    return fill(choose(rng, _OPENINGS), values, level)


def _recall(rng: random.Random, fact: Fact, level: Register) -> str:
    """Return the fact once more, as an answer would put it."""
    ask = fact.relation.asks[choose(rng, tuple(fact.relation.asks))]
    return fill(choose(rng, ask.full), fact.values, level)


def lesson_paragraph(rng: random.Random) -> str:
    """Return a passage, some questions about it, and their answers."""
    relation = draw_relation(rng)
    asked, facts = draw_passage(rng, "train", relation)
    level: Register = choose(rng, ("haeyo", "haeyo", "haera", "hapsyo"))
    context = " ".join(state(rng, fact, level) for fact in facts)
    talk = _draw_talk(rng)
    lines = [f"{talk.one}: {context}" if talk.spoken and rng.random() < 0.5 else context]
    asks = [(place, slots) for place, fact in enumerate(facts) for slots in fact.relation.asks]
    first = (facts.index(asked), choose(rng, tuple(asked.relation.asks)))
    for place, slots in dict.fromkeys([first, *rng.sample(asks, min(len(asks), 3))]):
        plan = plan_for(rng, facts[place], facts, slots, "train", talk.asker, context)
        lines += [f"{talk.one}: {plan.question}", f"{talk.two}: {_right(rng, plan, talk.asker)}"]
    return "\n".join(lines)


def retold_paragraph(rng: random.Random) -> str:
    """Return a passage and the same facts twice more, in other words and another order."""
    _, facts = draw_passage(rng, "train")
    level: Register = choose(rng, ("haeyo", "haeyo", "haera", "hapsyo"))
    again: Register = choose(rng, (level, "haeyo", "hapsyo"))
    told = [state(rng, fact, level) for fact in facts]
    retold = [_recall(rng, fact, again) for fact in rng.sample(facts, len(facts)) * 2]
    return " ".join([*told, choose(rng, _AGAIN) + retold[0], *retold[1:]])


def market_paragraph(rng: random.Random) -> str:
    """Return a round of the memory game 시장에 가면: all said before and one thing more."""
    place, kinds = choose(rng, _STALLS)
    pool = _goods(kinds)
    goods = rng.sample(pool, min(len(pool), choose(rng, (4, 5, 6))))
    said = [fill("{x:도} 있고", {"x": name}) for name in goods]
    return "\n".join(
        f"{place}에 가면 {' '.join(said[:count])}" for count in range(2, len(said) + 1)
    )


def roll_paragraph(rng: random.Random) -> str:
    """Return who took what, and the list read out again in other orders."""
    kinds, verb = choose(rng, _TAKEN)
    goods = _goods(kinds)
    pairs: list[tuple[str, str]] = []
    for noun in rng.sample(of_kind("person"), choose(rng, (3, 4, 5))):
        free = [thing for thing in goods if not reserved(noun.name, thing)]
        if free:
            pairs.append((noun.name, choose(rng, free)))
            goods.remove(pairs[-1][1])
    lines = [_listed(pairs, verb)]
    for _ in range(3):
        rng.shuffle(pairs)
        turned = rng.random() < 0.5
        lines.append(
            choose(rng, _AGAIN_LISTED) + (_turned(pairs) if turned else _listed(pairs, verb))
        )
    return "\n".join(lines)


def _goods(kinds: tuple[str, ...]) -> list[str]:
    return [noun.name for noun in in_category(*kinds)][:MOST_GOODS]


def _listed(pairs: list[tuple[str, str]], verb: str) -> str:
    *head, (who, thing) = pairs
    told = [fill("{who:는} {thing}", {"who": one, "thing": other}) for one, other in head]
    last = fill("{who:는} {thing:를} [" + verb + "|past].", {"who": who, "thing": thing}, "haera")
    return ", ".join([*told, last])


def _turned(pairs: list[tuple[str, str]]) -> str:
    frame = "{thing:는} {who}"
    return ", ".join(fill(frame, {"who": who, "thing": thing}) for who, thing in pairs) + "."


@dataclass(frozen=True, slots=True)
class _Talk:
    """Who asks whom, in which speech level."""

    one: str
    two: str
    asker: Register
    spoken: bool
    """Whether they are people; a label such as 물음 stands before questions only."""


def _draw_talk(rng: random.Random) -> _Talk:
    draw = rng.random()
    if draw < 0.2:
        one, two = choose(rng, _FRIENDS)
        return _Talk(one, two, "hae", True)
    one, two = choose(rng, _ROLES if draw < 0.6 else _LABELS)
    return _Talk(one, two, choose(rng, ("haeyo", "haeyo", "haeyo", "hapsyo")), draw < 0.6)


def _right(rng: random.Random, plan: Plan, asker: Register) -> str:
    """Return a right answer, 반말 only between those who speak so."""
    levels: tuple[Register, ...] = ("haeyo", "haeyo", "haeyo", "hapsyo")
    level: Register = choose(rng, ("hae", "hae", "haeyo") if asker == "hae" else levels)
    return answer(
        plan, choose(rng, plan.full), level if level in plan.registers else plan.registers[0]
    )


def talk_paragraph(rng: random.Random) -> str:
    """Return questions of any family and their answers as a talk."""
    talk = _draw_talk(rng)
    lines = []
    for _ in range(choose(rng, (1, 2, 3))):
        plan = make_plan(rng, "train", talk.asker)
        lines += [plan.context] if plan.context and not talk.spoken else []
        question = f"{plan.context} {plan.question}".strip() if talk.spoken else plan.question
        lines += [f"{talk.one}: {question}", f"{talk.two}: {_right(rng, plan, talk.asker)}"]
    return "\n".join(lines)


def quoted_paragraph(rng: random.Random) -> str:
    """Return a question and its answer told in a story."""
    a, b = (noun.name for noun in rng.sample(of_kind("person"), 2))
    plan = make_plan(rng, "train", "haeyo")
    text = plan.context + plan.question
    if a in text or b in text or not plan.question.endswith("?"):
        return talk_paragraph(rng)
    values = {"a": a, "b": b, "q": "\0", "answer": "\1"}
    told = fill(choose(rng, _ASKING), values).replace("\0", plan.question)
    told = told.replace("\1", _right(rng, plan, "haeyo"))
    return f"{plan.context} {told}".strip()


def day_paragraph(rng: random.Random) -> str:
    """Return the day of one person, hour by hour, and what came first."""
    level: Register = choose(rng, ("haera", "haeyo", "hapsyo"))
    hour = next(relation for relation in RELATIONS if relation.name == "hour")
    order = next(relation for relation in RELATIONS if relation.name == "order")
    who = (choose(rng, of_kind("person")).name,)
    first = draw_fact(rng, hour, "train", subjects=who)
    second = draw_fact(
        rng, order, "train", subjects=who, taken=frozenset(first.values.values()) - {*who}
    )
    parts = [
        state(rng, first, level),
        state(rng, second, level),
        _recall(rng, second, level),
        _recall(rng, first, level),
    ]
    return " ".join(parts)


PARAGRAPHS: tuple[tuple[Paragraph, float], ...] = (
    (lesson_paragraph, 9.0), (talk_paragraph, 8.0), (retold_paragraph, 4.0), (roll_paragraph, 1.5),
    (market_paragraph, 0.7), (story_paragraph, 0.5), (quoted_paragraph, 0.5),
    (entry_paragraph, 0.5), (day_paragraph, 0.2), (list_paragraph, 0.2), (riddle_paragraph, 0.2),
)  # fmt: skip


def document(rng: random.Random, characters: int) -> str:
    """Return a document of at least `characters`, paragraphs parted by empty lines."""
    makers, weights = [m for m, _ in PARAGRAPHS], [w for _, w in PARAGRAPHS]
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < characters:
        paragraphs.append(choose(rng, makers, weights)(rng))
    return "\n\n".join(paragraphs)
