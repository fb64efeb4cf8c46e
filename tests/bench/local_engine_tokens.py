"""The tokens that transformers and CTranslate2 write for the same sentences, and their speed."""

from __future__ import annotations

import time
from pathlib import Path

import torch
from transformers import M2M100ForConditionalGeneration, M2M100Tokenizer

from korean_rlhf.settings.ctranslate import LocalModelSettings
from korean_rlhf.translate.engines.ctranslate import CTranslateEngine
from korean_rlhf.translate.engines.sentences import units

BATCH = 32
"""Sentences that either library computes at once, sorted by length."""
TIE = 1e-3
"""Two tokens whose logits (nats) are nearer than this are called equally likely."""
Tokens = list[str]


def compare(
    model: Path, converted: Path, texts: list[str], beams: int, longest: int
) -> dict[str, float]:
    """Return how many sentences have equal tokens, and processor seconds of both libraries."""
    tokenizer = M2M100Tokenizer.from_pretrained(str(model), src_lang="en", tgt_lang="ko")
    network = M2M100ForConditionalGeneration.from_pretrained(str(model)).eval()
    sentences = [text for row in texts for text in units(row)[1::2]]
    sentences = sorted(set(sentences), key=lambda text: (len(text), text))
    local = _engine(converted, beams, longest, "float32")
    sources = [local.source_tokens(text) for text in sentences]
    ids = [tokenizer.convert_tokens_to_ids(source) for source in sources]
    alike = sum(
        one == tokenizer(text)["input_ids"] for one, text in zip(ids, sentences, strict=True)
    )
    started = time.process_time()
    theirs = _generate(network, tokenizer, ids, beams, longest)
    middle = time.process_time()
    ours = _translate(local, sources)
    seconds = middle - started, time.process_time() - middle
    whole = [(ours_, theirs_) for ours_, theirs_ in zip(ours, theirs, strict=True)]
    other = [place for place, (one, two) in enumerate(whole) if one != two]
    ties = [_is_tie(network, tokenizer, sources[place], *whole[place]) for place in other]
    quick = _engine(converted, beams, longest, "int8")
    started = time.process_time()
    coarse = _translate(quick, sources)
    quick_seconds = time.process_time() - started
    written = sum(map(len, theirs))
    return {
        "sentences": len(sentences),
        "read_alike": alike,
        "equal": len(sentences) - len(other),
        "differ": len(other),
        "near_ties": sum(ties),
        "int8_equal": sum(one == two for one, two in zip(coarse, theirs, strict=True)),
        "cut": sum(tokens[-1:] != ["</s>"] for tokens in ours),
        "tokens": written,
        "transformers_tokens_per_second": round(written / seconds[0]),
        "ratio_float32": round(seconds[0] / seconds[1] * sum(map(len, ours)) / written, 2),
        "ratio_int8": round(seconds[0] / quick_seconds * sum(map(len, coarse)) / written, 2),
    }


def _engine(folder: Path, beams: int, longest: int, numbers: str) -> CTranslateEngine:
    return CTranslateEngine(
        LocalModelSettings(
            model_folder=folder,
            beam_size=beams,
            longest_translation=longest,
            compute_type=numbers,  # type: ignore[arg-type]
            batch_threads=torch.get_num_threads(),
            device="cpu",
        )
    )


def _translate(engine: CTranslateEngine, sources: list[Tokens]) -> list[Tokens]:
    found: list[Tokens] = []
    for place in range(0, len(sources), BATCH):
        found += engine.translate_tokens(sources[place : place + BATCH])
    return found


@torch.inference_mode()
def _generate(
    network: M2M100ForConditionalGeneration,
    tokenizer: M2M100Tokenizer,
    sources: list[list[int]],
    beams: int,
    longest: int,
) -> list[Tokens]:
    """Return what transformers writes: the code of Korean, pieces, and the end if it came to it."""
    found: list[Tokens] = []
    for place in range(0, len(sources), BATCH):
        batch = {"input_ids": sources[place : place + BATCH]}
        read = tokenizer.pad(batch, return_tensors="pt")
        written = network.generate(
            **read,
            num_beams=beams,
            do_sample=False,
            early_stopping=beams > 1,  # as CTranslate2: when there are as many ends as beams
            max_new_tokens=longest,
            forced_bos_token_id=tokenizer.get_lang_id("ko"),
        )
        for row in written[:, 1:]:
            tokens = [token for token in tokenizer.convert_ids_to_tokens(row) if token != "<pad>"]
            found.append(tokens)
    return found


@torch.inference_mode()
def _is_tie(
    network: M2M100ForConditionalGeneration,
    tokenizer: M2M100Tokenizer,
    source: Tokens,
    ours: Tokens,
    theirs: Tokens,
) -> bool:
    """Whether, where two translations part, both tokens are equally likely."""
    part = next(i for i in range(len(ours) + 1) if ours[: i + 1] != theirs[: i + 1])
    if part >= min(len(ours), len(theirs)):
        return False
    written = ["</s>", *ours[:part]]
    ids = [torch.tensor([tokenizer.convert_tokens_to_ids(each)]) for each in (source, written)]
    logits = network(input_ids=ids[0], decoder_input_ids=ids[1]).logits[0, -1]
    one, two = (logits[tokenizer.convert_tokens_to_ids(each[part])] for each in (ours, theirs))
    return bool(abs(one - two) < TIE)
