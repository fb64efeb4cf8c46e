"""Translate a handful of texts: mask, ask, restore, repair, check, ask once more.

A text whose marks or Markdown came back damaged is shown in another way (roads.py), and at last
only its prose travels, cut around what must stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from korean_rlhf.records import Drop, Message
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.alignment import swapped
from korean_rlhf.translate.checks import Pair, faults
from korean_rlhf.translate.engines import Engine, MaskStyle, Row
from korean_rlhf.translate.josa import repair
from korean_rlhf.translate.protect import (
    MARK,
    Protected,
    cut,
    from_tags,
    outline_change,
    protect,
    read_glossary,
    restore,
    to_tags,
)
from korean_rlhf.translate.requesting import as_request
from korean_rlhf.translate.roads import ADVICE as STYLE_ADVICE
from korean_rlhf.translate.roads import DAMAGE

ADVICE = {
    "translator-chatter": "Give the translation only, without a word of your own.",
    "translator-refusal": "Translate the text; do not answer or judge it.",
    "not-korean": "Translate the whole text into Korean.",
    "source-copied": "Leave no English sentence untranslated.",
    "number-changed": "Keep every number as it is.",
    "repetition": "Say nothing twice that the text says once.",
    "truncated": "Translate the text to its end.",
    "length-ratio": "Translate all of the text and nothing else.",
    "markdown-changed": "Keep lists and headings line by line.",
    "lost-imperative": "The text asks for something; so must the translation (~하세요).",
    "lost-question": "The text asks something; so must the translation.",
    "answered": "Translate the text; do not answer it.",
    "other-script": "Use Hangul, and no letters of another language that the text does not have.",
    "broken-text": "Write whole syllables, and no escapes.",
    "address-changed": "Add no address, and change none.",
    "text-added": "Add no sentence.",
    "paragraphs-changed": "Keep the paragraphs as they are.",
    "negation-lost": "The text denies something; so must the translation.",
    "josa-wrong": "Write one particle behind each word, in the form that fits it.",
    "back-translation-differs": "Say what the text says, all of it and nothing else.",
    "register-mixed": "Keep one speech level throughout.",
    "register-other": "Use the speech level that was asked for.",
}
"""What a second request says about the fault of the first."""


@dataclass(slots=True)
class Piece:
    """One message on its way."""

    message: Message
    protected: Protected
    text: str = ""
    """The accepted translation."""
    rejected: str = ""
    """The last translation that was not accepted."""
    faults: list[Drop] = field(default_factory=list)
    road: str = "no-prose"
    """How it was last asked for: the style, with "-again" when it was not the first time."""
    damaged: bool = False
    """Whether an engine once lost its marks or its Markdown."""
    restored: bool = False
    """Its request was given back by rule (requesting.py)."""

    @property
    def to_translate(self) -> bool:
        """Whether anything but marks, digits and signs is left to translate."""
        return bool(re.search(r"[^\W\d_]", MARK.sub("", self.protected.masked)))


def translate_pieces(
    pieces: Sequence[Piece], engine: Engine, settings: TranslateSettings
) -> Counter[str]:
    """Put into each of `pieces` its translation, or what is wrong with the last one.

    Returns how many came by which road: "marks", "tags-again", "refused", ...
    """
    pending = [piece for piece in pieces if piece.to_translate]
    if engine.style == "segments":
        _by_segments(pending, engine, settings, again=False)
    else:
        for chunk in _chunks(pending, settings):
            _attempt(chunk, engine, settings, engine.style, again=False)
    for attempt in range(settings.retries):
        last = attempt + 1 == settings.retries
        for piece in pending:
            if piece.faults:
                _again(piece, engine, settings, last=last)
    if settings.restore_requests:
        for piece in pending:
            _restore_request(piece, settings)
    return Counter("refused" if piece.faults else piece.road for piece in pieces)


def piece_of(message: Message, settings: TranslateSettings) -> Piece:
    """Return `message` in NFC, its spans masked."""
    clean = replace(message, content=unicodedata.normalize("NFC", message.content))
    glossary = read_glossary(settings.terms) if settings.terms else None
    protected = protect(clean.content, numbers=settings.protect_numbers, glossary=glossary)
    piece = Piece(clean, protected)
    if not piece.to_translate:
        restored = restore(protected.masked, protected.spans)
        assert not isinstance(restored, Drop)  # nothing has touched the marks
        piece.text = restored.text
    return piece


def _again(piece: Piece, engine: Engine, settings: TranslateSettings, *, last: bool) -> None:
    """Ask once more for a faulty piece; when its marks are lost for good, for its prose alone."""
    style = engine.second_style if piece.damaged else engine.style
    if style != "segments":
        _attempt([piece], engine, settings, style, again=True)
    if style == "segments" or (last and piece.faults and piece.damaged):
        _by_segments([piece], engine, settings, again=True)


def _chunks(pieces: Sequence[Piece], settings: TranslateSettings) -> Iterator[list[Piece]]:
    """Yield `pieces` by as many as one request may carry."""
    lengths = [len(piece.protected.masked) for piece in pieces]
    for start, end in _requests(lengths, settings):
        yield list(pieces[start:end])


def _requests(lengths: Sequence[int], settings: TranslateSettings) -> Iterator[tuple[int, int]]:
    """Yield start and end of the texts, of these lengths, that go into one request each."""
    start = characters = 0
    for place, length in enumerate(lengths):
        full = place - start == settings.batch_rows
        if place > start and (full or characters + length > settings.batch_characters):
            yield start, place
            start, characters = place, 0
        characters += length
    if start < len(lengths):
        yield start, len(lengths)


def _attempt(
    pieces: Sequence[Piece],
    engine: Engine,
    settings: TranslateSettings,
    style: MaskStyle,
    *,
    again: bool,
) -> None:
    """Translate `pieces` by one request and note what is wrong with each."""
    rows = [_row(piece, style, again=again) for piece in pieces]
    answers = [
        _masked(answer, style, piece.protected.masked)
        for piece, answer in zip(pieces, engine.translate(rows), strict=True)
    ]
    for piece, answer in zip(pieces, answers, strict=True):
        piece.road = f"{style}-again" if again else style
        _judge(piece, answer, settings)
    found = [answer if isinstance(answer, str) else "" for answer in answers]
    sources = [piece.protected.masked for piece in pieces]
    for place, detail in swapped(sources, found).items():
        pieces[place].faults.append(Drop("answer-of-another-row", detail))


def _by_segments(
    pieces: Sequence[Piece], engine: Engine, settings: TranslateSettings, *, again: bool
) -> None:
    """Translate the prose of `pieces` between their marks and their Markdown."""
    cuts = [cut(piece.protected, sentences=engine.style == "segments") for piece in pieces]
    note = STYLE_ADVICE["segments"] if again else ""
    rows = [
        Row(prose, piece.message.role, note)
        for piece, each in zip(pieces, cuts, strict=True)
        for prose in each.prose
    ]
    answers: list[str | Drop] = []
    for start, end in _requests([len(row.text) for row in rows], settings):
        answers += engine.translate(rows[start:end])
    left = iter(answers)
    for piece, each in zip(pieces, cuts, strict=True):
        piece.road = "segments-again" if again else "segments"
        _judge(piece, each.join(list(islice(left, len(each.prose)))), settings)


def _restore_request(piece: Piece, settings: TranslateSettings) -> None:
    """Make a request by rule of an instruction that stayed a statement and is right else."""
    if [fault.reason for fault in piece.faults] != ["lost-imperative"]:
        return
    wanted = settings.instruction_register
    request = as_request(piece.rejected, "haeyo" if wanted == "any" else wanted)
    if request:
        piece.text = piece.rejected = request
        piece.faults, piece.restored = [], True


def _row(piece: Piece, style: MaskStyle, *, again: bool) -> Row:
    masked = piece.protected.masked
    text = to_tags(masked) if style == "tags" else masked
    said = ""
    if again:
        fault = piece.faults[0]
        advice = STYLE_ADVICE[style] if piece.damaged else ADVICE.get(fault.reason, "")
        said = f"Your last translation was refused ({fault.reason}: {fault.detail[:100]}). {advice}"
    return Row(text, piece.message.role, said.strip())


def _masked(answer: str | Drop, style: MaskStyle, source: str) -> str | Drop:
    """Return an answer with marks, in NFC, whatever stood for them on the way.

    The space around `source` is around it too: engines drop it, and an indent is structure.
    """
    if isinstance(answer, Drop):
        return answer
    plain = from_tags(answer) if style == "tags" else answer
    if isinstance(plain, Drop):
        return plain
    head = source[: len(source) - len(source.lstrip())]
    tail = source[len(source.rstrip()) :]
    return f"{head}{unicodedata.normalize('NFC', plain).strip()}{tail}"


def _judge(piece: Piece, masked: str | Drop, settings: TranslateSettings) -> None:
    """Put the translation of one piece into it, or its faults."""
    piece.rejected = "" if isinstance(masked, Drop) else masked
    restored = masked if isinstance(masked, Drop) else restore(masked, piece.protected.spans)
    if isinstance(masked, Drop) or isinstance(restored, Drop):
        assert isinstance(restored, Drop)
        piece.faults = [restored]
    else:
        text = repair(restored.text, restored.seams, settings.repair)
        piece.faults = _faults(piece, masked, text, settings)
        piece.text = piece.rejected = text
    piece.damaged |= any(fault.reason in DAMAGE for fault in piece.faults)


def _faults(piece: Piece, masked: str, text: str, settings: TranslateSettings) -> list[Drop]:
    pair = Pair(
        source=piece.message.content,
        target=text,
        masked_source=piece.protected.masked,
        masked_target=masked,
        spans=piece.protected.spans,
        speaker=piece.message.role,
    )
    found = faults(pair, settings)
    change = outline_change(piece.protected, masked)
    if change and all(fault.reason != "markdown-changed" for fault in found):
        found.append(Drop("markdown-changed", change))
    return found
