"""English twins of sample instructions, each with its true Korean: what `translate` is tried on.

A twin and its Korean say the same, message by message, so a loopback translator can answer from
the truth and every fault that it makes on purpose can be counted. A fifth of them hold what a
translator must leave alone: code, addresses, placeholders, numbers with units.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from korean_rlhf.ngrams import prompt_hash
from korean_rlhf.records import Instruction, Message
from korean_rlhf.sampleworld.frames import fill
from korean_rlhf.sampleworld.lexicon import OPPOSITES, SHOPS, Noun, in_category, nouns, of_kind
from korean_rlhf.sampleworld.numerals import counted
from korean_rlhf.sampleworld.plan import choose, reserved
from korean_rlhf.sampleworld.sets import LICENSE, Tasks

Pair = tuple[str, str]
"""English and Korean of one message."""
PROTECTED_SHARE = 0.2

_COUNTABLE = tuple(
    "사과 바나나 귤 레몬 키위 망고 자두 당근 오이 연필 공책 지우개 인형 컵 가방 모자 수건 의자".split()
)
_PETS = ("강아지", "고양이", "토끼", "오리", "돼지", "닭", "다람쥐")
_NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            "eleven", "twelve")  # fmt: skip


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
        korean = (
            Message(role="user", content=question[1]),
            Message(role="assistant", content=reply[1]),
        )
        if {question[0], reply[0]} & said or not tasks.take_hash(prompt_hash(korean)):
            continue
        said |= {question[0], reply[0]}
        name = f"sample:twin:{len(english):03d}"
        turns = (
            Message(role="user", content=question[0]),
            Message(role="assistant", content=reply[0]),
        )
        english.append(Instruction(messages=turns, id=name, source="sample", license=LICENSE))
        rows = [{"role": turn.role, "content": turn.content} for turn in korean]
        keys.append({"id": name, "ko_messages": rows})
    return english, keys


def _drawn(rng: random.Random) -> Iterator[Any]:
    """Yield makers without end, a protected one every fifth time."""
    turn = 0
    while True:
        protected = turn % round(1 / PROTECTED_SHARE) == 0
        yield choose(rng, _PROTECTED if protected else _PLAIN)
        turn += 1


def _article(noun: str) -> str:
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def _two(
    rng: random.Random, values: tuple[str, ...], kind: str = "person"
) -> tuple[list[Noun], list[Noun]]:
    """Return two subjects and two values for them that no held-out question rests on."""
    while True:
        people = rng.sample(of_kind(kind), 2)
        things = [nouns()[name] for name in rng.sample(values, 2)]
        if not any(reserved(p.name, t.name) for p, t in zip(people, things, strict=True)):
            return people, things


def _went(rng: random.Random) -> tuple[Pair, Pair]:
    (a, b), (x, y) = _two(rng, tuple(n.name for n in of_kind("place")))
    values = {"a": a.name, "b": b.name, "x": x.name, "y": y.name}
    return (
        (f"{a.english} went to {x.english}. {b.english} went to {y.english}. Where did {a.english} go?",
         fill("{a:는} {x}에 갔어요. {b:는} {y}에 갔어요. {a:는} 어디에 갔어요?", values)),
        (f"{a.english} went to {x.english}.", fill("{a:는} {x}에 갔어요.", values)),
    )  # fmt: skip


def _bought(rng: random.Random) -> tuple[Pair, Pair]:
    (a, b), (x, y) = _two(rng, _COUNTABLE)
    shop = choose(rng, tuple(SHOPS))
    m, n = rng.sample(range(2, 10), 2)
    values = {"a": a.name, "b": b.name, "x": x.name, "y": y.name, "shop": shop, "m": counted(m),
              "n": counted(n), "cx": x.counter, "cy": y.counter}  # fmt: skip
    return (
        (f"At {SHOPS[shop]}, {a.english} bought {_NUMBERS[m]} {x.english}s and {b.english} bought "
         f"{_NUMBERS[n]} {y.english}s. What did {b.english} buy, and how many?",
         fill("{shop}에서 {a:는} {x:를} {m} {cx} 샀고 {b:는} {y:를} {n} {cy} 샀어요. {b:는} 무엇을 몇 {cy} 샀어요?", values)),
        (f"{b.english} bought {_NUMBERS[n]} {y.english}s.", fill("{b:는} {y:를} {n} {cy} 샀어요.", values)),
    )  # fmt: skip


def _keeps(rng: random.Random) -> tuple[Pair, Pair]:
    (a, b), (x, y) = _two(rng, _PETS)
    m, n = rng.sample(range(2, 10), 2)
    values = {"a": a.name, "b": b.name, "x": x.name, "y": y.name, "m": counted(m), "n": counted(n)}
    return (
        (f"{a.english} has {_NUMBERS[m]} {x.english}s. {b.english} has {_NUMBERS[n]} {y.english}s. "
         f"How many {x.english}s does {a.english} have?",
         fill("{a:는} {x:를} {m} 마리 키워요. {b:는} {y:를} {n} 마리 키워요. {a:는} {x:를} 몇 마리 키워요?", values)),
        (f"{a.english} has {_NUMBERS[m]} {x.english}s.", fill("{a:는} {x:를} {m} 마리 키워요.", values)),
    )  # fmt: skip


def _lives(rng: random.Random) -> tuple[Pair, Pair]:
    (a, b), (x, y) = _two(rng, tuple(n.name for n in of_kind("city")))
    values = {"a": a.name, "b": b.name, "x": x.name, "y": y.name}
    return (
        (f"{a.english} lives in {x.english}. {b.english} lives in {y.english}. Who lives in {y.english}?",
         fill("{a:는} {x}에 살아요. {b:는} {y}에 살아요. 누가 {y}에 살아요?", values)),
        (f"{b.english} lives in {y.english}.", fill("{b:가} {y}에 살아요.", values)),
    )  # fmt: skip


def _job(rng: random.Random) -> tuple[Pair, Pair]:
    (a, b), (x, y) = _two(rng, tuple(n.name for n in of_kind("job")))
    values = {"a": a.name, "b": b.name, "x": x.name, "y": y.name}
    return (
        (f"{a.english}'s mother is {_article(x.english)}. {b.english}'s mother is {_article(y.english)}. "
         f"What does {b.english}'s mother do?",
         fill("{a}의 어머니는 [{x}=|present]. {b}의 어머니는 [{y}=|present]. {b}의 어머니는 무슨 일을 해요?", values)),
        (f"{b.english}'s mother is {_article(y.english)}.", fill("{b}의 어머니는 [{y}=|present].", values)),
    )  # fmt: skip


def _kind(rng: random.Random) -> tuple[Pair, Pair]:
    pool = [nouns()[name] for name in _COUNTABLE] + list(of_kind("animal"))
    pool = [n for n in pool if n.category and not reserved(n.name, n.category)]
    noun = choose(rng, pool)
    category = nouns()[noun.category].english
    values = {"x": noun.name, "category": noun.category}
    return (
        (f"What kind of thing is {_article(noun.english)}?", fill("{x:는} 어떤 종류에 드나요?", values)),
        (f"{_article(noun.english).capitalize()} is {_article(category)}.", fill("{x:는} [{category}=|present].", values)),
    )  # fmt: skip


def _hue(rng: random.Random) -> tuple[Pair, Pair]:
    pool = [n for n in in_category("과일", "채소") if n.colour and not reserved(n.name, n.colour)]
    noun = choose(rng, [n for n in pool if n.name in _COUNTABLE])
    colour = nouns()[noun.colour].english
    values = {"x": noun.name, "colour": noun.colour}
    return (
        (f"What color is {_article(noun.english)} usually?", fill("{x:는} 보통 무슨 색이에요?", values)),
        (f"{_article(noun.english).capitalize()} is usually {colour}.", fill("{x:는} 보통 [{colour}=|present].", values)),
    )  # fmt: skip


def _opposite(rng: random.Random) -> tuple[Pair, Pair]:
    word, other, english, opposite = choose(rng, [p for p in OPPOSITES if not reserved(p[0], p[1])])
    return (
        (f"What is the opposite of \"{english}\"?", f"'{word}'의 반대말은 무엇이에요?"),
        (f"The opposite of \"{english}\" is \"{opposite}\".", fill("'{x}'의 반대말은 ['{y}'=|present].", {"x": word, "y": other})),
    )  # fmt: skip


def _added(rng: random.Random) -> tuple[Pair, Pair]:
    a, b = choose(rng, [(a, b) for a in range(1, 10) for b in range(1, 10) if a + b < 13])
    while reserved(f"{a}+{b}", "계산"):
        a, b = rng.randint(1, 6), rng.randint(1, 6)
    person = choose(rng, of_kind("person"))
    thing = choose(rng, [nouns()[n] for n in _COUNTABLE if not reserved(person.name, n)])
    values = {"who": person.name, "x": thing.name, "c": thing.counter, "a": counted(a), "b": counted(b),
              "n": counted(a + b)}  # fmt: skip
    plural = "" if a == 1 else "s"
    return (
        (f"{person.english} has {_NUMBERS[a]} {thing.english}{plural} and gets {_NUMBERS[b]} more. "
         f"How many {thing.english}s does {person.english} have now?",
         fill("{who:는} {x:가} {a} {c} 있는데 {b} {c:를} 더 받았어요. 이제 {who:는} {x:가} 몇 {c} 있어요?", values)),
        (f"Now {person.english} has {_NUMBERS[a + b]} {thing.english}s.", fill("이제 {who:는} {x:가} {n} {c} 있어요.", values)),
    )  # fmt: skip


_COMMANDS = (
    ("ls -l", "lists the files in detail", "파일 목록을 자세히 보여 줘요"),
    ("pwd", "prints the current folder", "지금 있는 폴더를 알려 줘요"),
    ("mkdir photos", "makes a folder called photos", "photos라는 폴더를 만들어요"),
    ("cp a.txt b.txt", "copies a.txt to b.txt", "a.txt를 b.txt로 복사해요"),
    ("rm old.txt", "deletes old.txt", "old.txt를 지워요"),
    ("print(1 + 2)", "prints 3", "3을 출력해요"),
    ("len([1, 2, 3, 4])", "returns 4", "4를 돌려줘요"),
    ("pip install numpy", "installs numpy", "numpy를 설치해요"),
    ("git status", "shows what has changed", "바뀐 것을 보여 줘요"),
    ("echo hello", "prints hello", "hello를 출력해요"),
    ("max([3, 9, 5])", "returns 9", "9를 돌려줘요"),
    ("sorted([2, 1])", "returns [1, 2]", "[1, 2]를 돌려줘요"),
)


def _command(rng: random.Random) -> tuple[Pair, Pair]:
    code, english, korean = choose(rng, _COMMANDS)
    return (
        (f"What does `{code}` do?", f"`{code}` 명령은 무엇을 하나요?"),
        (f"`{code}` {english}.", f"`{code}` 명령은 {korean}."),
    )


def _address(rng: random.Random) -> tuple[Pair, Pair]:
    noun = choose(rng, [n for n in of_kind("animal") if " " not in n.english])
    url = f"https://example.com/animals/{noun.english}?page={rng.randint(1, 40)}"
    return (
        (f"Where can I read about the {noun.english}?", fill("{x}에 대한 글은 어디에서 읽을 수 있어요?", {"x": noun.name})),
        (f"You can read about the {noun.english} at {url} for free.",
         fill("{x}에 대한 글은 {url} 에서 무료로 읽을 수 있어요.", {"x": noun.name, "url": url})),
    )  # fmt: skip


_SLOTS = ("name", "user", "guest_name", "customer", "member", "city", "place", "shop")


def _placeholder(rng: random.Random) -> tuple[Pair, Pair]:
    slot = "{" + choose(rng, _SLOTS) + "}"
    if slot in ("{city}", "{place}", "{shop}"):
        return (
            (
                f"Write one line that welcomes people to {slot}.",
                f"{slot}에 온 사람들을 반기는 말을 한 줄 써 주세요.",
            ),
            (
                f"Welcome to {slot}. Have a nice day.",
                f"{slot}에 오신 것을 환영해요. 좋은 하루 보내세요.",
            ),
        )
    return (
        (
            f"Write a short greeting that uses {slot}.",
            f"{slot} 자리를 넣어 짧은 인사말을 써 주세요.",
        ),
        (f"Hello, {slot}. Nice to meet you.", f"{slot} 님, 안녕하세요. 만나서 반가워요."),
    )


# unit, thing measured in English and Korean, question words, verb; the final of the unit decides 이에요
_UNITS = (
    ("kg", "bag", "가방", "box", "상자", "weighs", "이고", "이에요"),
    ("cm", "pencil", "연필", "ruler", "자", "measures", "고", "예요"),
    ("L", "bottle", "병", "bucket", "양동이", "holds", "고", "예요"),
)


def _measure(rng: random.Random) -> tuple[Pair, Pair]:
    unit, one, one_ko, two, two_ko, verb, also, final = choose(rng, _UNITS)
    a, b = rng.randint(11, 40), rng.randint(11, 40)
    total = f"{a + b} {unit}"
    return (
        (f"The {one} {verb} {a} {unit} and the {two} {verb} {b} {unit}. How much is that together?",
         fill(f"{{x:는}} {a} {unit}{also} {{y:는}} {b} {unit}{final}. 합하면 모두 얼마예요?", {"x": one_ko, "y": two_ko})),
        (f"Together that is {total}.", f"합하면 모두 {total}{final}."),
    )  # fmt: skip


_PLAIN = (
    _went,
    _went,
    _bought,
    _bought,
    _keeps,
    _lives,
    _lives,
    _job,
    _kind,
    _hue,
    _opposite,
    _added,
)
_PROTECTED = (_command, _address, _placeholder, _measure)
