"""Fill sentence frames: particles by the sound before them, predicates by the speech level.

A frame is Korean with two marks: `{slot:를}` is a value and its particle, `[먹다|past]` a predicate
and its ending (`conjugate` lists them). A slot may stand inside a predicate: `[{act}|past]`,
`[{place}=|present]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from korean_rlhf.hangul import josa
from korean_rlhf.sampleworld.conjugate import Register, conjugate

PAIRED: dict[str, str] = {
    form: pair
    for pair in (
        "은/는",
        "이/가",
        "을/를",
        "과/와",
        "으로/로",
        "이나/나",
        "이라고/라고",
        "이랑/랑",
        "이란/란",
    )
    for form in pair.split("/")
}
"""Particles with two forms, by either of them."""

_SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")
_MARK = re.compile(
    r"\{(?P<slot>\w+)(?::(?P<particle>\w+))?\}|\[(?P<predicate>[^|\]]+)\|(?P<ending>[^\]]+)\]"
)
_Piece: TypeAlias = tuple[str, str, str]


@lru_cache(maxsize=100_000)
def attach_particle(word: str, particle: str) -> str:
    """Return `word` with `particle` in the form that its last sound asks for.

    >>> attach_particle("사과", "은"), attach_particle("시장", "에서"), attach_particle("3", "를")
    ('사과는', '시장에서', '3을')
    """
    pair = PAIRED.get(particle)
    return word + (josa(word, pair) if pair else particle)


def fill(frame: str, values: Mapping[str, str], register: Register = "haeyo") -> str:
    """Return `frame` as a Korean sentence.

    Raises:
        KeyError: a slot has no value, or an ending does not exist.

    >>> fill("{who:는} {place}에 [가다|past].", {"who": "민수", "place": "시장"})
    '민수는 시장에 갔어요.'
    """
    return "".join([_say(piece, values, register) for piece in _pieces(frame)])


def _say(piece: _Piece, values: Mapping[str, str], register: Register) -> str:
    """Return one piece of a frame in words."""
    kind, text, extra = piece
    if kind == "text":
        return text
    if kind == "slot":
        return attach_particle(values[text], extra) if extra else values[text]
    return conjugate(_SLOT.sub(lambda found: values[found[1]], text), extra, register)


@lru_cache(maxsize=4096)
def _pieces(frame: str) -> tuple[_Piece, ...]:
    """Return `frame` taken apart: (kind, text or slot or predicate, particle or ending)."""
    pieces: list[_Piece] = []
    end = 0
    for found in _MARK.finditer(frame):
        pieces.append(("text", frame[end : found.start()], ""))
        if found["slot"]:
            pieces.append(("slot", found["slot"], found["particle"] or ""))
        else:
            pieces.append(("predicate", found["predicate"], found["ending"]))
        end = found.end()
    return (*pieces, ("text", frame[end:], ""))
