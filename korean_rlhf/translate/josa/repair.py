"""Repair the particles (조사) behind restored spans, and nowhere else by guess.

A translator that saw ⟦0⟧ could not know how it is read: `ls`을 or `ls`를. Behind each seam the form
is chosen by sound. A double form such as 은(는), which is never right in a finished text, is
resolved wherever it stands. Digits, Latin words, signs and units in the translator's own text are
repaired by choice: only where their sound is sure, and where Kiwi sees no noun of its own
there (제2과 is a lesson). No other character of a text is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from korean_rlhf.translate.josa.pairs import DOUBLE, FORM, alternation, choose, fitting
from korean_rlhf.translate.morphemes import morphemes
from korean_rlhf.translate.spoken import UNKNOWN, Reading, read_aloud, read_end

Reach: TypeAlias = Literal["seams", "foreign", "off"]
"""Where particles are repaired."""

_CLOSERS = "\"'”’)]〉》」』≫>＞*_`"
_CLOSING = f"[{re.escape(_CLOSERS)}]*"
# Behind 으로, 과 and the like another particle may stand: 로는, 와의. Behind 가 none: 3가의 이온.
_TAIL = r"(?=(?:(?<![이가은는을를])(?:는|도|만|의|까지|부터|조차|라도)|요)?(?![가-힣(]))"
_PAIR = f"(?P<double>{alternation(tuple(DOUBLE))})"
_BEHIND = re.compile(f"{_CLOSING}(?:{_PAIR}|(?P<form>{FORM}){_TAIL})")
_DOUBLE = re.compile(rf"(?<=[\w%+#℃{re.escape(_CLOSERS)}]){_PAIR}(?![가-힣])")
_FOREIGN = re.compile(
    rf"(?<=[A-Za-zÀ-ɏ0-9%‰°℃℉㎀-㏟ℓΩα-ωΑ-Ω+#])[`\"'”’)\]*_]*(?P<form>{FORM}){_TAIL}"
)
_WORD_END = re.compile(r"[\w\"'”’〉》」』≫>＞)\].!?*%℃°]")
_COUNTERS = frozenset({"과", "가", "로"})
"""Behind digits also a lesson (課), a street (街, 路): Kiwi must see the particle as it stands."""
_LONGEST = 60
"""Characters that are looked at before a particle."""


class Edit(NamedTuple):
    """A particle at start..end of a text, and what it should be."""

    start: int
    end: int
    form: str


def repair(text: str, seams: Sequence[tuple[int, int]], reach: Reach = "seams") -> str:
    """Return `text` with the particle behind each seam in the form that fits the span.

    `seams` are the start and end of each restored span. A span whose sound nobody knows, such as
    {name}, keeps what the translator wrote.

    >>> repair("`ls`을 실행하세요.", ((0, 4),))
    '`ls`를 실행하세요.'
    >>> repair("10%은 적어요.", ()), repair("10%은 적어요.", (), "foreign")
    ('10%은 적어요.', '10%는 적어요.')
    """
    if reach == "off":
        return text
    spans = {end: start for start, end in seams}
    edits = {edit.start: edit for edit in _at_seams(text, spans)}
    for edit in _at_doubles(text, spans):
        edits.setdefault(edit.start, edit)
    if reach == "foreign":
        for edit in _at_foreign(text, spans):
            edits.setdefault(edit.start, edit)
    return _apply(text, [edits[start] for start in sorted(edits)])


def _apply(text: str, edits: Sequence[Edit]) -> str:
    parts, place = [], 0
    for edit in edits:
        parts += [text[place : edit.start], edit.form]
        place = edit.end
    return "".join([*parts, text[place:]])


def _at_seams(text: str, spans: Mapping[int, int]) -> Iterator[Edit]:
    for end in spans:
        found = _BEHIND.match(text, end)
        if not found or found.end() == end:
            continue
        name = "double" if found["double"] else "form"
        start, stop = found.span(name)
        reading = reading_before(text, start, spans)
        if not reading.finals:
            continue
        if name == "double":
            yield Edit(start, stop, choose(DOUBLE[found[name]], reading.finals[0]))
        else:
            form = _called(found[name], text[stop : stop + 1], reading.finals)
            yield Edit(start, stop, form)


def _called(form: str, behind: str, finals: Sequence[int]) -> str:
    """Return the fitting form; 야 before a comma calls somebody: 민준아, and not 민준이야."""
    if form == "야" and behind in (",", "!") and all(finals):
        return "아"
    return fitting(form, finals, strict=True)


def _at_doubles(text: str, spans: Mapping[int, int]) -> Iterator[Edit]:
    for found in _DOUBLE.finditer(text):
        reading = reading_before(text, found.start(), spans)
        if reading.finals and not _inside(found.start(), spans):
            yield Edit(*found.span(), choose(DOUBLE[found["double"]], reading.finals[0]))


def _at_foreign(text: str, spans: Mapping[int, int]) -> Iterator[Edit]:
    for found in _FOREIGN.finditer(text):
        start, stop = found.span("form")
        if _inside(start, spans):
            continue
        reading = reading_before(text, start, spans)
        if not (reading.finals and reading.sure):
            continue
        form = fitting(found["form"], reading.finals, strict=False)
        if form != found["form"] and _is_particle(text, Edit(start, stop, form)):
            yield Edit(start, stop, form)


def reading_before(text: str, place: int, spans: Mapping[int, int]) -> Reading:
    """Return how the word before `place` ends; `spans` are starts of restored spans by their end.

    What stands in brackets is skipped, as the rule is (대한민국(Korea)은), but as many go by the
    word in the brackets, both readings are given.

    >>> reading_before("서울(Seoul)", 9, {}).finals, reading_before("값(3)", 4, {}).finals
    ((8,), (18, 16))
    """
    at = place
    while at > 0 and at not in spans and text[at - 1] in _CLOSERS:
        at -= 1
        opening = _opening(text, at) if text[at] in ")]" else 0
        if opening:
            return reading_before(text, opening, spans) | reading_before(text, at, spans)
    if at in spans:
        return read_aloud(text[spans[at] : at])
    if not at or text[at - 1].isspace():
        return UNKNOWN
    return read_end(text[max(0, at - _LONGEST) : at])


def _opening(text: str, closing: int) -> int:
    """Return the end of the word before the bracket that closes at `closing`, 0 for none near.

    A space may stand between: 《몽상가들》 (2003)로.
    """
    opener = "(" if text[closing] == ")" else "["
    found = text.rfind(opener, max(0, closing - _LONGEST), closing)
    if found <= 0 or text[closing] in text[found:closing]:
        return 0
    end = found - 1 if text[found - 1] == " " else found
    return end if end and _WORD_END.match(text[end - 1]) else 0


def _inside(place: int, spans: Mapping[int, int]) -> bool:
    return any(start <= place < end for end, start in spans.items())


def _is_particle(text: str, edit: Edit) -> bool:
    """Whether Kiwi reads no noun at `edit`, once it is as it should be.

    A wrong form may be misread for that alone (은 of 10%은 is silver), and so may one behind signs:
    the word before is shown as a plain letter. Only where a counter has the look of a particle,
    Kiwi must see the particle as it stands.
    """
    start = text.rfind("\n", 0, edit.start) + 1
    stop = text.find("\n", edit.end)
    before, behind = text[start : edit.start], text[edit.end : stop if stop >= 0 else None]
    written = text[edit.start : edit.end]
    if before[-1].isdigit() and written in _COUNTERS:
        return any(tag[0] == "J" for tag in _tags_at(len(before), before + written + behind))
    plain = before[: before.rfind(" ") + 1] + "A"
    return not any(tag[0] in "NM" for tag in _tags_at(len(plain), plain + edit.form + behind))


def _tags_at(place: int, line: str) -> list[str]:
    return [each.tag for each in morphemes(line) if each.start == place]
