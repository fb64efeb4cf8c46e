"""What becomes of a document that an engine answers well or badly: whole, reported, or lost."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any
from unittest import mock

from markdown_it import MarkdownIt

from korean_rlhf.records import Drop, Message
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate import pieces
from korean_rlhf.translate.engines import MaskStyle, Row
from korean_rlhf.translate.pieces import piece_of, translate_pieces
from tests.translate.documents import Made

STYLES: tuple[MaskStyle, ...] = ("marks", "tags", "segments")
SIGNS = {"marks": re.compile(r"⟦\d+⟧"), "tags": re.compile(r'<x id="\d+"/>')}
SIGN = re.compile(r"⟦\d+⟧|<x id=\"\d+\"/>")
_WORD = re.compile(r"⟦\d+⟧|<x[^<>]*>|&\w+;|[A-Za-z]{2,}")
_VERBATIM = ("fence",)
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable("inline")
Change = Callable[[str, random.Random], str]


def in_korean(text: str) -> str:
    """Return `text` with each word made Korean, in its place."""
    return _WORD.sub(lambda word: "말" * len(word[0]) if word[0][0].isalpha() else word[0], text)


def on_one_sign(change: Callable[[str, str, random.Random], str]) -> Change:
    """Return what changes one sign of a text, if it has any."""

    def changed(text: str, rng: random.Random) -> str:
        signs = list(SIGN.finditer(text))
        if not signs:
            return text
        sign = rng.choice(signs)
        return text[: sign.start()] + change(sign[0], text, rng) + text[sign.end() :]

    return changed


def on_all_signs(change: Callable[[str], str]) -> Change:
    return lambda text, rng: SIGN.sub(lambda sign: change(sign[0]), text)


def permuted(text: str, rng: random.Random) -> str:
    """Move the signs of each line among their places, except those that are a line."""
    lines = []
    for line in text.split("\n"):
        parts = re.split(r"((?<!\()(?<!\])(?:⟦\d+⟧|<x id=\"\d+\"/>)(?!\)))", line)
        signs = parts[1::2]
        if "".join(parts[::2]).strip(" >-*0123456789.") and not _TABLE_LINE.search(line):
            rng.shuffle(signs)
        parts[1::2] = signs
        lines.append("".join(parts))
    return "\n".join(lines)


_TABLE_LINE = re.compile(r"\|")


def renumbered(sign: str, text: str, rng: random.Random) -> str:
    return re.sub(r"\d+", lambda number: str(int(number[0]) + rng.choice([1, 40])), sign)


def swapped_far(text: str, rng: random.Random) -> str:
    """Exchange any two signs of the text."""
    parts = re.split(f"({SIGN.pattern})", text)
    if len(parts) > 3:
        one, other = rng.sample(range(1, len(parts), 2), 2)
        parts[one], parts[other] = parts[other], parts[one]
    return "".join(parts)


def without_a_line(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    del lines[rng.randrange(len(lines))]
    return "\n".join(lines)


def lines_joined(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    place = rng.randrange(len(lines))
    return "\n".join([*lines[:place], " ".join(lines[place : place + 2]), *lines[place + 2 :]])


def less(pattern: str) -> Change:
    """Return what takes one match of `pattern` away."""

    def changed(text: str, rng: random.Random) -> str:
        found = list(re.finditer(pattern, text, re.MULTILINE))
        place = rng.choice(found).span() if found else (0, 0)
        return text[: place[0]] + text[place[1] :]

    return changed


FAITHFUL: dict[str, Change] = {
    "echo": lambda text, rng: text,
    "permute": permuted,
    "space in marks": on_all_signs(
        lambda sign: re.sub(r"(\d+)", r" \1 ", sign) if sign[0] == "⟦" else sign
    ),
    "full-width digits": on_all_signs(
        lambda sign: (
            sign.translate({48 + d: 0xFF10 + d for d in range(10)}) if sign[0] == "⟦" else sign
        )
    ),
    "open and close": on_all_signs(lambda sign: sign.replace("/>", "></x>")),
    "other quotes": on_all_signs(lambda sign: sign.replace('"', "'")),
    "space in tags": on_all_signs(lambda sign: sign.replace("<x", "<X ").replace("/>", " / >")),
    "escaped tags": on_all_signs(
        lambda sign: sign.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    ),
    "edge space": lambda text, rng: f"\n {text} \n",
}
"""What engines do that costs nothing: each must come out lossless."""
INVENTED = {True: ("⟦99⟧", "⟦", "<x id=99>", "</x>", '<x id="0"'), False: ("⟦99⟧", "⟦", "⟧")}
FAULTY: dict[str, Change] = {
    "drop": on_one_sign(lambda sign, text, rng: ""),
    "double": on_one_sign(lambda sign, text, rng: f"{sign} {sign}"),
    "invent": lambda text, rng: f"{text} {rng.choice(INVENTED['<x id' in text])}",
    "renumber": on_one_sign(renumbered),
    "bend": on_one_sign(
        lambda sign, text, rng: rng.choice(
            [sign[1:], sign[:-1], sign.replace("⟦", "[").replace("<", "["), "【0】", "[[0]]"]
        )
    ),
    "words in a tag": on_one_sign(lambda sign, text, rng: sign.replace("/>", ">말</x>")),
    "swap far": swapped_far,
    "lose a line": without_a_line,
    "join lines": lines_joined,
    "lose a marker": less(r"^[ >]*(?:[-*]|\d\.) "),
    "lose a heading": less(r"^#+ "),
    "lose a pipe": less(r"\|"),
    "lose a quotation": less(r"^> "),
    "lose an indent": less(r"^ +(?=\S)"),
    "lose an empty line": less(r"^\n"),
    "unlink": less(r"\]\("),
    "more structure": lambda text, rng: rng.choice(["- ", "# ", "> ", "1. "]) + text,
    "more lines": lambda text, rng: f"{text}\n\n- 말",
    "say nothing": lambda text, rng: "",
    "more cells": lambda text, rng: f"{text} | 말",
}
"""What must be reported wherever it loses anything."""


class FakeEngine:
    """Answers in Korean, changed by `change`; from `until` requests on faithfully."""

    name = "fake"

    def __init__(self, style: MaskStyle, change: Change, seed: int, faulty: Sequence[str]) -> None:
        self.style = style
        self.second_style = "tags" if style == "marks" else "segments"
        self.change, self.rng, self.faulty = change, random.Random(seed), faulty

    def translate(self, rows: Sequence[Row]) -> list[str | Drop]:
        return [self._answer(row.text) for row in rows]

    def _answer(self, text: str) -> str:
        shown = next((style for style, sign in SIGNS.items() if sign.search(text)), "segments")
        answer = in_korean(text)
        return self.change(answer, self.rng) if shown in self.faulty else answer


def outcome(
    made: Made, style: MaskStyle, change: Change, seed: int, *, retries: int = 0
) -> tuple[str, str]:
    """Return what became of a document, and by which road.

    "lossless", "reported: REASON", or "LOST: WHAT" when something is gone and nobody said so. With
    `retries` the engine is at fault wherever it is shown signs, and good with prose alone.
    """
    faulty = ("marks", "tags") if retries else STYLES
    engine: Any = FakeEngine(style, change, seed, faulty)
    settings = TranslateSettings(model="fake", retries=retries, protect_numbers=bool(seed % 2))
    with mock.patch.object(pieces, "faults", lambda pair, settings: []):  # the prose is no prose
        piece = piece_of(Message(role="user", content=made.text), settings)
        roads = translate_pieces([piece], engine, settings)
    road = next(iter(roads))
    if piece.faults:
        return f"reported: {piece.faults[0].reason}", road
    return loss(made, piece.text) or "lossless", road


def loss(made: Made, text: str) -> str:
    """Return what a text lost or gained silently, "" for nothing."""
    for atom in made.atoms:
        if text.count(atom) != made.text.count(atom):
            return f"LOST: {atom!r} {made.text.count(atom)} times became {text.count(atom)}"
    if text.count("⟦") != made.text.count("⟦") or re.search(r"<x\s+id", text):
        return "LOST: a mark is left"
    if skeleton(text) != skeleton(made.text):
        return "LOST: structure"
    return ""


@lru_cache(maxsize=8)  # one document meets seven engines
def skeleton(text: str) -> list[tuple[str, str, int, str]]:
    """Return the blocks of a text as another parser, markdown-it-py, sees them."""
    return [
        (token.type, token.tag, token.level, token.content if token.type in _VERBATIM else "")
        for token in _MARKDOWN.parse(text)
        if token.type not in ("inline", "paragraph_open", "paragraph_close")
    ]
