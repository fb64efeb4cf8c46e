"""Held-out text in pieces, for bits per byte."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from korean_rlhf.errors import BadInput
from korean_rlhf.records import Document

PIECE_CHARACTERS = 1000
"""A piece is about this long: most of it then has some context, and pieces are many enough."""

PARAGRAPH = re.compile(r"\n\s*\n")


def read_pieces(path: Path, *, most_bytes: int | None = None) -> list[str]:
    """Return the text at `path` in pieces: a plain text file, or documents of any kind we read.

    With `most_bytes`, pieces spread evenly over the text are kept, up to that many UTF-8 bytes.

    Raises:
        BadInput: there is no text in it, or it is not UTF-8.
    """
    pieces = [piece for text in _texts(path) for piece in split(text)]
    if not pieces:
        raise BadInput(f"{path}: no text to score in it.")
    return pieces if most_bytes is None else spread(pieces, most_bytes)


def split(text: str, characters: int = PIECE_CHARACTERS) -> list[str]:
    r"""Cut `text` between paragraphs (else lines) into pieces of about `characters`.

    No character is lost but blank lines, and a paragraph is never cut.

    >>> split("하나\n\n둘\n\n셋", characters=4)
    ['하나\n둘', '셋']
    """
    clean = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    paragraphs = PARAGRAPH.split(clean)
    if len(paragraphs) == 1:
        paragraphs = clean.split("\n")
    pieces: list[str] = []
    length = characters
    for paragraph in filter(None, (paragraph.strip() for paragraph in paragraphs)):
        if length + len(paragraph) < characters:
            pieces[-1] += "\n" + paragraph
            length += len(paragraph) + 1
        else:
            pieces.append(paragraph)
            length = len(paragraph)
    return pieces


def spread(pieces: list[str], most_bytes: int) -> list[str]:
    """Return pieces at even distances whose bytes come to about `most_bytes` at most."""
    total = sum(len(piece.encode()) for piece in pieces)
    if total <= most_bytes:
        return pieces
    count = max(1, len(pieces) * most_bytes // total)
    return [pieces[at * len(pieces) // count] for at in range(count)]


def _texts(path: Path) -> list[str]:
    if path.suffix in (".txt", ".md"):
        try:
            return [path.read_text(encoding="utf-8")]
        except UnicodeDecodeError as problem:
            raise BadInput(f"{path}: not UTF-8 at byte {problem.start}. Convert it.") from None
    from korean_rlhf.tables import read

    return [document.text for document in read(path, Document)]
