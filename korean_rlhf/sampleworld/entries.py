"""Paragraphs that state what is generally true: small encyclopedia entries, lists, riddles."""

from __future__ import annotations

import random

from korean_rlhf.sampleworld.conjugate import Register
from korean_rlhf.sampleworld.frames import fill
from korean_rlhf.sampleworld.lexicon import CATEGORIES, OPPOSITES, Noun, in_category, of_kind
from korean_rlhf.sampleworld.plan import choose
from korean_rlhf.sampleworld.writing import ADVICE, reasons

_CATEGORY = (
    "{x:는} [{category}=|present].",
    "{x:는} {category}의 한 [종류=|present].",
    "{x:는} {category}에 [속하다|present].",
    "우리가 잘 아는 {category} 가운데 {x:가} [있다|present].",
)
_COLOUR = (
    "{x:는} 보통 [{colour}=|present].",
    "{x}의 색은 [{colour}=|present].",
    "{x} 하면 {colour:이} 먼저 [떠오르다|present].",
)
_TRAITS = (
    "{x:는} [{first}|고] [{second}|present].",
    "{x:는} [{second}|고] [{first}|present].",
    "사람들은 {x:가} [{first}|고] [{second}|아서] [좋아하다|present].",
)
_TRAIT = ("{x:는} [{first}|present].", "{x:는} 아주 [{first}|present].")
_COUNT = (
    "{x:는} 한 {counter}, 두 {counter} 하고 [세다|present].",
    "{x:를} 셀 때는 {unit:라고} [말하다|present].",
)
_SOUND = (
    "{x:는} {sound} 소리를 [내다|present].",
    "{x:는} {sound} 하고 [울다|present].",
    "{sound} 소리를 내는 동물은 [{x}=|present].",
)
_FOOD = (
    "{x:는} {food:를} [먹다|present].",
    "{x:는} {food:를} 먹고 [살다|present].",
    "{x}의 먹이는 [{food}=|present].",
)
_HOME = ("{x:는} {home}에 [살다|present].", "{x:가} 사는 곳은 [{home}=|present].")
_PLACE = (
    "{x:는} [{action}|는] [곳=|present].",
    "{x}에서는 [{action}|can].",
    "[{action}|려면] {x}에 [가다|must].",
    "[{action}|는] 곳은 [{x}=|present].",
    "사람들은 [{action}|러] {x}에 [가다|present].",
)
_JOB = (
    "{x:는} {home}에서 [{action}|present].",
    "{x:는} [{action}|는] [사람=|present].",
    "{x:가} 일하는 곳은 [{home}=|present].",
    "{x:는} {home}에서 [일하다|present]. [{action}|는] 일을 [하다|present].",
)
_OPPOSITE = (
    "'{x}'의 반대말은 ['{y}'=|present].",
    "'{x}'와 '{y}'는 뜻이 서로 [반대=|present].",
    "'{y}'의 반대말은 ['{x}'=|present].",
)
_SIZE = (
    "{a:는} {b}보다 [크다|present].",
    "{b:는} {a}보다 [작다|present].",
    "{a:와} {b} 가운데 {a:가} 더 [크다|present].",
    "{a:와} {b} 가운데 더 작은 동물은 [{b}=|present].",
)
_ADVICE = (
    "{when}에는 {x:가} [좋다|present]. {x:는} [{first}|기] [때문=|present].",
    "{when}에는 {x:를} 먹는 사람이 [많다|present]. {x:는} [{first}|present].",
    "{when}에 사람들은 [{first}|는] {x:를} [찾다|present].",
)


def entry_paragraph(rng: random.Random) -> str:
    """Return what is true of one to three nouns, as a small encyclopedia puts it."""
    level: Register = choose(rng, ("haera", "haera", "haera", "hapsyo", "haeyo"))
    draw = rng.random()
    if draw < 0.12:
        return _opposites(rng, level)
    if draw < 0.22:
        return _sizes(rng, level)
    if draw < 0.32:
        return _advice(rng, level)
    pool = [noun for kind in ("thing", "animal", "place", "job") for noun in of_kind(kind)]
    chosen = rng.sample(pool, choose(rng, (1, 1, 2)))
    return "\n".join(_entry(rng, noun, level) for noun in chosen)


def _entry(rng: random.Random, noun: Noun, level: Register) -> str:
    frames = dict.fromkeys(choose(rng, group) for group in frames_of(noun))  # none twice
    sentences = [fill(frame, values_of(noun), level) for frame in frames]
    head = f"{noun.name}: " if rng.random() < 0.3 else ""
    return head + " ".join(sentences)


def values_of(noun: Noun) -> dict[str, str]:
    """Return what the frames of `frames_of` are filled with."""
    traits = (*noun.traits, *noun.traits)[:2]
    known = {
        "x": noun.name, "category": noun.category, "colour": noun.colour, "sound": noun.sound,
        "food": noun.food, "home": noun.home, "action": noun.action, "counter": noun.counter,
        "unit": f"'{noun.counter}'",
    }  # fmt: skip
    return known | dict(zip(("first", "second"), traits, strict=False))


def frames_of(noun: Noun) -> list[tuple[str, ...]]:
    """Return the sets of frames that something is known for, one sentence to come of each."""
    if noun.kind == "place":
        return [_PLACE, _PLACE]
    if noun.kind == "job":
        return [_JOB, _JOB]
    found: list[tuple[str, ...]] = [_CATEGORY] if noun.category else []
    for value, frames in ((noun.colour, _COLOUR), (noun.sound, _SOUND), (noun.food, _FOOD)):
        found += [frames] if value else []
    if noun.home and noun.kind == "animal":
        found.append(_HOME)
    if noun.traits:
        found.append(_TRAITS if len(noun.traits) == 2 else _TRAIT)
    return [*found, _COUNT] if noun.kind == "thing" else found


def _opposites(rng: random.Random, level: Register) -> str:
    pairs = rng.sample(OPPOSITES, 3)
    return " ".join(fill(choose(rng, _OPPOSITE), {"x": a, "y": b}, level) for a, b, *_ in pairs)


def _sizes(rng: random.Random, level: Register) -> str:
    sentences: list[str] = []
    while len(sentences) < 3:
        a, b = rng.sample(of_kind("animal"), 2)
        if a.size >= b.size + 2:
            sentences.append(fill(choose(rng, _SIZE), {"a": a.name, "b": b.name}, level))
    return " ".join(sentences)


def _advice(rng: random.Random, level: Register) -> str:
    when = choose(rng, tuple(ADVICE))
    sentences = []
    for item in rng.sample(ADVICE[when][0], 2):
        values = {"when": when, "x": item, "first": choose(rng, reasons(when, item))}
        sentences.append(fill(choose(rng, _ADVICE), values, level))
    return " ".join(sentences)


def list_paragraph(rng: random.Random) -> str:
    """Return members of a category."""
    level: Register = choose(rng, ("haera", "haeyo", "hapsyo"))
    category = choose(rng, [c for c in CATEGORIES if len(in_category(c)) > 3])
    names = [noun.name for noun in rng.sample(in_category(category), 3)]
    frame = choose(rng, (
        "{x}에는 {a}, {b}, {c:가} [있다|present].",
        "{a:와} {b:는} [{x}=|present]. {c:도} [{x}=|present].",
        "{x}의 보기로는 {a:와} {b:가} [있다|present].", "{a}, {b}, {c:는} 모두 [{x}=|present].",
    ))  # fmt: skip
    return fill(frame, {"x": category, **dict(zip("abc", names, strict=True))}, level)


def riddle_paragraph(rng: random.Random) -> str:
    """Return a riddle about an animal or a fruit with its answer."""
    level: Register = choose(rng, ("haeyo", "haeyo", "hae"))
    if rng.random() < 0.5:
        noun = choose(rng, [n for n in of_kind("animal") if n.sound])
        hints = ["이것은 [{category}=|present].", "이것은 {sound} 소리를 [내다|present]."]
    else:
        noun = choose(rng, [n for n in in_category("과일", "채소") if n.colour])
        hints = [
            "이것은 [{category}=|present].",
            "이것은 보통 [{colour}=|present].",
            "이것은 [{first}|present].",
        ]
    frame = " ".join(hints) + " [무엇=|offer]? 바로 [{x}=|present]."
    return fill(frame, values_of(noun), level)
