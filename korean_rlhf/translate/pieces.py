"""Translate a handful of texts: mask, ask, restore, repair, check, ask once more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from korean_rlhf.records import Drop, Message
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.alignment import swapped
from korean_rlhf.translate.checks import Pair, faults
from korean_rlhf.translate.engines import Engine, Row
from korean_rlhf.translate.josa import repair
from korean_rlhf.translate.protect import MARK, Protected, protect, restore
from korean_rlhf.translate.requesting import as_request

ADVICE = {
    "placeholder-lost": "Keep every mark such as ⟦0⟧ exactly once.",
    "placeholder-repeated": "Keep every mark such as ⟦0⟧ exactly once.",
    "placeholder-invented": "Use no mark ⟦…⟧ that the text does not have.",
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
    restored: bool = False
    """Its request was given back by rule (requesting.py)."""

    @property
    def to_translate(self) -> bool:
        """Whether anything but marks, digits and signs is left to translate."""
        return bool(re.search(r"[^\W\d_]", MARK.sub("", self.protected.masked)))


def translate_pieces(pieces: Sequence[Piece], engine: Engine, settings: TranslateSettings) -> None:
    """Put into each of `pieces` its translation, or what is wrong with the last one."""
    pending = [piece for piece in pieces if piece.to_translate]
    for chunk in _chunks(pending, settings):
        _attempt(chunk, engine, settings, note=False)
    for _ in range(settings.retries):
        for piece in pending:
            if piece.faults:
                _attempt([piece], engine, settings, note=True)
    if settings.restore_requests:
        for piece in pending:
            _restore_request(piece, settings)


def piece_of(message: Message, settings: TranslateSettings) -> Piece:
    """Return `message` in NFC, its spans masked."""
    clean = replace(message, content=unicodedata.normalize("NFC", message.content))
    protected = protect(clean.content, numbers=settings.protect_numbers)
    return Piece(clean, protected, text=clean.content)


def _chunks(pieces: Sequence[Piece], settings: TranslateSettings) -> Iterator[list[Piece]]:
    """Yield `pieces` by as many as one request may carry."""
    chunk: list[Piece] = []
    characters = 0
    for piece in pieces:
        length = len(piece.protected.masked)
        full = len(chunk) == settings.batch_rows
        if chunk and (full or characters + length > settings.batch_characters):
            yield chunk
            chunk, characters = [], 0
        chunk.append(piece)
        characters += length
    if chunk:
        yield chunk


def _attempt(
    pieces: Sequence[Piece], engine: Engine, settings: TranslateSettings, *, note: bool
) -> None:
    """Translate `pieces` by one request and note what is wrong with each."""
    rows = [_row(piece, note=note) for piece in pieces]
    answers = engine.translate(rows)
    for piece, answer in zip(pieces, answers, strict=True):
        _judge(piece, answer, settings)
    found = [answer if isinstance(answer, str) else "" for answer in answers]
    for place, detail in swapped([row.text for row in rows], found).items():
        pieces[place].faults.append(Drop("answer-of-another-row", detail))


def _restore_request(piece: Piece, settings: TranslateSettings) -> None:
    """Make a request by rule of an instruction that stayed a statement and is right else."""
    if [fault.reason for fault in piece.faults] != ["lost-imperative"]:
        return
    wanted = settings.instruction_register
    request = as_request(piece.rejected, "haeyo" if wanted == "any" else wanted)
    if request:
        piece.text = piece.rejected = request
        piece.faults, piece.restored = [], True


def _row(piece: Piece, *, note: bool) -> Row:
    said = ""
    if note:
        fault = piece.faults[0]
        said = f"Your last translation was refused ({fault.reason}: {fault.detail[:100]}). "
        said += ADVICE.get(fault.reason, "")
    return Row(piece.protected.masked, piece.message.role, said.strip())


def _judge(piece: Piece, answer: str | Drop, settings: TranslateSettings) -> None:
    """Put the translation of one piece into it, or its faults."""
    piece.faults = []
    if isinstance(answer, Drop):
        piece.rejected = ""
        piece.faults.append(answer)
        return
    masked = unicodedata.normalize("NFC", answer).strip()
    restored = restore(masked, piece.protected.spans)
    if isinstance(restored, Drop):
        piece.rejected = masked
        piece.faults.append(restored)
        return
    text = repair(restored.text, restored.seams, settings.repair)
    pair = Pair(
        source=piece.message.content,
        target=text,
        masked_source=piece.protected.masked,
        masked_target=masked,
        spans=piece.protected.spans,
        speaker=piece.message.role,
    )
    piece.faults = faults(pair, settings)
    piece.text = piece.rejected = text
