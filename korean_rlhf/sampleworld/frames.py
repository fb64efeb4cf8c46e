"""Fill sentence frames: particles by the sound before them, predicates by the speech level.

A frame is Korean with two marks: `{slot:를}` is a value and its particle, `[먹다|past]` a predicate
and its ending (`conjugate` lists them). A slot may stand inside a predicate: `[{act}|past]`,
`[{place}=|present]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

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
_PREDICATE = re.compile(r"\[([^|\]]+)\|([^\]]+)\]")


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

    >>> fill("{who:는} {place}에서 {thing:를} [사다|past].", {"who": "민수", "place": "시장", "thing": "수박"})
    '민수는 시장에서 수박을 샀어요.'
    """

    def slot(found: re.Match[str]) -> str:
        value = values[found[1]]
        return attach_particle(value, found[2]) if found[2] else value

    text = _SLOT.sub(slot, frame)
    return _PREDICATE.sub(lambda found: conjugate(found[1], found[2], register), text)


@lru_cache(maxsize=4096)
def slots(frame: str) -> frozenset[str]:
    """Return the names of the slots of `frame`."""
    return frozenset(found[1] for found in _SLOT.finditer(frame))
