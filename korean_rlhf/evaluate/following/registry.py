"""The constraints by name: what each is asked with and what checks it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from korean_rlhf.errors import UnknownName
from korean_rlhf.evaluate.following import (
    counting,
    edges,
    layout,
    script,
    shape,
    speech,
    wordplay,
    words,
)
from korean_rlhf.evaluate.following.parameters import (
    BOUNDS,
    Parameter,
    Parameters,
    validate,
)

Check: TypeAlias = Callable[[str, Parameters], bool]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One kind of instruction that code can check."""

    check: Check
    takes: tuple[Parameter, ...] = ()


def _counted(check: Check, *more: Parameter) -> Constraint:
    return Constraint(check, (*more, *BOUNDS))


def _one_text(check: Check, name: str, choices: tuple[str, ...] = ()) -> Constraint:
    return Constraint(check, (Parameter(name, "text", choices),))


CONSTRAINTS: dict[str, Constraint] = {
    "characters": _counted(counting.characters, Parameter("spaces", "flag")),
    "eojeols": _counted(counting.eojeols),
    "sentences": _counted(counting.sentence_count),
    "paragraphs": _counted(counting.paragraphs),
    "lines": _counted(counting.line_count),
    "bullets": _counted(layout.bullets),
    "numbered": _counted(layout.numbered),
    "headings": _counted(layout.headings, Parameter("level", "number", required=False)),
    "table": Constraint(
        layout.table, (Parameter("columns", "number"), Parameter("rows", "number", required=False))
    ),
    "title": _one_text(edges.title, "marks", tuple(edges.TITLE_MARKS)),
    "quoted": _one_text(edges.quoted, "marks", tuple(edges.QUOTATION_MARKS)),
    "begins_with": _one_text(edges.begins_with, "phrase"),
    "ends_with": _one_text(edges.ends_with, "phrase"),
    "postscript": _one_text(edges.postscript, "marker"),
    "repeats_question": _one_text(edges.repeats_question, "question"),
    "json_only": Constraint(shape.json_only, (Parameter("keys", "texts", required=False),)),
    "separated": Constraint(shape.separated, (Parameter("count", "number"),)),
    "placeholders": _counted(shape.placeholders),
    "one_of": Constraint(shape.one_of, (Parameter("options", "texts"),)),
    "hangul_only": Constraint(script.hangul_only, (Parameter("digits", "flag"),)),
    "no_latin": Constraint(script.no_latin),
    "no_digits": Constraint(script.no_digits),
    "no_commas": Constraint(script.no_commas),
    "korean_numerals": Constraint(script.korean_numerals, (Parameter("values", "numbers"),)),
    "emoji": _counted(script.emoji),
    "contains": Constraint(words.contains, (Parameter("words", "texts"),)),
    "lacks": Constraint(words.lacks, (Parameter("words", "texts"),)),
    "word_frequency": _counted(words.word_frequency, Parameter("word", "text")),
    "register": _one_text(speech.register, "level", tuple(speech.LEVELS)),
    "one_register": Constraint(speech.one_register),
    "acrostic": _one_text(wordplay.acrostic, "word"),
    "first_consonants": _one_text(wordplay.first_consonants, "letters"),
    "word_chain": _counted(wordplay.word_chain, Parameter("start", "text", required=False)),
}


def check_constraint(name: str, parameters: Parameters) -> None:
    """Check that there is a constraint `name` and that it takes `parameters`.

    Raises:
        UnknownName: there is none of that name.
        BadParameters: it is asked with something else.
    """
    if name not in CONSTRAINTS:
        raise UnknownName("constraint", name, CONSTRAINTS)
    validate(name, CONSTRAINTS[name].takes, parameters)


def satisfied(name: str, answer: str, parameters: Parameters) -> bool:
    """Whether `answer` does what the constraint `name` asks; an empty one satisfies none.

    The answer is read in NFC, without blank lines before it and blanks behind it.

    Raises:
        UnknownName: there is none of that name.
        BadParameters: it is asked with something else.
    """
    check_constraint(name, parameters)
    text = unicodedata.normalize("NFC", answer).replace("\r\n", "\n").rstrip()
    first = next((at for at, char in enumerate(text) if not char.isspace()), 0)
    begun = text.rfind("\n", 0, first) + 1  # the first line keeps its indent: lists need it
    return bool(text) and CONSTRAINTS[name].check(text[begun:], parameters)
