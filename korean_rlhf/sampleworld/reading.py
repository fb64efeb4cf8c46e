"""Tasks that give a short passage and ask about it: the answer is in the passage, nowhere else."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from korean_rlhf.sampleworld import relations as told
from korean_rlhf.sampleworld import relations_more as more
from korean_rlhf.sampleworld.conjugate import Register
from korean_rlhf.sampleworld.frames import fill
from korean_rlhf.sampleworld.lexicon import in_category, nouns, of_kind
from korean_rlhf.sampleworld.numerals import counted
from korean_rlhf.sampleworld.plan import Part, Plan, Split, choose, reserved
from korean_rlhf.sampleworld.relations import Ask, Relation

RELATIONS: tuple[Relation, ...] = (
    told.GO, told.ERRAND, told.BUY, told.LIKE, told.KEEP, told.COLOUR, told.SPOT,
    more.HOUR, more.JOB, more.GIVE, more.LIVE, more.PLAY, more.WEATHER, more.FEEL, more.ORDER,
)  # fmt: skip

MAIN = frozenset({"go", "like", "keep", "colour", "job", "live", "weather"})
"""Relations with one value to look up. They make up most passages: with all fifteen alike, a model
of 4 M parameters saw each too seldom in 2 M tokens to learn to look anything up (docs/log.md)."""
WEIGHTS = tuple(8.0 if relation.name in MAIN else 0.4 for relation in RELATIONS)

FEW: dict[str, int] = {
    "place": 12, "job": 8, "taste": 14, "belonging": 8, "colour": 8, "pet": 8, "family": 4,
    "goods": 16, "game": 8, "routine": 10, "weather": 6, "cause": 10, "small": 10,
}  # fmt: skip
"""How many values of a source the passages are told with, the first of its list. A model that
reads 1.5 M tokens learns to carry a word to its answer only if it meets it often (docs/log.md)."""
MORE_FACTS: tuple[tuple[int, ...], tuple[float, ...]] = ((0, 1, 2), (9.0, 0.8, 0.2))
"""How many other facts stand in a passage, and how often. With none the answer has only to be
found in it, with more it has to be told from what is said of others."""

WHEN = (
    "어제",
    "오늘",
    "아침에",
    "오후에",
    "주말에",
    "토요일에",
    "일요일에",
    "지난주에",
    "오늘 아침에",
    "어제저녁에",
)
SIDES = ("위", "아래", "옆", "뒤", "앞")
GAMES = (
    "축구를 하다", "농구를 하다", "야구를 하다", "탁구를 치다", "배드민턴을 치다",
    "줄넘기를 하다", "윷놀이를 하다",
    "숨바꼭질을 하다", "퍼즐을 맞추다", "바둑을 두다", "영화를 보다", "그림을 그리다",
    "산책을 하다", "노래를 부르다",
)  # fmt: skip
ROUTINES = (
    "손을 씻다", "밥을 먹다", "숙제를 하다", "책을 읽다", "청소를 하다", "운동을 하다",
    "목욕을 하다", "일기를 쓰다",
    "방을 치우다", "옷을 갈아입다", "음악을 듣다", "텔레비전을 보다", "산책을 하다",
    "빨래를 하다", "설거지를 하다",
    "전화를 하다", "그림을 그리다", "편지를 쓰다",
)  # fmt: skip
SKIES = (
    "비가 오다",
    "눈이 오다",
    "바람이 불다",
    "소나기가 내리다",
    "천둥이 치다",
    "구름이 많다",
    "안개가 짙다",
)
CAUSES = {
    "시험을 잘 보다": "기쁘다", "지갑을 잃어버리다": "속상하다", "친구와 싸우다": "슬프다",
    "선물을 받다": "행복하다",
    "늦게 자다": "피곤하다", "숙제를 끝내다": "뿌듯하다", "상을 받다": "기쁘다",
    "감기에 걸리다": "아프다",
    "밥을 못 먹다": "배고프다", "경기에서 지다": "속상하다", "경기에서 이기다": "기쁘다",
    "오래 걷다": "피곤하다",
    "오랜만에 친구를 만나다": "즐겁다", "좋은 소식을 듣다": "행복하다", "길을 잃다": "무섭다",
    "화분을 깨뜨리다": "속상하다", "칭찬을 듣다": "뿌듯하다",
}  # fmt: skip
_PETS = ("강아지", "고양이", "토끼", "닭", "오리", "돼지", "소", "양", "다람쥐")
_FURNITURE = ("책상", "침대", "의자", "소파", "옷장", "피아노", "자동차")
_SMALL = (
    "열쇠",
    "시계",
    "책",
    "우산",
    "모자",
    "인형",
    "편지",
    "연필",
    "공책",
    "지우개",
    "가방",
    "수건",
    "컵",
    "양말",
    "필통",
)
_BELONGINGS = (
    "가방",
    "우산",
    "모자",
    "바지",
    "자전거",
    "컵",
    "외투",
    "스웨터",
    "양말",
    "운동화",
    "필통",
    "수건",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of a passage."""

    relation: Relation
    values: Mapping[str, str]

    @property
    def subject(self) -> str:
        """Whom or what the fact is about."""
        return self.values[self.relation.subject]


_FIXED: dict[str, tuple[str, ...]] = {
    "number": tuple(counted(number) for number in range(2, 10)),
    "hour": tuple(counted(number) for number in range(1, 13)),
    "pet": _PETS, "furniture": _FURNITURE, "small": _SMALL, "belonging": _BELONGINGS,
    "side": SIDES, "game": GAMES, "routine": ROUTINES, "weather": SKIES, "cause": tuple(CAUSES),
}  # fmt: skip


def candidates(source: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values that a slot may take; some hang on another slot of the fact."""
    if source == "action of place":
        return (nouns()[values["place"]].action,)
    if source == "counter of thing":
        return (nouns()[values["thing"]].counter,)
    if source == "mood of cause":
        return (CAUSES[values["cause"]],)
    return _pool(source)


@lru_cache(maxsize=64)
def _pool(source: str) -> tuple[str, ...]:
    return _whole_pool(source)[: FEW.get(source)]


def _whole_pool(source: str) -> tuple[str, ...]:
    if source in _FIXED:
        return _FIXED[source]
    if source == "goods":
        kinds = ("과일", "채소", "간식", "학용품", "꽃")
        return tuple(noun.name for noun in in_category(*kinds))
    if source == "taste":
        return tuple(noun.name for noun in in_category("과일", "음식", "간식", "음료"))
    return tuple(noun.name for noun in of_kind(source))


_FREE_SOURCES = ("number", "hour", "side", "counter of thing", "action of place", "mood of cause")
"""Slots too small to hold pairs back from: what is held back is the subject with another slot."""


TRIES = 4000
"""Facts with two reserved pairs are one in 36."""


def draw_fact(
    rng: random.Random,
    relation: Relation,
    split: Split,
    *,
    subjects: tuple[str, ...] = (),
    taken: frozenset[str] = frozenset(),
) -> Fact:
    """Return a random fact: in the train split without, in held with reserved pairs only."""
    for _ in range(TRIES):
        values = _draw_values(rng, relation, subjects, taken)
        if all(reserved(*pair) == (split == "held") for pair in fact_pairs(relation, values)):
            return Fact(relation=relation, values=values)
    raise RuntimeError(f"no {split} fact of {relation.name} is left beside {sorted(taken)}")


def _draw_values(
    rng: random.Random, relation: Relation, subjects: tuple[str, ...], taken: frozenset[str]
) -> dict[str, str]:
    who = choose(rng, subjects or candidates(relation.subject_kind, {}))
    values = {relation.subject: who, "when": choose(rng, WHEN)}
    for name, source in relation.slots.items():
        pool = candidates(source, values)
        used = taken.union(values.values())
        values[name] = choose(rng, [value for value in pool if value not in used] or pool)
    return values


def fact_pairs(relation: Relation, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the (subject, value) pairs of a fact that may be held back."""
    return [
        (values[relation.subject], values[name])
        for name, source in relation.slots.items()
        if source not in _FREE_SOURCES
    ]


def state(rng: random.Random, fact: Fact, register: Register) -> str:
    """Return the fact in words."""
    return fill(choose(rng, fact.relation.states), fact.values, register)


def draw_relation(rng: random.Random) -> Relation:
    """Return a random relation, mostly one of the main ones."""
    relation: Relation = choose(rng, RELATIONS, WEIGHTS)
    return relation


def draw_slots(rng: random.Random, relation: Relation) -> tuple[str, ...]:
    """Return what to ask of a fact: mostly one value, sometimes two."""
    asks = tuple(relation.asks)
    slots: tuple[str, ...] = choose(rng, asks, [4.0 if len(one) == 1 else 1.0 for one in asks])
    return slots


def draw_passage(
    rng: random.Random, split: Split, relation: Relation | None = None
) -> tuple[Fact, list[Fact]]:
    """Return a fact to ask about and all facts of its passage, in the order of telling.

    Others in the passage (`MORE_FACTS`) are mostly of the same kind but about someone else, so that
    the answer has to be looked up; some tell something else.
    """
    relation = relation or draw_relation(rng)
    asked = draw_fact(rng, relation, split)
    facts = [asked]
    for _ in range(choose(rng, *MORE_FACTS)):
        taken = frozenset(value for fact in facts for value in fact.values.values())
        same = rng.random() < 0.75
        other = relation if same else draw_relation(rng)
        if other.subject_kind != "person" and not same:
            other = relation
        free = tuple(name for name in candidates(other.subject_kind, {}) if name not in taken)
        facts.append(draw_fact(rng, other, "train", subjects=free, taken=taken))
    rng.shuffle(facts)
    return asked, facts


def reading_plan(
    rng: random.Random, split: Split, asker: Register, relation: Relation | None = None
) -> Plan:
    """Return a task about a passage; `asker` is the speech level of the question."""
    asked, facts = draw_passage(rng, split, relation)
    slots = draw_slots(rng, asked.relation)
    level: Register = choose(rng, ("haeyo", "haeyo", "haera", "hapsyo"))
    context = " ".join(state(rng, fact, level) for fact in facts)
    return plan_for(rng, asked, facts, slots, split, asker, context)


def plan_for(
    rng: random.Random,
    asked: Fact,
    facts: list[Fact],
    slots: tuple[str, ...],
    split: Split,
    asker: Register,
    context: str,
) -> Plan:
    """Return the task that asks for `slots` of the fact `asked`."""
    ask = asked.relation.asks[slots]
    frames = ask.held if split == "held" else ask.questions
    others = [fact for fact in facts if fact is not asked]
    return Plan(
        family="reading" if len(slots) == 1 or slots == ("base", "side") else "reading-two",
        context=context,
        question=fill(choose(rng, frames), asked.values, asker),
        full=ask.full,
        partial=ask.partial,
        values=asked.values,
        wrong=tuple(_wrong(rng, asked, others, slots)),
        alternatives=(tuple(_parts(ask, asked, slots)),),
        false_values=tuple(_false_values(asked, others, slots)),
        sentences=2 if any(frame.count(".") > 1 for frame in ask.full) else 1,
        ordered=slots == ("first", "second"),
        facts=tuple(fact_pairs(asked.relation, asked.values)),
    )


def _parts(ask: Ask, asked: Fact, slots: tuple[str, ...]) -> list[Part]:
    values = asked.values
    if slots == ("base", "side"):
        return [Part(any_of=(f"{values['base']} {values['side']}",))]
    wanted = [name for name in slots if name != "counter"]
    return [
        Part(any_of=(f"{values[name]} {_unit(asked)}" if name == "n" else values[name],))
        for name in wanted
    ]


def _unit(fact: Fact) -> str:
    if fact.relation.name == "hour":
        return "시"
    return fact.values.get("counter", "마리")


def _wrong(
    rng: random.Random, asked: Fact, others: list[Fact], slots: tuple[str, ...]
) -> list[dict[str, str]]:
    """Return changes that make the answer false, those that the passage tempts to first."""
    changes = []
    if asked.relation.name == "order":
        first, second = asked.values["first"], asked.values["second"]
        return [{"first": second, "second": first}]
    name = choose(rng, slots)
    for fact in others:
        alike = fact.relation.slots.get(name) == asked.relation.slots.get(name)
        if alike and fact.values.get(name, asked.values[name]) != asked.values[name]:
            changes.append(_change(asked, name, fact.values[name]))
    if asked.relation.slots.get(name) in ("action of place", "mood of cause"):
        name = "place" if name == "act" else "cause"
    source = asked.relation.slots.get(name, asked.relation.subject_kind)
    used = {*asked.values.values(), *(change[key] for change in changes for key in change)}
    pool = [value for value in candidates(source, asked.values) if value not in used]
    changes = [change for change in changes if _sayable(asked, change)]
    fillers = [change for value in pool if _sayable(asked, change := _change(asked, name, value))]
    return changes + rng.sample(fillers, min(len(fillers), max(0, 3 - len(changes))))


def _sayable(asked: Fact, change: Mapping[str, str]) -> bool:
    """Whether a false answer may say this: not in training text, when it is a held-out pair."""
    said = fact_pairs(asked.relation, {**asked.values, **change})
    true = fact_pairs(asked.relation, asked.values)
    return any(reserved(*pair) for pair in true) or not any(reserved(*pair) for pair in said)


def _change(asked: Fact, name: str, value: str) -> dict[str, str]:
    """Return the change of one slot with what hangs on it."""
    if asked.relation.name == "errand" and name == "place":
        return {"act": nouns()[value].action}
    return {name: value}


def _false_values(asked: Fact, others: list[Fact], slots: tuple[str, ...]) -> list[str]:
    """Return what the passage says of others in the slots asked for, when it is no noun."""
    own = set(asked.values.values())
    return [
        fact.values[name]
        for fact in others
        for name in slots
        if fact.relation is asked.relation
        and name in ("act", "sky", "cause", "first", "second")
        and fact.values[name] not in own
    ]
