"""Token files: written once, memory-mapped by the trainers."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
import numpy.typing as npt

from korean_rlhf import tables
from korean_rlhf.errors import BadInput, MissingInput
from korean_rlhf.progress import track
from korean_rlhf.records import Document
from korean_rlhf.rundir import input_digest, open_stage, read_manifest
from korean_rlhf.settings.tokens import TokensSettings
from korean_rlhf.tokenizer.chat import TOKENIZER_FILES, ChatTokenizer

Split = Literal["train", "val"]
SPLITS: tuple[Split, ...] = ("train", "val")
MEGATOKEN = 1_000_000
BATCH = 512
"""Documents encoded at once, on all cores."""


def in_held_out(text: str, share: float) -> bool:
    """Tell by a hash of `text` whether it belongs to the held-out share.

    The same text falls on the same side in every stage and run.

    >>> sum(in_held_out(str(number), 0.25) for number in range(1000))
    227
    """
    return in_share(text, share)


def in_share(text: str, share: float, *, of: str = "") -> bool:
    """Tell by a hash of `text` whether it belongs to a share; each `of` is another draw.

    >>> [in_share("하나", 1.0), in_share("하나", 0.0)]
    [True, False]
    """
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=of.encode()).digest()
    return int.from_bytes(digest) < share * 2**64


def write_tokens(
    inputs: Sequence[Path],
    tokenizer: Path,
    out: Path,
    settings: TokensSettings,
    replace: bool = False,
) -> None:
    """Write the documents of `inputs` to `out` as token files.

    Each document stands between the begin and the end token. A killed run starts over.
    """
    chat = ChatTokenizer.load(tokenizer)
    files = [tokenizer / name for name in TOKENIZER_FILES if (tokenizer / name).is_file()]
    with open_stage(
        out, "tokens", settings=settings, inputs=[*inputs, *files[:1]], replace=replace
    ) as stage:
        if stage.finished:
            return
        for left in out.glob("*.bin"):
            left.unlink()
        dtype = np.dtype("<u2" if chat.vocabulary_size <= 2**16 else "<u4")
        writers = {
            split: SplitWriter(out, split, dtype, settings.shard_megatokens * MEGATOKEN)
            for split in SPLITS
        }
        _write(inputs, chat, writers, settings)
        for writer in writers.values():
            writer.close()
        if not writers["train"].tokens:
            raise BadInput("The inputs hold no text, so there is nothing to train on.")
        documents = sum(writer.documents for writer in writers.values())
        stage.finish(
            counts={"in": documents, "out": documents, "dropped": {}},
            digest=_digest(writers.values()),
            dtype=dtype.name,
            vocabulary_size=chat.vocabulary_size,
            tokenizer=input_digest(tokenizer / "tokenizer.json"),
            **{split: writer.facts() for split, writer in writers.items()},
        )


def _write(
    inputs: Sequence[Path],
    chat: ChatTokenizer,
    writers: dict[Split, SplitWriter],
    settings: TokensSettings,
) -> None:
    documents = read_documents(inputs)
    with track(None, "tokens", "documents") as advance:
        for batch in batches(documents, BATCH):
            for document, ids in zip(
                batch, chat.encode_many([one.text for one in batch]), strict=True
            ):
                split: Split = (
                    "val" if in_held_out(document.text, settings.validation_share) else "train"
                )
                writers[split].write([chat.begin_id, *ids, chat.end_id], document.text)
            tokens = sum(writer.tokens for writer in writers.values())
            advance(len(batch), tokens=tokens)


@dataclass
class SplitWriter:
    """Appends documents to train-00000.bin, train-00001.bin, ... or the same for val."""

    folder: Path
    split: Split
    dtype: np.dtype[Any]
    shard_tokens: int
    files: list[str] = field(default_factory=list)
    documents: int = 0
    tokens: int = 0
    text_bytes: int = 0
    _file: BinaryIO | None = None
    _in_file: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    def write(self, ids: list[int], text: str) -> None:
        """Append one document."""
        if self._file is None or self._in_file >= self.shard_tokens:
            self._open_next()
        data = np.asarray(ids, dtype=self.dtype).tobytes()
        self._hash.update(data)
        assert self._file is not None
        self._file.write(data)
        self._in_file += len(ids)
        self.tokens += len(ids)
        self.documents += 1
        self.text_bytes += len(text.encode())

    def close(self) -> None:
        """Close the file; a split without a document has none."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def facts(self) -> dict[str, Any]:
        """Return what the manifest says of the split."""
        return {
            "files": self.files,
            "documents": self.documents,
            "tokens": self.tokens,
            "text_bytes": self.text_bytes,
        }

    def digest(self) -> str:
        """Return a digest of the tokens written."""
        return str(self._hash.hexdigest())

    def _open_next(self) -> None:
        self.close()
        self.files.append(f"{self.split}-{len(self.files):05d}.bin")
        self._file = (self.folder / self.files[-1]).open("wb")
        self._in_file = 0


class TokenShards:
    """The tokens of one split as one long row, read from memory-mapped files."""

    def __init__(self, folder: Path, split: Split) -> None:
        manifest = read_manifest(folder)
        if split not in manifest:
            raise BadInput(f"{folder} holds no token files. Make them with: korean-rlhf tokens")
        facts = manifest[split]
        self.folder = folder
        self.split = split
        self.vocabulary_size: int = manifest["vocabulary_size"]
        self.tokenizer_digest: str = manifest["tokenizer"]
        self.text_bytes: int = facts["text_bytes"]
        self.documents: int = facts["documents"]
        dtype = np.dtype(manifest["dtype"]).newbyteorder("<")
        self._parts = [_map(folder / name, dtype) for name in facts["files"]]
        self._starts = [0, *itertools.accumulate(len(part) for part in self._parts)]
        if self._starts[-1] != facts["tokens"]:
            raise BadInput(
                f"{folder} holds {self._starts[-1]} {split} tokens, its manifest says "
                f"{facts['tokens']}. Make it again with --replace."
            )

    def __len__(self) -> int:
        return self._starts[-1]

    def read(self, start: int, count: int) -> npt.NDArray[np.int64]:
        """Return `count` tokens from position `start`, across files.

        Raises:
            IndexError: they reach past the end.
        """
        if not 0 <= start <= start + count <= len(self):
            raise IndexError(f"tokens {start} to {start + count} of {len(self)}")
        found = np.empty(count, dtype=np.int64)
        for part, first in zip(self._parts, self._starts, strict=False):
            low, high = max(start, first), min(start + count, first + len(part))
            if low < high:
                found[low - start : high - start] = part[low - first : high - first]
        return found


def read_documents(inputs: Sequence[Path]) -> Iterator[Document]:
    """Yield the documents of all `inputs`, one after the other."""
    for path in inputs:
        yield from tables.read(path, Document)


def batches(documents: Iterable[Document], size: int) -> Iterator[list[Document]]:
    """Yield lists of `size` documents, the last one shorter."""
    rest = iter(documents)
    while batch := list(itertools.islice(rest, size)):
        yield batch


def _map(path: Path, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    if not path.is_file():
        raise MissingInput(path, "korean-rlhf tokens")
    return np.memmap(path, dtype=dtype, mode="r")


def _digest(writers: Iterable[SplitWriter]) -> str:
    whole = "".join(writer.digest() for writer in writers)
    return hashlib.sha256(whole.encode()).hexdigest()
