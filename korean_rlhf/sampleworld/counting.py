"""Tasks with small numbers: adding and taking away things, digits, hours."""

from __future__ import annotations

import random

from korean_rlhf.sampleworld.conjugate import Register
from korean_rlhf.sampleworld.frames import fill
from korean_rlhf.sampleworld.knowledge import Maker, pick
from korean_rlhf.sampleworld.lexicon import in_category, of_kind
from korean_rlhf.sampleworld.numerals import counted
from korean_rlhf.sampleworld.plan import Part, Plan, Split, choose, reserved

SUMS = [(a, b) for a in range(1, 10) for b in range(1, 10) if a + b <= 12]
DIFFERENCES = [(a, b) for a in range(2, 13) for b in range(1, 10) if 1 <= a - b]


def _pick_numbers(
    rng: random.Random, split: Split, pairs: list[tuple[int, int]], sign: str
) -> tuple[int, int]:
    """Return two numbers whose result is (held) or is not (train) kept from training."""
    names = {(f"{a}{sign}{b}", "계산"): (a, b) for a, b in pairs}
    return names[pick(rng, split, list(names))]


def things_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask how many things there are after some come or go."""
    adding = rng.random() < 0.5
    sign = "+" if adding else "-"
    a, b = _pick_numbers(rng, split, SUMS if adding else DIFFERENCES, sign)
    people = [noun.name for noun in of_kind("person")]
    kinds = ("과일", "채소", "간식", "학용품")
    goods = [noun for noun in in_category(*kinds) if noun.counter in ("개", "권", "자루", "봉지")]
    who = choose(rng, people)
    thing = choose(rng, [noun for noun in goods if not reserved(who, noun.name)])
    values = {
        "x": who, "thing": thing.name, "counter": thing.counter, "a": counted(a),
        "b": counted(b), "n": counted(a + b if adding else a - b),
    }  # fmt: skip
    stories = _GAINS if adding else _LOSSES
    return _number_plan(
        rng, split, asker, "sum", choose(rng, stories), *(_ALL if adding else _LEFT), values,
        (f"{a}{sign}{b}", "계산"),
    )  # fmt: skip


_GAINS = (
    "{x:는} {thing:를} {a} {counter} 가지고 [있다|present]. {b} {counter:를} 더 [사다|past].",
    "{x}에게 {thing:가} {a} {counter} [있다|present]. 친구가 {b} {counter:를} 더 [주다|past].",
    "{x:는} {thing:를} 아침에 {a} {counter}, 저녁에 {b} {counter} [받다|past].",
)
_LOSSES = (
    "{x:는} {thing:를} {a} {counter} 가지고 [있다|past]. "
    "그중에서 {b} {counter:를} 동생에게 [주다|past].",
    "{x}에게 {thing:가} {a} {counter} [있다|past]. {b} {counter:를} 친구에게 [주다|past].",
)
_ALL = (
    ("{thing:는} 모두 몇 [{counter}=|ask]?", "{x:가} 가진 {thing:는} 모두 몇 [{counter}=|ask]?"),
    ("{thing:가} 다 합쳐 몇 {counter}인지 [알려 주다|please].",),
    (
        "{thing:는} 모두 {n} [{counter}=|present].",
        "{x:가} 가진 {thing:는} 모두 {n} [{counter}=|present].",
        "모두 {n} [{counter}=|present].",
    ),
)
_LEFT = (
    ("남은 {thing:는} 몇 [{counter}=|ask]?", "이제 {thing:가} 몇 {counter} [남다|asked]?"),
    ("{x}에게 남은 {thing:가} 몇 {counter}인지 [알려 주다|please].",),
    (
        "남은 {thing:는} {n} [{counter}=|present].",
        "이제 {thing:가} {n} {counter} [남다|past].",
        "{thing:는} {n} {counter} [남다|past].",
    ),
)


def _number_plan(
    rng: random.Random,
    split: Split,
    asker: Register,
    family: str,
    story: str,
    questions: tuple[str, ...],
    held: tuple[str, ...],
    full: tuple[str, ...],
    values: dict[str, str],
    fact: tuple[str, str],
) -> Plan:
    frames = held if split == "held" else questions
    off = [counted(n) for n in range(1, 13) if counted(n) not in (values["n"], values["a"])]
    return Plan(
        family=family,
        context=fill(story, values, choose(rng, ("haeyo", "haeyo", "haera"))),
        question=fill(choose(rng, frames), values, asker),
        full=full,
        partial=("{n} {counter}.", "{thing:가} [있다|present]."),
        values=values,
        wrong=({"n": values["a"]}, *({"n": other} for other in rng.sample(off, 2))),
        alternatives=((Part(any_of=(f"{values['n']} {values['counter']}",)),),),
        facts=(fact,),
    )


def digits_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask for a sum or difference in digits."""
    adding = rng.random() < 0.6
    sign, word = ("+", "더하기") if adding else ("-", "빼기")
    a, b = _pick_numbers(rng, split, SUMS if adding else DIFFERENCES, sign)
    result = a + b if adding else a - b
    values = {"x": str(a), "b": str(b), "n": str(result), "word": word}
    asked = (
        ("{x} {word} {b:는} [얼마=|ask]?", "{x} {word} {b:를} 계산해 [주다|please].",
         "{x} {word} {b:는} [몇=|ask]?"),
        ("{x} {word} {b}의 답을 [알려 주다|please].",),
    )  # fmt: skip
    off = [str(n) for n in range(1, 14) if n not in (result, a, b)]
    return Plan(
        family="digits",
        question=fill(choose(rng, asked[split == "held"]), values, asker),
        full=("{x} {word} {b:는} [{n}=|present].", "답은 [{n}=|present]."),
        partial=("{n}.", "{x} {word} {b:는}."),
        values=values,
        wrong=tuple({"n": other} for other in rng.sample(off, 3)),
        # 5 + 5 - 5: the number must be said as the answer, so what leads up to it is part of it
        alternatives=tuple((Part(any_of=(f"{lead}{result}",)),) for lead in (f"{b} ", "답 ")),
        allowed=(str(a), str(b)),
        facts=((f"{a}{sign}{b}", "계산"),),
    )


def hours_plan(rng: random.Random, split: Split, asker: Register) -> Plan:
    """Ask what time it is some hours later or earlier."""
    later = rng.random() < 0.6
    pairs = [
        (a, b) for a in range(1, 13) for b in range(1, 6) if 1 <= (a + b if later else a - b) <= 12
    ]
    a, b = _pick_numbers(rng, split, pairs, "시+" if later else "시-")
    result = a + b if later else a - b
    values = {
        "x": counted(a),
        "b": counted(b),
        "n": counted(result),
        "side": "뒤" if later else "전",
    }
    asked = (
        ("{b} 시간 {side}에는 몇 [시=|ask]?", "{b} 시간 {side:는} 몇 [시=|ask]?"),
        ("{b} 시간 {side}의 시각을 [알려 주다|please].",),
    )
    off = [counted(n) for n in range(1, 13) if n not in (result, a, b)]
    tense = "present" if later else "past"
    return Plan(
        family="hours",
        context=fill("지금은 {x} [시=|present].", values, choose(rng, ("haeyo", "haera"))),
        question=fill(choose(rng, asked[split == "held"]), values, asker),
        full=(f"{{b}} 시간 {{side}}에는 {{n}} [시=|{tense}].", f"{{n}} [시=|{tense}]."),
        partial=("{n} 시.", "{b} 시간 {side}에는."),
        values=values,
        wrong=({"n": values["x"]}, *({"n": other} for other in rng.sample(off, 2))),
        alternatives=((Part(any_of=(f"{values['n']} 시",)),),),
        facts=((f"{a}시{'+' if later else '-'}{b}", "계산"),),
    )


COUNTING: tuple[tuple[Maker, float], ...] = (
    (things_plan, 3.0),
    (digits_plan, 1.5),
    (hours_plan, 1.5),
)
