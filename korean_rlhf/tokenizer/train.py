"""Byte-level BPE for Korean, written so that every other program reads it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import BpeTrainer

from korean_rlhf.errors import BadInput
from korean_rlhf.progress import Advance, say, track
from korean_rlhf.rundir import atomic_write_text, folder_digest, open_stage
from korean_rlhf.settings.tokenizer import TokenizerSettings
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.tokenizer.morphemes import at_morphemes
from korean_rlhf.tokenizer.report import measure
from korean_rlhf.tokenizer.shards import in_held_out, read_documents
from korean_rlhf.tokenizer.template import BEGIN, CHAT_TEMPLATE, END, PAD, SPECIAL_TOKENS

LLAMA_3_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""Where a text is cut before merging; exactly Llama 3's, which GGUF knows as "llama-bpe"."""
MEGABYTE = 1_000_000
REPORT_BYTES = 2 * MEGABYTE
"""Text that the report is measured on, at most: as much held out as learned."""


def train_tokenizer(
    inputs: Sequence[Path], out: Path, settings: TokenizerSettings, replace: bool = False
) -> None:
    """Train a tokenizer on the documents of `inputs` and write it with its report to `out`.

    A killed run starts over; the same documents in the same order give the same files.

    Raises:
        BadInput: the inputs hold no text.
    """
    with open_stage(out, "tokenizer", settings=settings, inputs=inputs, replace=replace) as stage:
        if stage.finished:
            return
        sample = Sample(inputs, settings)
        tokenizer = new_tokenizer()
        with track(None, "tokenizer", "documents") as advance:
            tokenizer.train_from_iterator(sample.pieces(advance), trainer(settings))
        sample.raise_problem()
        if not sample.documents:
            raise BadInput("The inputs hold no text to learn from.")
        write_tokenizer(tokenizer, out, settings)
        chat = ChatTokenizer.load(out)
        report = measure(chat, sample.held_out, _first_bytes(inputs, settings))
        atomic_write_text(
            out / "report.json", json.dumps(report, ensure_ascii=False, indent=2) + "\n"
        )
        used = sample.documents + len(sample.held_out)
        stage.finish(
            counts={"in": used, "out": sample.documents, "dropped": {}},
            digest=folder_digest(out, pattern="*token*.json"),
            vocabulary_size=chat.vocabulary_size,
            text_bytes=sample.text_bytes,
            report=report,
        )
        if chat.vocabulary_size < settings.vocabulary_size:
            say(
                f"tokenizer: {chat.vocabulary_size} tokens instead of "
                f"{settings.vocabulary_size}: the text holds no more pairs seen "
                f"{settings.minimum_frequency} times."
            )


class Sample:
    """The text to learn from, and the held-out documents met on the way."""

    def __init__(self, inputs: Sequence[Path], settings: TokenizerSettings) -> None:
        self.inputs, self.settings = inputs, settings
        self.documents = self.text_bytes = self.held_out_bytes = 0
        self.held_out: list[str] = []
        self._problem: Exception | None = None

    def pieces(self, advance: Advance) -> Iterator[str]:
        """Yield what to count pairs in: whole texts, or their morphemes."""
        try:
            texts = self.texts(advance)
            yield from at_morphemes(texts) if self.settings.morphemes else texts
        except Exception as problem:  # tokenizers would turn it into one without a type
            self._problem = problem

    def texts(self, advance: Advance) -> Iterator[str]:
        """Yield the texts to learn from, until the limit of bytes."""
        limit = self.settings.sample_megabytes * MEGABYTE
        for document in read_documents(self.inputs):
            advance(megabytes=self.text_bytes / MEGABYTE)
            if in_held_out(document.text, self.settings.held_out_share):
                self._keep(document.text)
                continue
            self.documents += 1
            self.text_bytes += len(document.text.encode())
            yield document.text
            if self.text_bytes >= limit:
                return

    def raise_problem(self) -> None:
        """Raise what went wrong while the trainer read."""
        if self._problem is not None:
            raise self._problem

    def _keep(self, text: str) -> None:
        if self.held_out_bytes < REPORT_BYTES:
            self.held_out.append(text)
            self.held_out_bytes += len(text.encode())


def new_tokenizer() -> Tokenizer:
    """Return an untrained tokenizer: NFC, Llama 3's split, bytes."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(LLAMA_3_SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def trainer(settings: TokenizerSettings) -> BpeTrainer:
    """Return the trainer; its alphabet is all 256 bytes, so that no text is unknown."""
    return BpeTrainer(
        vocab_size=settings.vocabulary_size,
        min_frequency=settings.minimum_frequency,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=sys.stderr.isatty(),
    )


def write_tokenizer(tokenizer: Tokenizer, out: Path, settings: TokenizerSettings) -> None:
    """Write the files that `ChatTokenizer` and transformers' `AutoTokenizer` read."""
    begin = (BEGIN, SPECIAL_TOKENS.index(BEGIN))
    # For programs that encode a text by itself: it starts as the documents of pretraining do.
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A", pair=f"{BEGIN} $A {BEGIN} $B", special_tokens=[begin]
    )
    special = {"bos_token": BEGIN, "eos_token": END, "pad_token": PAD}
    config: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **special,
        "model_max_length": settings.context,
        "clean_up_tokenization_spaces": False,
        "padding_side": "left",
        "chat_template": CHAT_TEMPLATE,
    }
    atomic_write_text(out / "tokenizer.json", tokenizer.to_str(pretty=True) + "\n")
    for name, values in (("tokenizer_config.json", config), ("special_tokens_map.json", special)):
        text = json.dumps(values, ensure_ascii=False, indent=2) + "\n"
        atomic_write_text(out / name, text)


def _first_bytes(inputs: Sequence[Path], settings: TokenizerSettings) -> Iterator[str]:
    """Yield again the first texts that were learned from."""
    given = 0
    for document in read_documents(inputs):
        if not in_held_out(document.text, settings.held_out_share):
            given += len(document.text.encode())
            yield document.text
        if given >= REPORT_BYTES:
            return
