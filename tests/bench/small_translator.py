"""A small English-Korean transformer in M2M100's shape: trained, saved as transformers saves it."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Iterator
from pathlib import Path

import sentencepiece
import torch
from parallel_text import Pair
from transformers import M2M100Config, M2M100ForConditionalGeneration, M2M100Tokenizer
from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
MADE_UP = 8
"""Rows of M2M100's embedding that stand for no token; the converter counts on them."""
LONGEST = 96
"""Tokens of a training text, codes and end included."""
WARMUP = 150
"""Steps until the learning rate is whole."""
Sample = tuple[list[int], list[int]]


def train_tokenizer(pairs: list[Pair], folder: Path, size: int) -> M2M100Tokenizer:
    """Train one sentencepiece model on both languages; return it as M2M100's tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([text for pair in pairs for text in pair[:2]]),
        model_prefix=str(folder / "spm"),
        vocab_size=size,
        character_coverage=0.9995,
        num_threads=1,
        minloglevel=2,
    )
    (folder / "spm.vocab").unlink()
    model = (folder / "spm.model").rename(folder / "sentencepiece.bpe.model")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(model))
    tokens = [*SPECIAL, *(pieces.id_to_piece(i) for i in range(3, pieces.vocab_size()))]
    vocabulary = {token: place for place, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), "utf-8")
    return M2M100Tokenizer(
        vocab_file=str(folder / "vocab.json"),
        spm_file=str(model),
        src_lang="en",
        tgt_lang="ko",
        # transformers 5 adds the codes only when they are named, in the order of their ids
        extra_special_tokens=[f"__{code}__" for code in FAIRSEQ_LANGUAGE_CODES["m2m100"]],
    )


def new_model(
    tokenizer: M2M100Tokenizer, width: int, layers: int
) -> M2M100ForConditionalGeneration:
    """Return a model with random weights."""
    torch.manual_seed(0)
    model = M2M100ForConditionalGeneration(
        M2M100Config(
            vocab_size=len(tokenizer) + MADE_UP,
            d_model=width,
            encoder_layers=layers,
            decoder_layers=layers,
            encoder_attention_heads=4,
            decoder_attention_heads=4,
            encoder_ffn_dim=4 * width,
            decoder_ffn_dim=4 * width,
            encoder_layerdrop=0.0,
            decoder_layerdrop=0.0,
            dropout=0.0,  # a pair is seen two or three times
            attention_dropout=0.0,
            max_position_embeddings=1024,
            bos_token_id=0,
            pad_token_id=1,
            eos_token_id=2,
            decoder_start_token_id=2,
        )
    )
    model.set_attn_implementation("eager")  # the backward pass of the fused one is slow on CPUs
    return model


def train(
    model: M2M100ForConditionalGeneration,
    tokenizer: M2M100Tokenizer,
    pairs: list[Pair],
    *,
    seconds: float,
    batch_tokens: int,
    rate: float,
) -> dict[str, float]:
    """Train for `seconds` of wall time, the learning rate falling to zero; return what was done."""
    samples = list(_samples(tokenizer, pairs))
    print(f"{len(samples):,} of {len(pairs):,} pairs are short enough", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), fused=True)
    loss_of = torch.nn.CrossEntropyLoss(ignore_index=-100, label_smoothing=0.1)
    model.train()
    done = {"steps": 0, "pairs": 0, "target_tokens": 0, "loss": math.nan}
    started, processor = time.monotonic(), time.process_time()
    for source, mask, labels in _forever(samples, batch_tokens):
        share = (time.monotonic() - started) / seconds
        if share >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (done["steps"] + 1) / WARMUP) * (1 - share)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(input_ids=source, attention_mask=mask, labels=labels).logits
        loss = loss_of(logits.float().flatten(0, 1), labels.flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        done["steps"] += 1
        done["pairs"] += len(source)
        done["target_tokens"] += int((labels != -100).sum())
        smooth = 0.02 if done["steps"] > 50 else 1.0
        done["loss"] = loss.item() * smooth + (0 if smooth == 1.0 else done["loss"] * (1 - smooth))
        if done["steps"] % 100 == 0:
            print(f"{share:6.1%} {done['steps']:>6} steps, loss {done['loss']:.3f}", flush=True)
    model.eval()
    return done | {
        "epochs": done["pairs"] / len(samples),
        "processor_seconds": time.process_time() - processor,
    }


def _samples(tokenizer: M2M100Tokenizer, pairs: list[Pair]) -> Iterator[Sample]:
    for pair in pairs:
        found = tokenizer(pair.english, text_target=pair.korean)
        source, labels = list(found["input_ids"]), list(found["labels"])
        if max(len(source), len(labels)) <= LONGEST:
            yield source, labels


def _forever(
    samples: list[Sample], batch_tokens: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Yield batches of texts of like length: ids, their mask, labels; shape (rows, tokens)."""
    chance = random.Random(0)
    while True:
        ordered = sorted(samples, key=lambda each: (max(map(len, each)), chance.random()))
        batches: list[list[Sample]] = [[]]
        for sample in ordered:
            if (len(batches[-1]) + 1) * max(map(len, sample)) > batch_tokens:
                batches.append([])
            batches[-1].append(sample)
        chance.shuffle(batches)
        for batch in batches:
            source = _padded([each[0] for each in batch], 1)
            yield source, (source != 1).long(), _padded([each[1] for each in batch], -100)


def _padded(rows: list[list[int]], value: int) -> torch.Tensor:
    """Return a tensor whose width is a multiple of 8: each new shape costs a kernel."""
    width = -(-max(map(len, rows)) // 8) * 8
    return torch.tensor([[*row, *[value] * (width - len(row))] for row in rows])
