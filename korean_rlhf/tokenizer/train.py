"""Byte-level BPE for Korean, written so that every other program reads it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import BpeTrainer

from korean_rlhf.errors import BadInput
from korean_rlhf.progress import say, track
from korean_rlhf.rundir import atomic_write_text, folder_digest, open_stage
from korean_rlhf.settings.tokenizer import TokenizerSettings
from korean_rlhf.tokenizer.chat import ChatTokenizer
from korean_rlhf.tokenizer.report import measure
from korean_rlhf.tokenizer.sample import Sample
from korean_rlhf.tokenizer.template import BEGIN, CHAT_TEMPLATE, END, PAD, SPECIAL_TOKENS

LLAMA_3_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""Where a text is cut before merging; exactly Llama 3's, which GGUF knows as "llama-bpe"."""


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
        if not sample.drawn.text_bytes:
            raise BadInput("The inputs hold no text to learn from.")
        write_tokenizer(tokenizer, out, settings)
        chat = ChatTokenizer.load(out)
        report = measure(chat, sample.held_out, sample.known)
        atomic_write_text(
            out / "report.json", json.dumps(report, ensure_ascii=False, indent=2) + "\n"
        )
        stage.finish(
            counts={"in": sample.documents, "out": sample.drawn.documents, "dropped": {}},
            digest=folder_digest(out, pattern="*token*.json"),
            vocabulary_size=chat.vocabulary_size,
            text_bytes=sample.drawn.text_bytes,
            report=report,
        )
        if chat.vocabulary_size < settings.vocabulary_size:
            say(
                f"tokenizer: {chat.vocabulary_size} tokens instead of "
                f"{settings.vocabulary_size}: the text holds no more pairs seen "
                f"{settings.minimum_frequency} times."
            )


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
