"""The tokenizers of translation models: text to pieces and back, without transformers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from korean_rlhf.errors import BadInput, MissingExtra, MissingInput

PAIR = ("source.spm", "target.spm")
"""What Marian's models call their two tokenizers."""
SINGLE = ("sentencepiece.bpe.model", "sentencepiece.model", "spm.model", "spm.128k.model")
"""What NLLB, M2M100 and their like call their one tokenizer."""
HUGGING_FACE = "tokenizer.json"


class Subwords(Protocol):
    """Text to pieces and back."""

    def encode(self, text: str) -> list[str]:
        """Return the pieces of `text`, without signs for its start, end or language."""
        ...

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text that `pieces` spell."""
        ...


def open_subwords(folder: Path) -> Subwords:
    """Return the tokenizer that lies in the folder of a model.

    Raises:
        MissingInput: there is none.
        MissingExtra: sentencepiece is needed and not installed.
        BadInput: it cannot be read.
    """
    if all((folder / name).is_file() for name in PAIR):
        return SentencePieces(*(folder / name for name in PAIR))
    for name in SINGLE:
        if (folder / name).is_file():
            return SentencePieces(folder / name, folder / name)
    if (folder / HUGGING_FACE).is_file():
        return HuggingFacePieces(folder / HUGGING_FACE)
    raise MissingInput(
        folder / SINGLE[0],
        "copying the tokenizer of the model that was converted into the folder "
        f"({' and '.join(PAIR)}, one of {', '.join(SINGLE)}, or {HUGGING_FACE}); "
        "--copy_files of ct2-transformers-converter does so.",
    )


class SentencePieces:
    """One sentencepiece model for each side; they may be the same."""

    def __init__(self, source: Path, target: Path) -> None:
        self._source = _open_sentencepiece(source)
        self._target = self._source if target == source else _open_sentencepiece(target)

    def encode(self, text: str) -> list[str]:
        """Return the pieces of `text`."""
        return list(self._source.encode(text, out_type=str))

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text that `pieces` spell."""
        return str(self._target.decode_pieces(list(pieces)))


class HuggingFacePieces:
    """A tokenizer.json, read by the library tokenizers."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as problem:  # the library raises nothing narrower
            raise BadInput(f"{path} is no tokenizer ({problem}). Copy it anew.") from None

    def encode(self, text: str) -> list[str]:
        """Return the pieces of `text`."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).tokens)

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text that `pieces` spell; a piece that the tokenizer lacks is left out."""
        ids = _known(self._tokenizer.token_to_id(piece) for piece in pieces)
        return str(self._tokenizer.decode(ids, skip_special_tokens=True))


def _known(ids: Iterable[int | None]) -> list[int]:
    return [number for number in ids if number is not None]


def _open_sentencepiece(path: Path) -> Any:
    try:
        from sentencepiece import SentencePieceProcessor
    except ImportError:
        raise MissingExtra("--engine ctranslate2", "translate") from None
    try:
        return SentencePieceProcessor(model_file=str(path))
    except (RuntimeError, OSError) as problem:
        raise BadInput(f"{path} is no sentencepiece model ({problem}). Copy it anew.") from None
