"""Tasks about what is generally true: kinds, colours, sounds, jobs, places, opposites, sizes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeAlias

from korean_rlhf.sampleworld.conjugate import Register
from korean_rlhf.sampleworld.frames import fill
from korean_rlhf.sampleworld.lexicon import (
    CATEGORIES,
    COLOURS,
    OPPOSITES,
    Noun,
    in_category,
    nouns,
    of_kind,
)
from korean_rlhf.sampleworld.plan import Part, Plan, Split, choose, reserved

Maker: TypeAlias = Callable[[random.Random, Split, Register], Plan]


def pick(rng: random.Random, split: Split, pairs: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return one of `pairs`: never a reserved one in train, always one in held."""
    kept = [pair for pair in pairs if reserved(*pair) == (split == "held")]
    found: tuple[str, str] = choose(rng, kept or pairs)
    return found


def _simple(
    rng: random.Random,
    split: Split,
    asker: Register,
    family: str,
    questions: tuple[str, ...],
    held: tuple[str, ...],
    full: tuple[str, ...],
    partial: tuple[str, ...],
    values: dict[str, str],
    wanted: str,
    others: Sequence[str],
) -> Plan:
    """Return a task with one asked slot; `others` are false values of it."""
    subject, other = values["x"], next(values[name] for name in values if name != "x")
    return Plan(
        family=family,
        question=fill(choose(rng, held if split == "held" else questions), values, asker),
        full=full,
        partial=partial,
        values=values,
        wrong=tuple({wanted: value} for value in rng.sample(list(others), 3)),
        alternatives=((Part(any_of=(values[wanted],)),),),
        facts=((subject, other),),
    )


def _different(items: Sequence[str], own: str) -> list[str]:
    return [item for item in dict.fromkeys(items) if item and item != own]


def category_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask what kind of thing something is."""
    pairs = [(n.name, n.category) for n in nouns().values() if n.category]
    name, category = pick(rng, split, pairs)
    return _simple(
        rng, split, asker, "category",
        ("{x:는} 어떤 종류에 [속하다|ask]?", "{x:는} 무엇의 한 [종류=|ask]?",
         "{x:가} 무엇인지 한마디로 [말하다|favor].",
         "{x:는} 어느 무리에 [들다|ask]?"),
        ("{x:가} 어떤 무리에 드는지 [알려 주다|please].",
         "{x:는} 무슨 종류인지 [궁금하다|present]."),
        ("{x:는} [{category}=|present].", "{x:는} {category}에 [속하다|present].",
         "{x:는} {category}의 한 [종류=|present]."),
        ("{category}.",), {"x": name, "category": category}, "category",
        _unlike(category),
    )  # fmt: skip


def colour_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask for the usual colour of a thing."""
    pairs = [(n.name, n.colour) for n in of_kind("thing") if n.colour]
    name, colour = pick(rng, split, pairs)
    return _simple(
        rng, split, asker, "colour",
        ("{x:는} 보통 무슨 [색=|ask]?", "{x:의} 색은 [무엇=|ask]?",
         "{x:가} 보통 무슨 색인지 [말하다|favor]."),
        ("{x} 하면 떠오르는 색을 [알려 주다|please].",),
        ("{x:는} 보통 [{colour}=|present].", "{x}의 색은 [{colour}=|present]."),
        ("{colour}.",), {"x": name, "colour": colour}, "colour",
        _different(list(COLOURS), colour),
    )  # fmt: skip


def sound_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask for the sound of an animal, or for the animal of a sound."""
    pairs = [(n.name, n.sound) for n in of_kind("animal") if n.sound]
    name, sound = pick(rng, split, pairs)
    values = {"x": name, "sound": sound}
    if rng.random() < 0.5:
        return _simple(
            rng, split, asker, "sound",
            ("{sound} 소리를 내는 동물은 [무엇=|ask]?",
             "{sound} 하고 우는 동물의 이름을 [말하다|favor]."),
            ("어떤 동물이 {sound} 소리를 내는지 [알려 주다|please].",),
            ("{sound} 소리를 내는 동물은 [{x}=|present].", "{x:가} {sound} 소리를 [내다|present]."),
            ("{x}.",), values, "x", _different([n.name for n in of_kind("animal")], name),
        )  # fmt: skip
    return _simple(
        rng, split, asker, "sound",
        ("{x:는} 어떤 소리를 [내다|ask]?", "{x:는} 어떻게 [울다|ask]?",
         "{x:가} 내는 소리를 [말하다|favor]."),
        ("{x:가} 어떤 소리를 내는지 [알려 주다|please].",),
        ("{x:는} {sound} 소리를 [내다|present].", "{x:는} {sound} 하고 [울다|present]."),
        ("{sound}.",), values, "sound", _different([n.sound for n in of_kind("animal")], sound),
    )  # fmt: skip


def animal_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask what an animal eats or where it lives."""
    if rng.random() < 0.5:
        pairs = [(n.name, n.food) for n in of_kind("animal") if n.food]
        name, food = pick(rng, split, pairs)
        return _simple(
            rng, split, asker, "feed",
            ("{x:는} 무엇을 [먹다|ask]?", "{x:의} 먹이는 [무엇=|ask]?",
             "{x:가} 무엇을 먹고 사는지 [말하다|favor]."),
            ("{x:가} 먹는 것을 [알려 주다|please].",),
            ("{x:는} {food:를} [먹다|present].", "{x:는} {food:를} 먹고 [살다|present].",
             "{x}의 먹이는 [{food}=|present]."),
            ("{food}.",), {"x": name, "food": food}, "food",
            _different([n.food for n in of_kind("animal")], food),
        )  # fmt: skip
    pairs = [(n.name, n.home) for n in of_kind("animal") if n.home]
    name, home = pick(rng, split, pairs)
    return _simple(
        rng, split, asker, "home",
        ("{x:는} 어디에 [살다|ask]?", "{x:가} 사는 곳은 [어디=|ask]?",
         "{x:가} 어디에 사는지 [말하다|favor]."),
        ("{x:를} 볼 수 있는 곳을 [알려 주다|please].",),
        ("{x:는} {home}에 [살다|present].", "{x:가} 사는 곳은 [{home}=|present]."),
        ("{home}.", "{home}에."), {"x": name, "home": home}, "home",
        _different([n.home for n in of_kind("animal")], home),
    )  # fmt: skip


def trait_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask what a food is like."""
    foods = [n for n in in_category("과일", "채소", "음식", "간식", "음료") if len(n.traits) == 2]
    name, _ = pick(rng, split, [(n.name, n.traits[0]) for n in foods])
    first, second = nouns()[name].traits
    others = [t for n in foods for t in n.traits if t not in (first, second)]
    asked = {
        "train": ("{x:는} [어떻다|ask]?", "{x:의} 맛이나 느낌은 [어떻다|ask]?",
        "{x:를} 먹으면 느낌이 [어떻다|ask]?"),
        "held": ("{x:가} 어떤지 두 가지로 [알려 주다|please].",),
    }  # fmt: skip
    values = {"x": name, "first": first, "second": second}
    frames = asked["held"] if split == "held" else asked["train"]
    if nouns()[name].category == "음료":
        frames = tuple(frame.replace("먹으면", "마시면") for frame in frames)
    return Plan(
        family="trait",
        question=fill(choose(rng, frames), values, asker),
        full=("{x:는} [{first}|고] [{second}|present].", "{x:는} [{second}|고] [{first}|present]."),
        partial=("{x:는} [{first}|present].", "{x:는} [{second}|present]."),
        values=values,
        wrong=tuple({"first": choose(rng, others), "second": choose(rng, others)} for _ in "ab"),
        alternatives=((Part(any_of=(first,)), Part(any_of=(second,))),),
        facts=((name, first), (name, second)),
    )


def job_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask where somebody works and what they do there."""
    name, action = pick(rng, split, [(n.name, n.action) for n in of_kind("job")])
    values = {"x": name, "home": nouns()[name].home, "action": action}
    asked = (
        ("{x:는} 어디에서 무슨 일을 [하다|ask]?", "{x:가} 일하는 곳과 하는 일을 [말하다|favor]."),
        ("{x:가} 어떤 일을 어디에서 하는지 [알려 주다|please].",),
    )
    other: Noun = choose(rng, [n for n in of_kind("job") if n.home != values["home"]])
    return Plan(
        family="job",
        question=fill(choose(rng, asked[split == "held"]), values, asker),
        full=(
            "{x:는} {home}에서 [{action}|present].",
            "{x:는} {home}에서 [일하다|present]. [{action}|는] 일을 [하다|present].",
        ),
        partial=("{x:는} [{action}|present].", "{x:는} {home}에서 [일하다|present]."),
        values=values,
        wrong=({"home": other.home, "action": other.action},),
        alternatives=((Part(any_of=(values["home"],)), Part(any_of=(action,))),),
        sentences=2,
        facts=((name, action), (name, values["home"])),
    )


def place_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask where to go for something, or what a place is for."""
    name, action = pick(rng, split, [(n.name, n.action) for n in of_kind("place")])
    values = {"x": name, "action": action}
    others = [n for n in of_kind("place") if n.action != action]
    if rng.random() < 0.5:
        return _simple(
            rng, split, asker, "purpose",
            ("{x}에서는 무엇을 할 수 [있다|ask]?", "{x:는} 무엇을 하는 [곳=|ask]?"),
            ("사람들이 {x}에 왜 가는지 [알려 주다|please].",),
            ("{x}에서는 [{action}|can].", "{x:는} [{action}|는] [곳=|present]."),
            ("{x}에서는.",), values, "action", [n.action for n in others],
        )  # fmt: skip
    return _simple(
        rng, split, asker, "place",
        ("[{action}|려면] 어디에 가야 [하다|ask]?", "[{action}|는] 곳은 [어디=|ask]?",
         "[{action}|고] 싶으면 어디로 가면 [되다|ask]?"),
        ("[{action}|기] 위해 갈 곳을 [알려 주다|please].",),
        ("[{action}|려면] {x}에 [가다|must].", "{x}에 가면 [되다|present].",
         "[{action}|는] 곳은 [{x}=|present]."),
        ("{x}.",), values, "x", [n.name for n in others],
    )  # fmt: skip


def opposite_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask for the word of opposite meaning."""
    pairs = [(a, b) for a, b, *_ in OPPOSITES] + [(b, a) for a, b, *_ in OPPOSITES]
    word, opposite = pick(rng, split, pairs)
    return _simple(
        rng, split, asker, "opposite",
        ("'{x}'의 반대말은 [무엇=|ask]?", "'{x}'와 뜻이 반대인 말을 [말하다|favor].",
         "'{x}'의 반대말이 무엇인지 [말하다|favor]."),
        ("'{x}'의 뜻을 뒤집으면 어떤 말이 [되다|ask]?", "'{x}'의 반대말을 [알려 주다|please]."),
        ("'{x}'의 반대말은 ['{y}'=|present].", "반대말은 ['{y}'=|present]."),
        ("'{y}'.",), {"x": word, "y": opposite}, "y",
        [b for _, b in pairs if b not in (word, opposite)],
    )  # fmt: skip


def size_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask which of two animals is bigger or smaller."""
    pairs = [
        (a.name, b.name)
        for a in of_kind("animal")
        for b in of_kind("animal")
        if a.size >= b.size + 2
    ]
    big, small = pick(rng, split, pairs)
    more = rng.random() < 0.5
    values = {
        "x": big if more else small,
        "y": small if more else big,
        "word": "크다" if more else "작다",
    }
    one, two = sorted((big, small)) if rng.random() < 0.5 else sorted((big, small), reverse=True)
    asked = (
        ("{one:와} {two} 가운데 어느 것이 더 [{word}|ask]?",
         "{one:와} {two} 중에서 더 [{word}|는] 동물은 [무엇=|ask]?"),
        ("{one:와} {two:를} 견주면 무엇이 더 [{word}|는지] [알려 주다|please].",),
    )  # fmt: skip
    return Plan(
        family="size",
        question=fill(
            choose(rng, asked[split == "held"]), values | {"one": one, "two": two}, asker
        ),
        full=("{x:가} 더 [{word}|present].", "더 [{word}|는] 동물은 [{x}=|present]."),
        partial=("{x}.",),
        values=values,
        wrong=({"x": values["y"]},),
        alternatives=((Part(any_of=(values["x"],)),),),
        facts=((big, small),),
    )


def list_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask for two or three members of a category."""
    pairs = [(n.category, n.name) for n in nouns().values() if n.category]
    category, first = pick(rng, split, [p for p in pairs if len(in_category(p[0])) > 4])
    members = [n.name for n in in_category(category)]
    free = [m for m in members if m != first and (split == "held" or not reserved(category, m))]
    second, third = rng.sample(free, 2)
    values = {"x": category, "a": first, "b": second, "c": third}
    count = choose(rng, (2, 2, 3))
    number = "두" if count == 2 else "세"
    asked = (
        (
            "{x:를} {n} 가지 [말하다|favor].",
            "{x}에는 무엇이 [있다|ask]? {n} 가지만 [말하다|favor].",
        ),
        ("{x}의 보기를 {n} 가지 [들다|favor].",),
    )
    names = "{a:와} {b}" if count == 2 else "{a}, {b}, {c}"
    last = "b" if count == 2 else "c"
    names = names.removesuffix("{" + last + "}")
    return Plan(
        family="list",
        question=fill(choose(rng, asked[split == "held"]), values | {"n": number}, asker),
        full=(f"{{x}}에는 {names}{{{last}:가}} [있다|present].",
        f"{names}{{{last}:가}} [있다|present]."),
        partial=("{x}에는 {a:가} [있다|present].", "{a}."),
        values=values,
        wrong=({"a": choose(rng, [n.name for n in in_category(*_unlike(category))])},),
        alternatives=((Part(any_of=tuple(members), count=count),),),
        facts=((category, first),),
    )  # fmt: skip


def _unlike(category: str) -> list[str]:
    alive = {"동물", "새", "곤충", "바다 동물"}
    return [c for c in CATEGORIES if c != category and not {c, category} <= alive]


KNOWLEDGE: tuple[tuple[Maker, float], ...] = (
    (category_plan, 3.0), (colour_plan, 2.0), (sound_plan, 2.0), (animal_plan, 2.5),
    (trait_plan, 2.5), (job_plan, 2.0), (place_plan, 3.0), (opposite_plan, 2.5),
    (size_plan, 2.0), (list_plan, 2.5),
)  # fmt: skip
