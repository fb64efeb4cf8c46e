"""English twins of sample instructions, each with its true Korean: what `translate` is tried on.

A twin and its Korean say the same, message by message, so a loopback translator can answer from
the truth and every fault that it makes on purpose can be counted. A fifth of them hold what a
translator must leave alone (`twinmarks`): code, addresses, placeholders, numbers with units.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from korean_rlhf.ngrams import prompt_hash
from korean_rlhf.records import Instruction, Message
from korean_rlhf.sampleworld.frames import fill
from korean_rlhf.sampleworld.lexicon import OPPOSITES, SHOPS, Noun, in_category, nouns, of_kind
from korean_rlhf.sampleworld.numerals import counted
from korean_rlhf.sampleworld.plan import choose, reserved
from korean_rlhf.sampleworld.sets import LICENSE, SOURCE, Tasks
from korean_rlhf.sampleworld.twinmarks import MARKED, Twin

Maker: TypeAlias = Callable[[random.Random], Twin]

MARKED_EVERY = 5
"""One twin in so many holds something to be left alone."""
_COUNTABLE = tuple(
    "사과 바나나 귤 레몬 키위 자두 당근 오이 연필 공책 지우개 인형 컵 가방 모자".split()
)
_PETS = ("강아지", "고양이", "토끼", "오리", "돼지", "닭", "다람쥐")
_NUMBERS = tuple(
    "- one two three four five six seven eight nine ten eleven twelve".split()
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """A question and its answer in both languages; the Korean ones are frames of `frames.fill`."""

    english: tuple[str, str]
    korean: tuple[str, str]

    def say(self, english: Mapping[str, str], korean: Mapping[str, str]) -> Twin:
        """Return the twin with these values."""
        question, reply = (frame.format(**english) for frame in self.english)
        return (question, fill(self.korean[0], korean)), (reply, fill(self.korean[1], korean))


_WENT = Frames(
    english=("{a} went to {x}. {b} went to {y}. Where did {a} go?", "{a} went to {x}."),
    korean=(
        "{a:는} {x}에 갔어요. {b:는} {y}에 갔어요. {a:는} 어디에 갔어요?",
        "{a:는} {x}에 갔어요.",
    ),
)
_LIVES = Frames(
    english=("{a} lives in {x}. {b} lives in {y}. Who lives in {y}?", "{b} lives in {y}."),
    korean=("{a:는} {x}에 살아요. {b:는} {y}에 살아요. 누가 {y}에 살아요?", "{b:가} {y}에 살아요."),
)
_JOB = Frames(
    english=(
        "{a}'s mother is {x}. {b}'s mother is {y}. What does {b}'s mother do?",
        "{b}'s mother is {y}.",
    ),
    korean=(
        "{a}의 어머니는 [{x}=|present]. {b}의 어머니는 [{y}=|present]. "
        "{b}의 어머니는 무슨 일을 해요?",
        "{b}의 어머니는 [{y}=|present].",
    ),
)
_BOUGHT = Frames(
    english=(
        "{a} bought {m} {x}s at {shop}. {b} bought {n} {y}s. What did {b} buy, and how many?",
        "{b} bought {n} {y}s.",
    ),
    korean=(
        "{a:는} {shop}에서 {x:를} {m} {cx} 샀어요. {b:는} {y:를} {n} {cy} 샀어요. "
        "{b:는} 무엇을 몇 {cy} 샀어요?",
        "{b:는} {y:를} {n} {cy} 샀어요.",
    ),
)
_KEEPS = Frames(
    english=(
        "{a} has {m} {x}s. {b} has {n} {y}s. How many {x}s does {a} have?",
        "{a} has {m} {x}s.",
    ),
    korean=(
        "{a:는} {x:를} {m} {cx} 키워요. {b:는} {y:를} {n} {cy} 키워요. "
        "{a:는} {x:를} 몇 {cx} 키워요?",
        "{a:는} {x:를} {m} {cx} 키워요.",
    ),
)
_ADDED = Frames(
    english=(
        "{a} has {m} {xs} and gets {n} more. How many {x}s does {a} have now?",
        "Now {a} has {sum} {x}s.",
    ),
    korean=(
        "{a:는} {x:가} {m} {cx} 있는데 {n} {cx:를} 더 받았어요. 이제 {a:는} {x:가} 몇 {cx} 있어요?",
        "이제 {a:는} {x:가} {sum} {cx} 있어요.",
    ),
)
_KIND = Frames(
    english=("What kind of thing is {x}?", "{X} is {y}."),
    korean=("{x:는} 어떤 종류에 속해요?", "{x:는} [{y}=|present]."),
)
_HUE = Frames(
    english=("What color is {x} usually?", "{X} is usually {y}."),
    korean=("{x:는} 보통 무슨 색이에요?", "{x:는} 보통 [{y}=|present]."),
)
_OPPOSITE = Frames(
    english=('What is the opposite of "{x}"?', 'The opposite of "{x}" is "{y}".'),
    korean=("'{x}'의 반대말은 무엇이에요?", "'{x}'의 반대말은 ['{y}'=|present]."),
)


def twins(
    rng: random.Random, tasks: Tasks, count: int
) -> tuple[list[Instruction], list[dict[str, Any]]]:
    """Return `count` English instructions and, by the same ids, their Korean messages."""
    english: list[Instruction] = []
    keys: list[dict[str, Any]] = []
    said: set[str] = set()
    makers = _drawn(rng)
    while len(english) < count:
        question, reply = next(makers)(rng)
        turns, truth = _dialogue(question[0], reply[0]), _dialogue(question[1], reply[1])
        # A sentence that stands for two Korean ones would leave the translator in doubt.
        if {question[0], reply[0]} & said or not tasks.take_hash(prompt_hash(truth)):
            continue
        said |= {question[0], reply[0]}
        name = f"sample:twin:{len(english):03d}"
        english.append(Instruction(messages=turns, id=name, source=SOURCE, license=LICENSE))
        rows = [{"role": turn.role, "content": turn.content} for turn in truth]
        keys.append({"id": name, "ko_messages": rows})
    return english, keys


def _dialogue(question: str, reply: str) -> tuple[Message, ...]:
    return Message(role="user", content=question), Message(role="assistant", content=reply)


def _drawn(rng: random.Random) -> Iterator[Maker]:
    """Yield makers of twins without end."""
    turn = 0
    while True:
        yield choose(rng, _PLAIN if turn % MARKED_EVERY else MARKED)
        turn += 1


def _indefinite(noun: str) -> str:
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def _two(rng: random.Random, values: tuple[str, ...]) -> tuple[list[Noun], list[Noun]]:
    """Return two people and two values for them that no held-out question rests on."""
    while True:
        people = rng.sample(of_kind("person"), 2)
        things = [nouns()[name] for name in rng.sample(values, 2)]
        pairs = [(who.name, what.name) for who, what in zip(people, things, strict=True)]
        if "job" in {thing.kind for thing in things}:  # it is their mothers' job that is told
            pairs += [(who.name, "어머니") for who in people]
        if not any(reserved(*pair) for pair in pairs):
            return people, things


def _story(rng: random.Random, frames: Frames, values: tuple[str, ...], *, article: bool) -> Twin:
    """Return a passage about two people and a question about one of them."""
    (a, b), (x, y) = _two(rng, values)
    m, n = rng.sample(range(2, 10), 2)
    shop = choose(rng, [name for name in SHOPS if not reserved(a.name, name)])
    words = [_indefinite(t.english) if article else t.english for t in (x, y)]
    english = {"a": a.english, "b": b.english, "x": words[0], "y": words[1], "shop": SHOPS[shop]}
    korean = {"a": a.name, "b": b.name, "x": x.name, "y": y.name, "shop": shop}
    return frames.say(
        english | {"m": _NUMBERS[m], "n": _NUMBERS[n]},
        korean | {"m": counted(m), "n": counted(n), "cx": x.counter, "cy": y.counter},
    )


def _names(kind: str) -> tuple[str, ...]:
    return tuple(noun.name for noun in of_kind(kind))


def _fact(rng: random.Random, frames: Frames, pairs: list[tuple[Noun, Noun]]) -> Twin:
    """Return a question about what a thing is; `pairs` holds things and what is true of them."""
    noun, value = choose(rng, [(x, y) for x, y in pairs if not reserved(x.name, y.name)])
    subject = _indefinite(noun.english)
    said = value.english if value.kind == "colour" else _indefinite(value.english)
    return frames.say(
        {"x": subject, "X": subject.capitalize(), "y": said}, {"x": noun.name, "y": value.name}
    )


def _kind(rng: random.Random) -> Twin:
    known = [nouns()[name] for name in _COUNTABLE] + list(of_kind("animal"))
    return _fact(rng, _KIND, [(noun, nouns()[noun.category]) for noun in known if noun.category])


def _hue(rng: random.Random) -> Twin:
    known = [noun for noun in in_category("과일", "채소") if noun.name in _COUNTABLE]
    return _fact(rng, _HUE, [(noun, nouns()[noun.colour]) for noun in known if noun.colour])


def _opposite(rng: random.Random) -> Twin:
    free = [row for row in OPPOSITES if not reserved(row[0], row[1])]
    word, other, english, opposite = choose(rng, free)
    return _OPPOSITE.say({"x": english, "y": opposite}, {"x": word, "y": other})


def _added(rng: random.Random) -> Twin:
    sums = [(a, b) for a in range(1, 10) for b in range(1, 10) if a + b < 13]
    a, b = choose(rng, [pair for pair in sums if not reserved(f"{pair[0]}+{pair[1]}", "계산")])
    who = choose(rng, of_kind("person"))
    thing = choose(rng, [nouns()[n] for n in _COUNTABLE if not reserved(who.name, n)])
    english = {"a": who.english, "x": thing.english, "m": _NUMBERS[a], "n": _NUMBERS[b]}
    english |= {"xs": thing.english + ("" if a == 1 else "s"), "sum": _NUMBERS[a + b]}
    korean = {"a": who.name, "x": thing.name, "cx": thing.counter, "m": counted(a)}
    return _ADDED.say(english, korean | {"n": counted(b), "sum": counted(a + b)})


_PLAIN: tuple[Maker, ...] = (
    lambda rng: _story(rng, _WENT, _names("place"), article=False),
    lambda rng: _story(rng, _BOUGHT, _COUNTABLE, article=False),
    lambda rng: _story(rng, _BOUGHT, _COUNTABLE, article=False),
    lambda rng: _story(rng, _KEEPS, _PETS, article=False),
    lambda rng: _story(rng, _LIVES, _names("city"), article=False),
    lambda rng: _story(rng, _JOB, _names("job"), article=True),
    _kind,
    _hue,
    _opposite,
    _added,
)
