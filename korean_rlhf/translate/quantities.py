"""The numbers of an English text and of its Korean translation, and whether they are the same.

English "2 million", "twenty-five" and "3 pm" are the numbers of 200만, 25 and 15시. Values are
compared as sets: a Korean sentence may leave out what is clear, or say it twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from korean_rlhf.translate.numerals import (
    NUMBER,
    KoreanNumber,
    canonical,
    counted_words,
    holds_word,
    korean_forms,
    korean_numbers,
    scaled,
)

UNITS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
TENS = dict(
    zip(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        range(20, 100, 10),
        strict=True,
    )
)
SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINALS = dict(
    zip(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        range(1, 13),
        strict=True,
    )
)
_MONTH_NAMES = (
    "January February March April May June July August September October November December".split()
)
MONTHS = {
    form: number
    for number, name in enumerate(_MONTH_NAMES, 1)
    for form in (name, name[:3], "Sept" if number == 9 else name)
}
"""By their names with a capital: may and march are no months."""
OTHERS = {
    **{"once": (1,), "twice": (2,), "thrice": (3,), "both": (2,), "couple": (2,), "pair": (2,)},
    **{"double": (2,), "triple": (3,), "dozen": (12,), "dozens": (10, 12), "half": (1, 2, 50, 30)},
    **{"quarter": (1, 4, 25, 15), "noon": (12,), "midnight": (0, 12, 24), "single": (1,)},
    **{"decade": (10,), "decades": (10,), "century": (100, 1), "centuries": (100,)},
    **{"fortnight": (2,), "week": (1, 7), "year": (1,), "hour": (1,), "day": (1,), "another": (1,)},
    **{"decimal": (10,), "hexadecimal": (16,), "hex": (16,), "octal": (8,), "binary": (2,)},
    **{"nonzero": (0,), "zeros": (0,), "zeroes": (0,), "none": (0,), "no": (0,)},
    **{"month": (1,), "minute": (1,), "a": (1,), "an": (1,), "each": (1,), "only": (1,)},
}
_ENGLISH = re.compile(
    rf"(?P<digits>{NUMBER})(?P<scale>\s?(?:hundred|thousand|million|billion|trillion|k|bn|m)\b)?"
    r"|(?P<word>[a-z]+)",
    re.IGNORECASE,
)
_SHORT = {"k": 10**3, "m": 10**6, "bn": 10**9}
_FULL_HOUR = re.compile(r"(\d{1,2}):00\b")
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY_OF_MONTH = re.compile(
    rf"\b(?P<before>{_MONTH})\b\.?\s\d{{1,2}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s(?P<behind>{_MONTH})\b"
)
_MORE_THAN_ONE = re.compile(r"\b(?:more than|at most|not) (?:once|one)\b", re.IGNORECASE)
_HALF_DAY = re.compile(r"\b(?:[ap]\.?m\b|o'clock|noon|evening|afternoon|night)", re.IGNORECASE)


@dataclass
class Quantities:
    """The numbers of an English text."""

    written: set[str] = field(default_factory=set)
    """In digits: a translation must hold each."""
    spelled: set[str] = field(default_factory=set)
    """In plain number words from two up: a translation must hold each, in digits or words."""
    possible: set[str] = field(default_factory=set)
    """What a translation may write as a number besides: months, ordinals, half, once."""
    half_day: bool = False
    """Times of day are said, so 3 may become 15."""


def changed_numbers(source: str, target: str) -> str:
    """Return what differs between the numbers of an English and a Korean text, "" for nothing.

    >>> changed_numbers("It has 3 rooms and 2 million books.", "방이 3개이고 책이 200만 권 있어요.")
    ''
    >>> changed_numbers("It has 3 rooms.", "방이 4개 있어요.")
    'lost 3; new 4'
    """
    wanted, numbers = english_quantities(source), korean_numbers(target)
    found = {value for number in numbers for value in number.values}
    needed = [*sorted(wanted.written), *sorted(wanted.spelled)]
    lost = [value for value in needed if not _is_said(value, found, target, wanted)]
    new = sorted({value for number in numbers for value in _new_values(number, wanted)})
    new += [word for word, value in counted_words(target) if not _is_meant(value, wanted)]
    said = (("lost", lost), ("new", new))
    return "; ".join(f"{name} {', '.join(values)}" for name, values in said if values)


@lru_cache(maxsize=4096)  # a text is compared with every other of its request
def english_quantities(text: str) -> Quantities:
    """Return the numbers of an English text, in digits and in words."""
    found = Quantities(half_day=bool(_HALF_DAY.search(text)))
    text = _FULL_HOUR.sub(r"\1", text)  # 5:00 is 5시
    if _MORE_THAN_ONE.search(text):
        found.possible.add("2")  # more than once: 두 번 이상
    found.written.update(str(MONTHS[month]) for month in _month_of_days(text))
    run: list[str] = []
    end = 0
    for match in _ENGLISH.finditer(text):
        word = (match["word"] or "").lower()
        if not _goes_on(run, word, text[end : match.start()]):
            _spelled(run, found)
            run = []
        end = match.end()
        if word in UNITS or word in TENS or run:
            run.append(word)
        elif match["digits"]:
            scale = (match["scale"] or "").strip().lower()
            attached = text[match.start() - 1 : match.start()].isalpha()  # w3m is no 3 million
            factor = 1 if attached else SCALES.get(scale) or _SHORT.get(scale, 1)
            found.written.add(scaled(match["digits"], factor))
            found.possible.add(canonical(match["digits"]))
        else:
            found.possible.update(map(str, _other_values(word)))
            if match["word"] in MONTHS:
                found.possible.add(str(MONTHS[match["word"]]))
    _spelled(run, found)
    return found


def _month_of_days(text: str) -> list[str]:
    """Return the names of months that stand beside a day: July 25 must become 7월 25일."""
    return [match["before"] or match["behind"] for match in _DAY_OF_MONTH.finditer(text)]


def _goes_on(run: list[str], word: str, gap: str) -> bool:
    """Whether `word` belongs to the number begun in `run`: seven-thirty and "two, three" do not."""
    if not run or gap not in (" ", "-"):
        return False
    if word in UNITS:
        return run[-1] not in UNITS
    return word in SCALES or word == "and" or (word in TENS and run[-1] not in (*UNITS, *TENS))


def _new_values(number: KoreanNumber, wanted: Quantities) -> list[str]:
    """Return what the English text does not say: nothing, when it says the whole."""
    if _is_meant(number.whole, wanted):
        return []
    return [part[0] for part in number.parts if not any(_is_meant(value, wanted) for value in part)]


def _is_said(value: str, found: set[str], target: str, wanted: Quantities) -> bool:
    if value in found:
        return True
    if not value.isdigit():
        return False
    number = int(value)
    if wanted.half_day and number <= 12 and str(number + 12) in found:
        return True
    if number == 50 and "절반" in target:
        return True
    if len(value) == 2 and any(each.endswith(value) and len(each) == 4 for each in found):
        return True  # the 90s: 1990년대
    return any(holds_word(form, target) for form in korean_forms(number))


def _is_meant(value: str, wanted: Quantities) -> bool:
    if value in wanted.written or value in wanted.spelled or value in wanted.possible:
        return True
    if not value.isdigit():
        return False
    number = int(value)
    if len(value) == 4 and value[2:] in wanted.written:
        return True  # 1990년대 for the 90s
    return (
        wanted.half_day
        and 12 <= number <= 24
        and str(number - 12) in wanted.written | wanted.spelled
    )


def _spelled(run: list[str], found: Quantities) -> None:
    """Add the number that the words in `run` make."""
    words = [word for word in run if word != "and"]
    if not words:
        return
    total = current = 0
    for word in words:
        if word in SCALES:
            current = max(current, 1) * SCALES[word]
            if word != "hundred":
                total, current = total + current, 0
        else:
            current += UNITS.get(word, 0) + TENS.get(word, 0)
    value = total + current
    # "One" is a pronoun as often as a number.
    (found.spelled if value > 1 else found.possible).add(str(value))
    found.possible.update(str(UNITS.get(word) or TENS.get(word) or 0) for word in words)


def _other_values(word: str) -> tuple[int, ...]:
    if word in OTHERS:
        return OTHERS[word]
    if word in ORDINALS:
        return (ORDINALS[word],)
    if word in SCALES:
        return (SCALES[word],)
    return ()
