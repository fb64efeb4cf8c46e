"""Records in, Korean records out: each is translated whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from korean_rlhf.records import Drop, Instruction
from korean_rlhf.settings.translate import TranslateSettings
from korean_rlhf.translate.engines import Engine
from korean_rlhf.translate.pieces import Piece, piece_of, translate_pieces
from korean_rlhf.translate.register import text_register


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that was not translated well enough, with what came of it."""

    record: Instruction
    drop: Drop
    translations: tuple[str, ...]


def translate_records(
    records: Sequence[Instruction], engine: Engine, settings: TranslateSettings
) -> list[Instruction | Rejected]:
    """Return the Korean record, or why there is none, for each of `records`."""
    batches = [[piece_of(message, settings) for message in each.messages] for each in records]
    translate_pieces([piece for batch in batches for piece in batch], engine, settings)
    return [
        _outcome(record, batch, engine.name) for record, batch in zip(records, batches, strict=True)
    ]


def _outcome(record: Instruction, pieces: Sequence[Piece], engine: str) -> Instruction | Rejected:
    for place, piece in enumerate(pieces):
        if piece.faults:
            detail = f"message {place}: {piece.faults[0].detail}"
            if len(piece.faults) > 1:
                detail += f" (also {', '.join(fault.reason for fault in piece.faults[1:])})"
            translations = tuple(each.rejected or each.text for each in pieces)
            return Rejected(record, Drop(piece.faults[0].reason, detail), translations)
    source = f"{record.source} + {engine}" if record.source else engine
    if any(piece.restored for piece in pieces):
        source += " + request restored by rule"
    answers = [piece.text for piece in pieces if piece.message.role == "assistant"]
    return replace(
        record,
        messages=tuple(replace(piece.message, content=piece.text) for piece in pieces),
        source=source,
        register=text_register("\n".join(answers)),
    )
