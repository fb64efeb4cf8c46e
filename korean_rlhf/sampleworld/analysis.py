"""Read a sentence of the sample world: words, particles, speech level, and what fits together.

A small dictionary lookup, not a morphological analyser: it only needs to know the words that the
world can say, and everything it does not know is told apart as unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from korean_rlhf.hangul import final_index, josa
from korean_rlhf.sampleworld.conjugate import (
    ADJECTIVES,
    FINAL_ENDINGS,
    JOINING_ENDINGS,
    REGISTERS,
    conjugate,
)
from korean_rlhf.sampleworld.frames import PAIRED
from korean_rlhf.sampleworld.lexicon import OPPOSITES, extra_words, nouns
from korean_rlhf.sampleworld.numerals import number_words
from korean_rlhf.sampleworld.words import COMMON, COPULA_ENDINGS, COUNTERS, PLAIN_PARTICLES, VERBS

TRACKED = frozenset(
    "person thing animal place shop city job colour category season family number".split()
)
"""Kinds of word that an answer may only name with a reason."""

_COPULA_NEEDS = {  # which of two forms follows a consonant
    "이에요": True, "예요": False, "이야": True, "야": False, "이었어요": True, "였어요": False,
    "이었습니다": True, "였습니다": False, "이었어": True, "였어": False, "였다": False,
    "다": False, "고": False, "지만": False, "라서": False, "니까": False, "면": False, "니": False,
}  # fmt: skip
_EDGE = " .,!?\"'“”‘’()[]:;…·"
_COUNTED = re.compile(
    r"(\d)(?=(?:"
    + "|".join(sorted(COUNTERS, key=len, reverse=True))
    + r")(?:\W|$|[을를은는이가도의입예]))"
)
_QUOTED = re.compile(r"['’](?=[가-힣])")
_DIGITS = re.compile(r"^(\d+)(.*)$")


@dataclass(frozen=True, slots=True)
class Token:
    """One word between spaces."""

    text: str
    lemma: str
    """Dictionary form or noun; a number as digits; the word itself when unknown."""
    kind: str
    """A kind of `lexicon.Noun`, number, counter, predicate, or word."""
    tag: str
    """What the grammar sees: kind and particle, or ending."""
    others: tuple[str, ...] = ()
    """Further dictionary forms that look alike (가는: 가다, 갈다)."""
    broken: bool = False
    """Whether the particle has the form for the other kind of sound: 사과을."""


@lru_cache(maxsize=1)
def noun_kinds() -> dict[str, str]:
    """Return every noun of the world with its kind."""
    kinds = dict.fromkeys(COMMON, "common") | extra_words()
    kinds |= {noun.name: noun.kind for noun in nouns().values()}
    kinds |= dict.fromkeys(COUNTERS, "counter")
    kinds |= dict.fromkeys(number_words(), "number")
    return kinds


@lru_cache(maxsize=1)
def predicate_forms() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return every conjugated word with its (dictionary form, ending) readings."""
    words = [*ADJECTIVES, *VERBS]
    words += [word for pair in OPPOSITES for word in pair[:2]]
    words += [noun.action.split(" ")[-1] for noun in nouns().values() if noun.action]
    forms: dict[str, dict[tuple[str, str], None]] = {}
    for word in sorted(set(words)):
        for ending, form in _all_forms(word):
            name = ending.split(".")[0] if " " in form else ending
            forms.setdefault(form.split(" ")[0], {})[(word, name)] = None
    return {form: tuple(readings) for form, readings in forms.items()}


def _all_forms(word: str) -> list[tuple[str, str]]:
    found = [("다", word)] + [(ending, conjugate(word, ending)) for ending in JOINING_ENDINGS]
    for ending in FINAL_ENDINGS:  # of two words, such as 갈 거예요, the first one
        found += [(f"{ending}.{level}", conjugate(word, ending, level)) for level in REGISTERS]
    return found


@lru_cache(maxsize=200_000)
def read_word(text: str) -> Token:
    """Return what one word between spaces is.

    >>> read_word("사과를").tag, read_word("먹었어요.").lemma
    ('thing+을', '먹다')
    >>> read_word("사과을").broken, read_word("3을").lemma
    (True, '3')
    """
    word = text.strip(_EDGE)
    digits = _DIGITS.match(word)
    if digits:
        return _read_number(text, digits[1], digits[2])
    noun = _read_noun(text, word)
    forms = predicate_forms().get(word)
    if forms and (noun is None or noun.tag.split("+")[1].startswith("=")):
        lemmas = tuple(dict.fromkeys(lemma for lemma, _ in forms))
        extra = (noun.lemma,) if noun else ()
        return Token(text, lemmas[0], "predicate", _predicate_tag(forms), lemmas[1:] + extra)
    if forms and noun and noun.tag.endswith("+"):  # 사자 the lion, or "let us buy"
        return replace(noun, others=tuple(dict.fromkeys(lemma for lemma, _ in forms)))
    return noun or Token(text, word, "word", word)


def _predicate_tag(forms: tuple[tuple[str, str], ...]) -> str:
    """Return one tag for a form that several predicates or endings may share."""
    endings = sorted({ending for _, ending in forms})
    return "predicate+" + endings[0]


def _read_number(text: str, digits: str, rest: str) -> Token:
    particle = _particle(digits, rest)
    if particle is None:
        return Token(text, text.strip(_EDGE), "word", "word")
    return Token(text, digits, "number", "number+" + particle[0], (), particle[1])


def _read_noun(text: str, word: str) -> Token | None:
    for size in range(len(word), 0, -1):
        kind = noun_kinds().get(word[:size])
        if kind is None:
            continue
        particle = _particle(word[:size], word[size:].lstrip("'\"’”"))
        if particle is None:
            continue
        lemma = str(number_words()[word[:size]]) if kind == "number" else word[:size]
        return Token(text, lemma, kind, f"{kind}+{particle[0]}", (), particle[1])
    return None


@lru_cache(maxsize=100_000)
def _particle(noun: str, rest: str) -> tuple[str, bool] | None:
    """Return the particle or copula that `rest` is, and whether its form is wrong; else None."""
    if not rest or rest in PLAIN_PARTICLES:
        return rest, False
    if rest in PAIRED:
        pair = PAIRED[rest]
        return pair.split("/")[0], josa(noun, pair) != rest
    if rest in COPULA_ENDINGS:
        closed = bool(final_index(noun))
        return "=" + rest.removeprefix("이"), _COPULA_NEEDS.get(rest, closed) != closed
    return None


@lru_cache(maxsize=100_000)
def levels_of(word: str) -> frozenset[str]:
    """Return the speech levels that a predicate in its last form may have; empty for none.

    >>> sorted(levels_of("먹어라")), sorted(levels_of("갔습니다")), sorted(levels_of("가고"))
    (['haera'], ['hapsyo'], [])
    """
    readings = predicate_forms().get(word, ())
    found = {ending.split(".")[1] for _, ending in readings if "." in ending}
    return frozenset(
        found | ({"haera"} if any(ending == "다" for _, ending in readings) else set())
    )


@lru_cache(maxsize=50_000)
def tokens(text: str) -> tuple[Token, ...]:
    """Return the words of `text`."""
    parted = _QUOTED.sub(" ", _COUNTED.sub(r"\1 ", text))  # 3개 is 3 개, '크다'의 is 크다 의
    found = [read_word(word) for word in parted.split() if word.strip(_EDGE)]
    for place, word in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else None
        counts = after is not None and not COUNTERS.isdisjoint((after.lemma, *after.others))
        if word.kind == "number" and word.others and not counts:  # 한 일: of 하다
            found[place] = replace(word, kind="predicate", lemma=word.others[0])
    return tuple(found)


@lru_cache(maxsize=20_000)
def lemma_key(value: str) -> str:
    """Return `value` as a run of lemmas, as answers are searched for it.

    >>> lemma_key("책상 위"), lemma_key("손을 씻다")
    ('책상 위', '손 씻다')
    """
    return " ".join(_lemma(token) for token in tokens(value))


def _lemma(token: Token) -> str:
    word = token.text.strip(_EDGE)
    if ("다", word) in ((ending, lemma) for lemma, ending in predicate_forms().get(word, ())):
        return word  # 열다 is no ten
    return token.lemma if token.kind != "word" else strip_particle(token.lemma)


@lru_cache(maxsize=50_000)
def strip_particle(word: str) -> str:
    """Return an unknown word without a particle at its end, if one may be there.

    >>> strip_particle("숙제를"), strip_particle("위에"), strip_particle("손")
    ('숙제', '위', '손')
    """
    for particle in (*COPULA_ENDINGS, *PLAIN_PARTICLES, *PAIRED):
        if word.endswith(particle) and len(word) > len(particle):
            stem = word[: -len(particle)]
            reading = _particle(stem, particle)
            if reading is not None and not reading[1]:
                return stem
    return word
