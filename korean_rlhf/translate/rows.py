"""Records in, Korean records out: each is translated whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from korean_rlhf.records import Comparison, Drop, Message
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines import Engine
from korean_rlhf.translate.pieces import Piece, piece_of, translate_pieces
from korean_rlhf.translate.preferences import equal_responses
from korean_rlhf.translate.reading import Record
from korean_rlhf.translate.register import text_register
from korean_rlhf.translate.roads import Roads


@dataclass(frozen=True, slots=True)
class Translated:
    """A record in Korean, and what it was before."""

    record: Record
    original: Record


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that was not translated, or not well enough, with what came of it."""

    record: Record
    drop: Drop
    translations: tuple[str, ...] = ()


def translate_records(
    records: Sequence[Record],
    engine: Engine,
    settings: TranslateSettings,
    roads: Roads | None = None,
) -> list[Translated | Rejected]:
    """Return the Korean record, or why there is none, for each of `records`.

    The ways by which their texts came are added to `roads`.
    """
    batches = [[piece_of(message, settings) for message in texts_of(each)] for each in records]
    taken = translate_pieces([piece for batch in batches for piece in batch], engine, settings)
    if roads is not None:
        roads.add(taken)
    return [
        _outcome(record, batch, engine.name) for record, batch in zip(records, batches, strict=True)
    ]


def texts_of(record: Record) -> tuple[Message, ...]:
    """Return all that is to be translated: the messages, then each response as an answer."""
    if not isinstance(record, Comparison):
        return record.messages
    answers = (Message(role="assistant", content=text) for text in record.responses)
    return (*record.messages, *answers)


def _outcome(record: Record, pieces: Sequence[Piece], engine: str) -> Translated | Rejected:
    drop = _fault(record, pieces)
    if not drop and isinstance(record, Comparison):
        texts = [piece.text for piece in pieces[len(record.messages) :]]
        drop = equal_responses(record.responses, texts)
    if drop:
        return Rejected(record, drop, tuple(each.rejected or each.text for each in pieces))
    return Translated(_korean(record, pieces, engine), record)


def _fault(record: Record, pieces: Sequence[Piece]) -> Drop | None:
    """Return the first fault of any text of a record: all of it goes, whichever text it was."""
    for place, piece in enumerate(pieces):
        if piece.faults:
            asked = len(record.messages)
            name = f"message {place}" if place < asked else f"response {place - asked}"
            detail = f"{name}: {piece.faults[0].detail}"
            if len(piece.faults) > 1:
                detail += f" (also {', '.join(fault.reason for fault in piece.faults[1:])})"
            return Drop(piece.faults[0].reason, detail)
    return None


def _korean(record: Record, pieces: Sequence[Piece], engine: str) -> Record:
    asked = len(record.messages)
    messages = tuple(replace(piece.message, content=piece.text) for piece in pieces[:asked])
    source = f"{record.source} + {engine}" if record.source else engine
    if any(piece.restored for piece in pieces):
        source += " + request restored by rule"
    if isinstance(record, Comparison):
        texts = tuple(piece.text for piece in pieces[asked:])
        return replace(record, messages=messages, responses=texts, source=source)
    answers = [message.content for message in messages if message.role == "assistant"]
    register = text_register("\n".join(answers))
    return replace(record, messages=messages, source=source, register=register)
