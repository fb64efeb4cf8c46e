"""Twins that hold what a translator must not touch: code, addresses, placeholders, measures."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeAlias

from korean_rlhf.sampleworld.frames import fill
from korean_rlhf.sampleworld.lexicon import of_kind
from korean_rlhf.sampleworld.plan import choose

Pair: TypeAlias = tuple[str, str]
"""English and Korean of one message."""
Twin: TypeAlias = tuple[Pair, Pair]
"""Question and answer."""

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
_PEOPLE = ("name", "user", "guest_name", "customer", "member")
_PLACES = ("city", "place", "shop")
# Unit, two things that are measured, the verb; what follows the unit as it is read aloud.
_UNITS = (
    ("kg", ("bag", "가방"), ("box", "상자"), "weighs", "이고", "이에요"),
    ("cm", ("stick", "막대"), ("ribbon", "리본"), "measures", "고", "예요"),
    ("L", ("barrel", "통"), ("bucket", "양동이"), "holds", "고", "예요"),
)


def _command(rng: random.Random) -> Twin:
    code, english, korean = choose(rng, _COMMANDS)
    return (
        (f"What does `{code}` do?", f"`{code}` 명령은 무엇을 해요?"),
        (f"`{code}` {english}.", f"`{code}` 명령은 {korean}."),
    )


def _address(rng: random.Random) -> Twin:
    noun = choose(rng, of_kind("animal"))
    url = f"https://example.com/animals/{noun.english}?page={rng.randint(1, 40)}"
    values = {"x": noun.name, "url": url}
    asked = fill("{x}에 대한 글은 어디에서 읽을 수 있어요?", values)
    reply = fill("{x}에 대한 글은 {url} 에서 무료로 읽을 수 있어요.", values)
    return (
        (f"Where can I read about the {noun.english}?", asked),
        (f"You can read about the {noun.english} at {url} for free.", reply),
    )


def _greeting(rng: random.Random) -> Twin:
    slot = "{" + choose(rng, _PEOPLE) + "}"
    return (
        (
            f"Write a short greeting that uses {slot}.",
            f"{slot} 자리를 넣어 짧은 인사말을 써 주세요.",
        ),
        (f"Hello, {slot}. Nice to meet you.", f"{slot} 님, 안녕하세요. 만나서 반가워요."),
    )


def _welcome(rng: random.Random) -> Twin:
    slot = "{" + choose(rng, _PLACES) + "}"
    return (
        (
            f"Write a line that welcomes people to {slot}.",
            f"{slot}에 온 사람들을 반기는 말을 써 주세요.",
        ),
        (
            f"Welcome to {slot}. Have a nice day.",
            f"{slot}에 오신 것을 환영해요. 좋은 하루 보내세요.",
        ),
    )


def _measure(rng: random.Random) -> Twin:
    unit, one, two, verb, also, final = choose(rng, _UNITS)
    a, b = rng.randint(11, 40), rng.randint(11, 40)
    frame = f"{{x:는}} {a} {unit}{also} {{y:는}} {b} {unit}{final}. 합하면 모두 얼마예요?"
    return (
        (
            f"The {one[0]} {verb} {a} {unit} and the {two[0]} {verb} {b} {unit}. "
            "How much is that together?",
            fill(frame, {"x": one[1], "y": two[1]}),
        ),
        (f"Together that is {a + b} {unit}.", f"합하면 모두 {a + b} {unit}{final}."),
    )


MARKED: tuple[Callable[[random.Random], Twin], ...] = (
    _command, _address, _address, _greeting, _welcome, _measure, _measure,
)  # fmt: skip
