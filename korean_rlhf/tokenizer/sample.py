"""The texts that a tokenizer learns from and is measured on: a fixed part of the whole corpus.

A hash of a text tells whether it is drawn, so nothing but the few texts of the report is kept: the
corpus is read once for its size, and once more to draw from all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from korean_rlhf.progress import Advance, track
from korean_rlhf.settings.tokenizer import TokenizerSettings
from korean_rlhf.tokenizer.morphemes import at_morphemes
from korean_rlhf.tokenizer.shards import in_held_out, in_share, read_documents

MEGABYTE = 1_000_000
REPORT_BYTES = 2 * MEGABYTE
"""Text that the report is measured on, about: as much held out as learned."""


@dataclass
class Draw:
    """Texts drawn from many: those that a hash puts into `share`, and the first in any case."""

    share: float
    documents: int = 0
    text_bytes: int = 0

    @classmethod
    def of(cls, wanted: int, there: int) -> Draw:
        """Draw about `wanted` of the `there` bytes."""
        return cls(wanted / max(wanted, there))

    def takes(self, text: str) -> bool:
        """Tell whether `text` is drawn, and count it."""
        taken = not self.text_bytes or in_share(text, self.share, of="sample")
        if taken:
            self.documents += 1
            self.text_bytes += len(text.encode())
        return taken


class Sample:
    """The texts to learn from, and those that the report is measured on."""

    def __init__(self, inputs: Sequence[Path], settings: TokenizerSettings) -> None:
        self.inputs, self.settings = inputs, settings
        self.documents, learnable, held_out = self._weigh()
        self.drawn = Draw.of(settings.sample_megabytes * MEGABYTE, learnable)
        self.held_out: list[str] = []
        self.known: list[str] = []
        """Some of the texts learned from."""
        self._known = Draw.of(REPORT_BYTES, learnable)
        self._held_out = Draw.of(REPORT_BYTES, held_out)
        self._problem: Exception | None = None

    def pieces(self, advance: Advance) -> Iterator[str]:
        """Yield what to count pairs in: whole texts, or their morphemes."""
        try:
            texts = self.texts(advance)
            yield from at_morphemes(texts) if self.settings.morphemes else texts
        except Exception as problem:  # tokenizers would turn it into one without a type
            self._problem = problem

    def texts(self, advance: Advance) -> Iterator[str]:
        """Yield the texts to learn from; those of the report are kept on the way."""
        for text in self._every():
            advance(megabytes=self.drawn.text_bytes / MEGABYTE)
            if in_held_out(text, self.settings.held_out_share):
                if self._held_out.takes(text):
                    self.held_out.append(text)
            elif self.drawn.takes(text):
                if self._known.takes(text):
                    self.known.append(text)
                yield text

    def raise_problem(self) -> None:
        """Raise what went wrong while the trainer read."""
        if self._problem is not None:
            raise self._problem

    def _weigh(self) -> tuple[int, int, int]:
        """Return how many documents there are, the bytes to learn from, and those held out."""
        documents = learnable = held_out = 0
        with track(None, "tokenizer: size of the corpus", "documents") as advance:
            for text in self._every():
                size = len(text.encode())
                if in_held_out(text, self.settings.held_out_share):
                    held_out += size
                else:
                    learnable += size
                documents += 1
                advance(megabytes=(learnable + held_out) / MEGABYTE)
        return documents, learnable, held_out

    def _every(self) -> Iterator[str]:
        return (document.text for document in read_documents(self.inputs))
